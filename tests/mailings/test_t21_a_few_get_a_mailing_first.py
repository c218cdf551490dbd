"""The canary: a few get a mailing first, and everyone else when it has done no harm."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from mailings.models import Mailing, Recipient
from mailings.pumping import pump
from mailings.sending import send_slice
from tests.factories import make_campaign
from tests.mailings.driving import assert_invariants
from tests.mailings.making import make_update, scheduled_mailing, sign_up, statuses
from tests.rig.smtp_sink import SMTPSink

pytestmark = pytest.mark.django_db
Status = Recipient.Status


@pytest.fixture
def mailing(settings: Any, smtp_sink: SMTPSink) -> Mailing:
    """Ten of thirty people get it first; what the server has taken before is forgotten."""
    settings.MAILING_CANARY_PEOPLE = 10
    settings.MAILING_CANARY_WATCH_SECONDS = 0
    campaign = make_campaign()
    sign_up(campaign, 30)
    frozen = scheduled_mailing(make_update(campaign))
    pump()
    smtp_sink.mails.clear()
    return frozen


def test_t21_the_rest_follows_when_the_first_few_have_it(mailing: Mailing) -> None:
    send_slice(lane=0)
    assert statuses(mailing) == {"sent": 10, "pending": 20}

    assert pump() == {0: 1}
    send_slice(lane=0)

    assert statuses(mailing) == {"sent": 30}
    assert_invariants()


def test_t21_nothing_more_is_asked_for_while_the_first_few_are_watched(
    mailing: Mailing, settings: Any
) -> None:
    settings.MAILING_CANARY_WATCH_SECONDS = 60
    send_slice(lane=0)
    assert pump() == pump() == {}

    Mailing.objects.update(wave_done_at=timezone.now() - timedelta(seconds=61))

    assert pump() == {0: 1}


def test_t21_refusals_among_the_first_few_spare_everyone_else(
    mailing: Mailing, smtp_sink: SMTPSink
) -> None:
    smtp_sink.reply("RCPT", "550 5.7.1 not from you", times=6)

    send_slice(lane=0)
    pump()
    send_slice(lane=0)

    assert statuses(mailing) == {"sent": 4, "failed": 6, "pending": 20}
    mailing.refresh_from_db()
    assert mailing.state == "paused"
    assert "6 of the last 10 mails were refused for good" in mailing.pause_reason


def test_t21_whoever_resumes_it_sends_it_to_everyone(mailing: Mailing, smtp_sink: SMTPSink) -> None:
    smtp_sink.reply("RCPT", "550 5.7.1 not from you", times=6)
    send_slice(lane=0)
    pump()

    mailing.refresh_from_db()
    mailing.resume()
    pump()
    send_slice(lane=0)

    assert statuses(mailing) == {"sent": 24, "failed": 6}


@pytest.mark.parametrize(
    ("status", "code", "people", "reason"),
    [
        (Status.DEFERRED, 451, 21, "put off 21 of the last 30"),
        (Status.UNKNOWN, None, 6, "became of 6 of the last 30"),
        (Status.FAILED, None, 6, "became of 6 of the last 30"),
    ],
)
def test_t21_what_else_pauses_it(
    mailing: Mailing, status: Status, code: int | None, people: int, reason: str
) -> None:
    send_slice(lane=0)
    pump()
    send_slice(lane=0)

    mailing.recipients.filter(seq__lt=people).update(status=status, code=code)
    pump()
    mailing.refresh_from_db()
    assert mailing.state != "paused"
    Mailing.objects.update(state="sending")
    mailing.recipients.filter(seq=people).update(status=status, code=code)
    pump()

    mailing.refresh_from_db()
    assert mailing.state == "paused"
    assert reason in mailing.pause_reason


def test_t21_one_wave_is_enough_for_a_small_audience(settings: Any, smtp_sink: SMTPSink) -> None:
    settings.MAILING_CANARY_PEOPLE = 10
    campaign = make_campaign()
    sign_up(campaign, 20)
    small = scheduled_mailing(make_update(campaign))
    pump()

    send_slice(lane=0)

    assert statuses(small) == {"sent": 20}
