"""Each answer of a mail server, at each step, and what becomes of the recipient."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from mailings import ledger
from mailings.fencing import Crossing, fence, prepare_session
from mailings.models import Chunk, Deferral, Lane, Mailing, Recipient
from mailings.pumping import pump
from mailings.sending import send_slice
from signatures.models import Suppression
from tests.factories import make_campaign
from tests.mailings.driving import assert_invariants
from tests.mailings.making import make_update, scheduled_mailing, sign_up, statuses
from tests.rig.smtp_sink import SMTPSink

pytestmark = pytest.mark.django_db


@pytest.fixture
def mailing(smtp_sink: SMTPSink) -> Mailing:
    """Three people are owed it; what the server has taken before is forgotten."""
    campaign = make_campaign()
    sign_up(campaign, 3)
    frozen = scheduled_mailing(make_update(campaign))
    pump()
    smtp_sink.mails.clear()
    return frozen


def second(mailing: Mailing) -> str:
    """The address of the second recipient."""
    return Recipient.objects.get(mailing=mailing, seq=2).supporter.email


def asking(sink: SMTPSink) -> SMTPSink:
    """Without CHUNKING the body comes when the envelope is taken, not with it."""
    sink.chunking = False
    return sink


def end_the_rest() -> None:
    """Let a resting lane go on at once."""
    Lane.objects.update(paused_until=None)


@pytest.mark.parametrize(
    ("misbehave", "status"),
    [
        (lambda sink, to: sink.reply("RCPT", "451 4.2.1 later", recipient=to), "deferred"),
        (lambda sink, to: sink.reply("RCPT", "550 5.7.1 no", recipient=to), "failed"),
        (lambda sink, to: sink.reply("END", "452 4.3.1 full", recipient=to), "deferred"),
        (lambda sink, to: sink.reply("END", "554 5.6.0 no", recipient=to), "failed"),
        (lambda sink, to: asking(sink).drop("RCPT", recipient=to), "deferred"),
        (lambda sink, to: asking(sink).drop("DATA", recipient=to), "deferred"),
        (lambda sink, to: sink.drop("RCPT", recipient=to), "unknown"),
        (lambda sink, to: sink.drop("END", recipient=to), "unknown"),
        (lambda sink, to: sink.drop("END", recipient=to, recorded=True), "unknown"),
    ],
)
def test_a_trouble_of_one_recipient_is_of_that_one_alone(
    mailing: Mailing,
    smtp_sink: SMTPSink,
    misbehave: Callable[[SMTPSink, str], None],
    status: str,
) -> None:
    misbehave(smtp_sink, second(mailing))

    send_slice(lane=0)

    assert statuses(mailing) == {"sent": 2, status: 1}
    assert_invariants()


@pytest.mark.parametrize("step", ["RCPT", "DATA"])
def test_what_broke_before_the_body_is_tried_once_more_at_once(
    mailing: Mailing, smtp_sink: SMTPSink, step: str
) -> None:
    asking(smtp_sink).drop(step, times=1)

    send_slice(lane=0)

    assert statuses(mailing) == {"sent": 3}
    assert len(smtp_sink.mails) == 3


@pytest.mark.parametrize(
    ("step", "reply"),
    [
        ("CONNECT", "421 4.3.2 closing"),
        ("MAIL", "421 4.3.2 closing"),
        ("MAIL", "451 4.3.0 trouble"),
        ("RCPT", "454 4.7.0 patience"),
    ],
)
def test_f18_a_server_that_takes_nothing_rests_the_lane_and_costs_nobody_a_try(
    mailing: Mailing, smtp_sink: SMTPSink, step: str, reply: str
) -> None:
    smtp_sink.reply(step, reply)

    send_slice(lane=0)

    assert statuses(mailing) == {"pending": 3}
    assert set(Recipient.objects.values_list("attempts", flat=True)) == {0}
    rests_until = Lane.objects.get(number=0).paused_until
    assert rests_until
    assert rests_until > timezone.now() + timedelta(seconds=50)
    assert pump() == {}
    smtp_sink.rules.clear()
    end_the_rest()
    assert pump() == {0: 1}
    send_slice(lane=0)
    assert statuses(mailing) == {"sent": 3}
    assert len(smtp_sink.mails) == 3


def test_f16_a_server_that_is_gone_rests_the_lane(mailing: Mailing, smtp_sink: SMTPSink) -> None:
    smtp_sink.stop()
    try:
        send_slice(lane=0)
        assert statuses(mailing) == {"pending": 3}
    finally:
        smtp_sink.start()
    end_the_rest()
    send_slice(lane=0)
    assert statuses(mailing) == {"sent": 3}


def test_f19_a_missing_mailbox_is_suppressed(mailing: Mailing, smtp_sink: SMTPSink) -> None:
    gone = Recipient.objects.get(mailing=mailing, seq=2).supporter
    smtp_sink.reply("RCPT", "550 5.1.1 no such user", recipient=gone.email)

    send_slice(lane=0)

    suppression = Suppression.objects.get(email_hash=bytes(gone.email_hash))
    assert suppression.reason == Suppression.Reason.HARD_BOUNCE


def test_the_deferred_get_it_in_a_later_round_and_fail_after_six_tries(
    mailing: Mailing, smtp_sink: SMTPSink
) -> None:
    address = second(mailing)
    smtp_sink.reply("RCPT", "451 4.2.1 later", recipient=address)
    for _ in range(6):
        send_slice(lane=0)
        Deferral.objects.update(next_attempt_at=timezone.now() - timedelta(hours=1))
        pump()

    mailing.refresh_from_db()
    assert statuses(mailing) == {"sent": 2, "failed": 1}
    assert Recipient.objects.get(mailing=mailing, supporter__email=address).attempts == 6
    assert mailing.state == Mailing.State.SENT
    assert_invariants()


def test_a_deferred_one_waits_about_five_minutes_first(
    mailing: Mailing, smtp_sink: SMTPSink
) -> None:
    smtp_sink.reply("RCPT", "451 4.2.1 later", recipient=second(mailing), times=1)
    send_slice(lane=0)

    wait = Deferral.objects.get().next_attempt_at - timezone.now()
    assert timedelta(minutes=3.9) < wait < timedelta(minutes=6.1)
    assert pump() == {}
    Deferral.objects.update(next_attempt_at=timezone.now() - timedelta(seconds=1))
    assert pump() == {0: 1}
    send_slice(lane=0)
    assert statuses(mailing) == {"sent": 3}


def test_f19_a_text_that_servers_refuse_stops_the_mailing(smtp_sink: SMTPSink) -> None:
    campaign = make_campaign()
    sign_up(campaign, 20)
    mailing = scheduled_mailing(make_update(campaign))
    pump()
    smtp_sink.reply("END", "554 5.7.1 looks like spam")

    send_slice(lane=0)

    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.PAUSED
    assert "554" in mailing.pause_reason
    assert statuses(mailing) == {"failed": 6, "pending": 14}


def test_what_a_dead_worker_declared_is_unknown_and_what_it_had_done_is_sent(
    mailing: Mailing, smtp_sink: SMTPSink
) -> None:
    prepare_session()
    lease = ledger.claim(lane=0)
    assert lease
    for owed in ledger.owed(lease)[:2]:
        assert fence([Crossing(lease, owed, tuple(mailing.about()), mailing.revision)])[0]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE mailings_chunk SET lease_until = now() - interval '1 second'")

    send_slice(lane=0)

    status = Recipient.Status
    assert list(Recipient.objects.order_by("seq").values_list("status", flat=True)) == [
        status.SENT,
        status.UNKNOWN,
        status.SENT,
    ]
    assert len(smtp_sink.mails) == 1


def test_what_a_dead_worker_left_of_a_cancelled_mailing_is_written_down(
    mailing: Mailing,
) -> None:
    prepare_session()
    lease = ledger.claim(lane=0)
    assert lease
    assert fence(
        [Crossing(lease, ledger.owed(lease)[0], tuple(mailing.about()), mailing.revision)]
    )[0]
    mailing.cancel()
    Chunk.objects.update(lease_until=timezone.now() - timedelta(hours=1))

    pump()

    assert statuses(mailing) == {"unknown": 1, "pending": 2}
