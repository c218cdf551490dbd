"""What is owed to whom, and who hears of it before a promise is broken."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from campaigns.models import Campaign, MailScope
from mailings.digesting.preparing import prepare_due
from mailings.models import DigestSchedule, Mailing, OrganizerNotice
from mailings.promising.owed import Promise, promises
from mailings.promising.warning import warn_ahead
from mailings.pumping import pump
from mailings.sending import send_slice
from mailings.telling import send_notices
from tests.factories import make_campaign
from tests.mailings.making import make_update, reachable_organizer, scheduled_mailing, sign_up
from tests.rig.moved_clock import MovedClock
from tests.rig.smtp_sink import SMTPSink

pytestmark = pytest.mark.django_db


def signed_campaign(clock: MovedClock, **fields: object) -> Campaign:
    """Open since now, by the database's clock, with signers who agreed to mail."""
    campaign = make_campaign(**fields)  # type: ignore[arg-type]
    sign_up(campaign, 2)
    MailScope.objects.filter(key="offers").update(cadence=MailScope.Cadence.NONE)
    return campaign


def promise_of(campaign: Campaign) -> Promise:
    [promise] = [one for one in promises() if one.scope.organization == campaign.organization]
    return promise


def mail(campaign: Campaign, clock: MovedClock) -> Mailing:
    mailing = scheduled_mailing(make_update(campaign, published_at=clock.now))
    pump()
    send_slice(lane=0)
    pump()
    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.SENT
    return mailing


def test_a_promise_counts_from_the_first_signer_and_then_from_each_mail(
    moved_clock: MovedClock, smtp_sink: SMTPSink
) -> None:
    campaign = signed_campaign(moved_clock)
    began = promise_of(campaign)
    assert began.heard_at == campaign.published_at
    assert 27 < began.days_left < 32
    moved_clock.advance(timedelta(days=20))
    assert promise_of(campaign).days_left == began.days_left - 20
    assert not promise_of(campaign).is_near
    mail(campaign, moved_clock)
    assert promise_of(campaign).days_left > 26


def test_a_mail_to_the_signers_of_one_campaign_keeps_no_promise_to_those_of_another(
    moved_clock: MovedClock, smtp_sink: SMTPSink
) -> None:
    campaign = signed_campaign(moved_clock)
    other = signed_campaign(
        moved_clock, organization=campaign.organization, headline="The forgotten one"
    )
    moved_clock.advance(timedelta(days=20))
    mail(campaign, moved_clock)
    promise = promise_of(campaign)
    assert promise.heard_at == other.published_at
    assert [silence.headline for silence in promise.waiting] == ["The forgotten one"]


def test_organizers_hear_a_week_ahead_that_nothing_keeps_a_promise(
    moved_clock: MovedClock, smtp_sink: SMTPSink
) -> None:
    campaign = signed_campaign(moved_clock)
    organizer = reachable_organizer(campaign.organization)
    deadline = promise_of(campaign).due_by
    moved_clock.move_to(deadline - timedelta(days=9))
    assert warn_ahead() == []
    moved_clock.move_to(deadline - timedelta(days=7, hours=20))
    warn_ahead()
    warn_ahead()

    assert send_notices() == 1
    assert send_notices() == 0
    [mail_to_organizer] = smtp_sink.to(organizer.email)
    assert mail_to_organizer.message["Subject"].startswith("Write an update: Activism mail")
    assert "/admin/promises/" in mail_to_organizer.text


def test_organizers_hear_which_digest_keeps_it_and_again_when_it_falls_away(
    moved_clock: MovedClock, smtp_sink: SMTPSink, client: Client
) -> None:
    campaign = signed_campaign(moved_clock)
    organizer = reachable_organizer(campaign.organization)
    scope = campaign.organization.scopes.get(key="activism")
    schedule = DigestSchedule.objects.create(scope=scope, due_at=promise_of(campaign).due_by)
    moved_clock.move_to(schedule.due_at - timedelta(days=7, hours=20))
    make_update(campaign, published_at=moved_clock.now)
    [draft] = prepare_due()
    warn_ahead()
    send_notices()
    [first] = smtp_sink.to(organizer.email)
    assert first.message["Subject"].startswith("The Activism digest goes out on")
    assert reverse("admin:mailings_mailing_change", args=[draft.pk]) in first.text

    client.force_login(organizer)
    skip = reverse("admin:skip_period", args=[schedule.pk])
    assert "Say why" in client.post(skip, {"reason": " "}).content.decode()
    client.post(skip, {"reason": "An election is on."})
    warn_ahead()
    send_notices()
    draft.refresh_from_db()
    assert draft.state == Mailing.State.CANCELLED
    assert "An election is on." in smtp_sink.to(organizer.email)[1].text


def test_the_page_says_what_is_owed_and_nobody_sees_what_others_owe(
    moved_clock: MovedClock, client: Client
) -> None:
    campaign = signed_campaign(moved_clock, headline="Save the library")
    moved_clock.advance(timedelta(days=40))
    client.force_login(reachable_organizer(campaign.organization))
    page = client.get(reverse("admin:promises")).content.decode()
    assert "overdue" in page
    assert "No digest is scheduled." in page
    assert "overdue" in client.get(reverse("admin:index")).content.decode()

    client.force_login(reachable_organizer(make_campaign().organization))
    assert "overdue" not in client.get(reverse("admin:promises")).content.decode()
    assert "overdue" not in client.get(reverse("admin:index")).content.decode()


def test_a_notice_waits_for_the_mail_server(smtp_sink: SMTPSink, moved_clock: MovedClock) -> None:
    campaign = signed_campaign(moved_clock)
    organizer = reachable_organizer(campaign.organization)
    moved_clock.advance(timedelta(days=40))
    smtp_sink.reply("MAIL", "451 4.3.0 later", times=1)
    warn_ahead()
    assert send_notices() == 0
    moved_clock.advance(timedelta(minutes=11))
    assert send_notices() == 1
    assert OrganizerNotice.objects.get(user=organizer).sent_at
    assert "is broken" in smtp_sink.to(organizer.email)[0].message["Subject"]
