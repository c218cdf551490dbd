"""Who got nothing of a mailing, cancelled or meant for others, is still owed its news."""

from datetime import timedelta

import pytest

from mailings import audience
from mailings.digesting.waking import wake_due
from mailings.drafting import draft_from_update
from mailings.models import DigestSchedule, Mailing, Segment
from mailings.pumping import pump
from mailings.sending import send_slice
from tests.factories import make_campaign
from tests.mailings.making import (
    hurry,
    make_lane,
    make_staff,
    make_update,
    scheduled_mailing,
    sign_up,
)
from tests.mailings.office import Office

pytestmark = pytest.mark.django_db


def months_go_by(moved_clock, count):
    for _ in range(count):
        moved_clock.advance(timedelta(days=31))
        wake_due()
        pump()
        send_slice(lane=0)
        pump()


def test_a_mailing_that_was_cancelled_in_time_can_be_corrected(smtp_sink):
    office = Office(smtp_sink)
    office.proof()
    office.press("send", count=3)
    hurry(office.mailing)
    pump()
    office.press("cancel")
    again = draft_from_update(update=office.update, user=office.user)
    assert again.pk != office.mailing.pk
    assert audience.count(again) == 3


@pytest.fixture
def campaign(moved_clock):
    campaign = make_campaign()
    sign_up(campaign, 4)
    make_lane()
    moved_clock.advance(timedelta(days=180))
    scope = campaign.organization.scopes.get(key="activism")
    DigestSchedule.objects.create(scope=scope, due_at=moved_clock.now + timedelta(days=30))
    return campaign


def test_what_went_to_a_part_comes_to_all_others_by_digest(moved_clock, smtp_sink, campaign):
    update = make_update(campaign, title="Early news", published_at=moved_clock.now)
    user = make_staff()
    part = Segment.objects.create(organization=campaign.organization, name="One", most=1)
    draft_from_update(update=update, user=user).edit(by=user, segment=part)
    scheduled_mailing(update, user)
    smtp_sink.mails.clear()
    pump()
    send_slice(lane=0)
    pump()
    assert len(smtp_sink.mails) == 1
    months_go_by(moved_clock, 2)
    told = [mail.recipients[0] for mail in smtp_sink.mails if "Early news" in mail.text]
    assert len(told) == len(set(told)) == 4


def test_the_news_of_a_cancelled_digest_comes_with_the_next(moved_clock, smtp_sink, campaign):
    make_update(campaign, title="Early news", published_at=moved_clock.now)
    moved_clock.advance(timedelta(days=30, minutes=1))
    wake_due()
    pump()
    digest = Mailing.objects.get(kind="digest")
    assert digest.cancel()
    make_update(campaign, title="Later news", published_at=moved_clock.now)
    smtp_sink.mails.clear()
    months_go_by(moved_clock, 1)
    assert len(smtp_sink.mails) == 4
    assert all("Early news" in mail.text and "Later news" in mail.text for mail in smtp_sink.mails)
