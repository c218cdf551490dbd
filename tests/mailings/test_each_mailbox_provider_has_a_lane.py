"""Mail to the large providers of mailboxes goes by lanes of their own, with limits of their own."""

from datetime import timedelta

import pytest
from django.utils import timezone

from mailings import audience
from mailings.ledger import claim
from mailings.models import CatchUp, Lane, Mailing
from mailings.pumping import pump
from mailings.sending import send_slice
from mailings.welcoming.growing import grow_all
from tests.factories import make_campaign
from tests.mailings.driving import assert_invariants
from tests.mailings.making import make_lane, make_update, scheduled_mailing, sign_up, statuses
from tests.mailings.test_newcomers_are_welcomed import live_step
from tests.rig.moved_clock import MovedClock
from tests.rig.smtp_sink import SMTPSink

pytestmark = pytest.mark.django_db

GMAIL, MICROSOFT, YAHOO = 1, 2, 3


@pytest.fixture
def mailing(smtp_sink: SMTPSink) -> Mailing:
    """People at three large providers and elsewhere are owed it."""
    campaign = make_campaign()
    for people, domain in [(4, "Gmail.com"), (3, "outlook.com"), (2, "aol.com"), (1, "other.test")]:
        sign_up(campaign, people, domain=domain)
    frozen = scheduled_mailing(make_update(campaign))
    smtp_sink.mails.clear()
    return frozen


def test_everyone_is_in_the_lane_of_their_provider(mailing: Mailing) -> None:
    assert pump() == {0: 1, GMAIL: 1, MICROSOFT: 1, YAHOO: 1}

    lanes = mailing.recipients.values_list("lane", flat=True)
    assert sorted(lanes) == [0, 1, 1, 1, 1, 2, 2, 2, 3, 3]
    assert_invariants()


def test_who_is_caught_up_is_in_the_lane_of_their_provider(
    mailing: Mailing, smtp_sink: SMTPSink
) -> None:
    pump()
    for lane in (0, GMAIL, MICROSOFT, YAHOO):
        send_slice(lane=lane)
    pump()
    assert mailing.campaign
    sign_up(mailing.campaign, 2, domain="gmail.com")
    sign_up(mailing.campaign, 1, domain="other.test")
    mailing.refresh_from_db()
    assert audience.begin_catch_up(mailing=mailing, user=None, counted=3)
    CatchUp.objects.update(starts_at=timezone.now() - timedelta(minutes=1))

    assert pump() == {0: 1, GMAIL: 1}
    for lane in (0, GMAIL):
        send_slice(lane=lane)
    pump()
    lanes = mailing.recipients.values_list("lane", flat=True)
    assert sorted(lanes) == [0, 0, 1, 1, 1, 1, 1, 1, 2, 2, 2, 3, 3]
    assert statuses(mailing) == {"sent": 13}
    assert len({mail.recipients[0] for mail in smtp_sink.mails}) == 13
    assert_invariants()


def test_a_newcomer_is_welcomed_by_the_lane_of_their_provider(
    moved_clock: MovedClock, smtp_sink: SMTPSink
) -> None:
    make_lane()
    campaign = make_campaign()
    step = live_step(campaign, 0)
    moved_clock.advance(timedelta(hours=1))
    sign_up(campaign, 2, domain="GMAIL.com")
    sign_up(campaign, 1, domain="other.test")
    moved_clock.advance(timedelta(minutes=1))
    smtp_sink.mails.clear()

    assert grow_all() == 3
    assert pump() == {0: 1, GMAIL: 1}
    send_slice(lane=GMAIL)
    assert len(smtp_sink.mails) == 2
    send_slice(lane=0)
    assert statuses(step.mailing) == {"sent": 3}
    assert_invariants()


def test_a_lane_that_rests_holds_up_no_other(mailing: Mailing, smtp_sink: SMTPSink) -> None:
    pump()
    smtp_sink.reply("MAIL", "421 4.7.0 too fast", times=1)

    send_slice(lane=GMAIL)
    for lane in (0, MICROSOFT, YAHOO):
        send_slice(lane=lane)

    assert statuses(mailing) == {"sent": 6, "pending": 4}
    assert pump() == {}

    Lane.objects.update(paused_until=None)
    send_slice(lane=GMAIL)
    pump()

    mailing.refresh_from_db()
    assert mailing.state == "sent"
    assert mailing.audience_size == len(smtp_sink.mails) == 10


def test_no_lane_has_more_connections_than_it_allows(mailing: Mailing) -> None:
    Lane.objects.update(max_connections=1)
    pump()

    assert claim(lane=GMAIL)
    mailing.chunks.filter(lane=GMAIL).update(hi=2)
    mailing.chunks.create(lane=GMAIL, lo=3, hi=4)

    assert claim(lane=GMAIL) is None
    assert claim(lane=YAHOO)
