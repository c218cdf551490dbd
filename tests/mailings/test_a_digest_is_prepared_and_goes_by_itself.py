"""A digest is drafted days ahead, may be edited or left out, and goes when it is due: once."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from campaigns.models import Campaign
from mailings.digesting.preparing import prepare_due
from mailings.digesting.skipping import TooLate, skip_period
from mailings.digesting.waking import wake, wake_due
from mailings.models import DigestSchedule, Mailing
from mailings.pumping import pump
from mailings.sending import send_slice
from tests.factories import make_campaign
from tests.mailings.driving import assert_invariants
from tests.mailings.making import make_staff, make_update, scheduled_mailing, sign_up
from tests.rig.moved_clock import MovedClock
from tests.rig.smtp_sink import SMTPSink

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign(moved_clock: MovedClock) -> Campaign:
    """Open for half a year, with two signers, and a digest that is due in a month."""
    campaign = make_campaign()
    sign_up(campaign, 2)
    moved_clock.advance(timedelta(days=180))
    DigestSchedule.objects.create(
        scope=campaign.organization.scopes.get(key="activism"),
        due_at=moved_clock.now + timedelta(days=30),
    )
    return campaign


def go_on() -> None:
    wake_due()
    prepare_due()
    pump()
    send_slice(lane=0)
    pump()
    assert_invariants()


def test_an_edited_draft_goes_with_its_words_and_what_is_new_by_then(
    moved_clock: MovedClock, smtp_sink: SMTPSink, campaign: Campaign
) -> None:
    make_update(campaign, title="Early news", published_at=moved_clock.now)
    moved_clock.advance(timedelta(days=23))
    [draft] = prepare_due()
    assert prepare_due() == []
    draft.edit(by=make_staff(), subject="Our month", body="<p>Dear friends.</p>")
    make_update(campaign, title="Late news", published_at=moved_clock.now)
    moved_clock.advance(timedelta(days=7, minutes=1))
    go_on()
    assert len(smtp_sink.mails) == 2
    mail = smtp_sink.mails[0]
    assert mail.message["Subject"] == "Our month"
    for words in ("Dear friends.", "Early news", "Late news"):
        assert words in mail.text
        assert words in mail.html


def test_t16_who_may_not_send_changes_no_words_of_what_goes_by_itself(
    moved_clock: MovedClock, campaign: Campaign
) -> None:
    make_update(campaign, title="Early news", published_at=moved_clock.now)
    moved_clock.advance(timedelta(days=23))
    [draft] = prepare_due()
    author = make_staff(organization=campaign.organization)
    author.groups.add(Group.objects.get(name="Authors"))
    client = Client()
    client.force_login(author)
    page = reverse("admin:mailings_mailing_change", args=[draft.pk])
    assert client.get(page).status_code == 200
    assert client.post(page, {"subject": "Send me money", "body": "<p>x</p>"}).status_code == 403
    draft.refresh_from_db()
    assert draft.subject != "Send me money"


def test_what_was_mailed_by_itself_meanwhile_leaves_nothing_to_send(
    moved_clock: MovedClock, smtp_sink: SMTPSink, campaign: Campaign
) -> None:
    update = make_update(campaign, published_at=moved_clock.now)
    moved_clock.advance(timedelta(days=23))
    [draft] = prepare_due()
    scheduled_mailing(update)
    go_on()
    smtp_sink.mails.clear()
    moved_clock.advance(timedelta(days=7, minutes=1))
    go_on()
    draft.refresh_from_db()
    assert draft.state == Mailing.State.CANCELLED
    assert smtp_sink.mails == []


def test_f14_a_beat_that_was_dead_for_two_hours_sends_it_once(
    moved_clock: MovedClock, smtp_sink: SMTPSink, campaign: Campaign
) -> None:
    make_update(campaign, published_at=moved_clock.now)
    schedule = DigestSchedule.objects.get()
    moved_clock.advance(timedelta(days=30, hours=2))
    go_on()
    go_on()
    assert wake(schedule=schedule) is None
    assert len(smtp_sink.mails) == 2
    due_at = schedule.due_at
    schedule.refresh_from_db()
    assert timedelta(days=27) < schedule.due_at - due_at < timedelta(days=32)


def test_a_period_that_is_left_out_sends_nothing_and_the_next_one_does(
    moved_clock: MovedClock, smtp_sink: SMTPSink, campaign: Campaign
) -> None:
    make_update(campaign, published_at=moved_clock.now)
    schedule = DigestSchedule.objects.get()
    moved_clock.advance(timedelta(days=24))
    prepare_due()
    skip_period(schedule=schedule, reason="An election is on.", user=None)
    skip_period(schedule=schedule, reason="Another reason.", user=None)
    moved_clock.advance(timedelta(days=7))
    go_on()
    assert smtp_sink.mails == []
    assert schedule.skipped_periods.get().reason == "An election is on."
    moved_clock.advance(timedelta(days=31))
    go_on()
    assert len(smtp_sink.mails) == 2


def test_what_is_on_its_way_is_not_left_out(
    moved_clock: MovedClock, smtp_sink: SMTPSink, campaign: Campaign
) -> None:
    make_update(campaign, published_at=moved_clock.now)
    stale = DigestSchedule.objects.get()
    moved_clock.advance(timedelta(days=31))
    go_on()
    DigestSchedule.objects.update(due_at=stale.due_at)
    with pytest.raises(TooLate):
        skip_period(schedule=stale, reason="Too late.", user=None)
