"""Pause, resume and cancel while mails are going out; clicks and clocks that come twice."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from mailings.audience import freeze_page, freezing
from mailings.drafting import draft_from_update
from mailings.models import Mailing, Recipient
from mailings.proofing import send_proof
from mailings.pumping import pump
from mailings.scheduling import schedule_mailing
from mailings.sending import send_slice
from tests.factories import make_campaign
from tests.mailings.driving import assert_invariants, wait_for_mails
from tests.mailings.making import (
    hurry,
    make_staff,
    make_update,
    scheduled_mailing,
    sign_up,
    statuses,
)
from tests.rig.smtp_sink import SMTPSink

pytestmark = pytest.mark.django_db(transaction=True)


def in_thread(work: Callable[[], object]) -> Callable[[], object]:
    """`work` with a database connection that is closed after it."""

    def run() -> object:
        try:
            return work()
        finally:
            connection.close()

    return run


@contextmanager
def sending_meanwhile() -> Iterator[None]:
    """Another thread works off lane 0."""
    thread = threading.Thread(target=in_thread(lambda: send_slice(lane=0)))
    thread.start()
    try:
        yield
    finally:
        thread.join()


def test_pausing_stops_after_the_message_in_hand_and_resuming_mails_the_rest(
    smtp_sink: SMTPSink,
) -> None:
    campaign = make_campaign()
    sign_up(campaign, 120)
    update = make_update(campaign)
    mailing = scheduled_mailing(update)
    pump()
    smtp_sink.mails.clear()
    smtp_sink.latency = 0.001
    with sending_meanwhile():
        wait_for_mails(smtp_sink, 10)
        assert mailing.pause()
        paused_at = time.time()
    after = [mail for mail in smtp_sink.mails if mail.time > paused_at]
    assert len(after) <= 1
    first = len(smtp_sink.mails)
    assert first < 120

    update.body = "<p>Something quite different.</p>"
    update.save()
    assert pump() == {}
    assert not mailing.pause()
    assert mailing.resume()
    smtp_sink.latency = 0
    pump()
    send_slice(lane=0)

    assert statuses(mailing) == {"sent": 120}
    assert len(smtp_sink.mails) == 120
    assert all("Something quite different" not in mail.text for mail in smtp_sink.mails)
    assert_invariants()


def test_a_cancelled_mailing_goes_to_nobody_else(smtp_sink: SMTPSink) -> None:
    campaign = make_campaign()
    sign_up(campaign, 60)
    mailing = scheduled_mailing(make_update(campaign))
    pump()
    smtp_sink.mails.clear()
    smtp_sink.latency = 0.001
    with sending_meanwhile():
        wait_for_mails(smtp_sink, 5)
        assert mailing.cancel()
    had = len(smtp_sink.mails)

    assert not mailing.resume()
    assert pump() == {}
    send_slice(lane=0)

    assert len(smtp_sink.mails) == had < 60
    assert statuses(mailing) == {"sent": had, "pending": 60 - had}


def test_f32_two_clicks_on_send_are_one_send(smtp_sink: SMTPSink) -> None:
    campaign = make_campaign()
    sign_up(campaign, 3)
    user = make_staff()
    mailing = draft_from_update(update=make_update(campaign), user=user)
    send_proof(mailing=mailing, user=user)

    def click() -> object:
        same = Mailing.objects.get(pk=mailing.pk)
        return schedule_mailing(mailing=same, expected_count=3)

    with ThreadPoolExecutor(4) as clicks:
        went = [click.result() for click in [clicks.submit(in_thread(click)) for _ in range(4)]]

    assert went.count(True) == 1
    assert went.count(False) == 3


def test_f15_many_beats_freeze_one_audience_with_nobody_in_it_twice(
    smtp_sink: SMTPSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mailings.audience.freezing.PAGE", 50)
    monkeypatch.setattr(freezing, "PAGE", 50)
    campaign = make_campaign()
    sign_up(campaign, 400)
    mailing = scheduled_mailing(make_update(campaign))

    def beat() -> None:
        # A beat that finds the row locked goes away, and comes back with the next tick.
        while Mailing.objects.due().filter(pk=mailing.pk).exists():
            freeze_page(mailing.pk)

    with ThreadPoolExecutor(4) as beats:
        for done in [beats.submit(in_thread(beat)) for _ in range(4)]:
            done.result()

    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.SENDING
    assert mailing.audience_size == 400
    assert Recipient.objects.filter(mailing=mailing).count() == 400
    assert [(chunk.lo, chunk.hi) for chunk in mailing.chunks.all()] == [(1, 400)]


def test_nothing_goes_out_before_the_hold_is_over_and_it_can_be_taken_back(
    smtp_sink: SMTPSink, settings: Any
) -> None:
    settings.MAILING_HOLD_SECONDS = 600
    campaign = make_campaign()
    sign_up(campaign, 3)
    user = make_staff()
    mailing = draft_from_update(update=make_update(campaign), user=user)
    send_proof(mailing=mailing, user=user)
    smtp_sink.mails.clear()
    assert schedule_mailing(mailing=mailing, expected_count=3)
    assert mailing.starts_at
    assert mailing.starts_at > timezone.now() + timedelta(minutes=9)

    assert pump() == {}
    assert mailing.unschedule()
    hurry(mailing)
    assert pump() == {}
    assert mailing.state == Mailing.State.PROOFED
    assert not smtp_sink.mails


def test_f14_a_mailing_that_is_an_hour_late_asks_again(smtp_sink: SMTPSink) -> None:
    campaign = make_campaign()
    sign_up(campaign, 3)
    mailing = scheduled_mailing(make_update(campaign))
    Mailing.objects.update(starts_at=timezone.now() - timedelta(minutes=61))

    assert pump() == {}

    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.PROOFED
    assert "late" in mailing.pause_reason
