"""Drives a mailing through faults, and judges it by what the mail server accepted."""

import time
from collections import Counter
from collections.abc import Callable, Iterable

from django.db import connection

from mailings.invariants import INVARIANTS
from mailings.models import Mailing, Recipient
from mailings.pumping import pump
from tests.rig.smtp_sink import SMTPSink

# What lies between the commit of an unsubscribe and the end of a message declared before it.
GRACE = 0.1


def drive(
    mailing: Mailing, *, timeout: float, each_round: Callable[[], None] = lambda: None
) -> None:
    """Pump as beat would, only faster, until the mailing is sent. The deferred are due at once."""
    deadline = time.monotonic() + timeout
    while not is_sent(mailing):
        assert time.monotonic() < deadline, f"not sent in {timeout} s"
        assert mailing.state != Mailing.State.PAUSED, mailing.pause_reason
        with connection.cursor() as cursor:
            cursor.execute("UPDATE mailings_deferral SET next_attempt_at = now()")
        pump()
        each_round()
        time.sleep(0.2)


def is_sent(mailing: Mailing) -> bool:
    """Whether it has gone to everyone."""
    mailing.refresh_from_db(fields=["state", "pause_reason"])
    return mailing.state == Mailing.State.SENT


def wait_for_mails(sink: SMTPSink, count: int, timeout: float = 30) -> None:
    """Wait until the server has accepted so many."""
    deadline = time.monotonic() + timeout
    while len(sink.mails) < count:
        assert time.monotonic() < deadline, f"{len(sink.mails)} of {count} came"
        time.sleep(0.005)


def assert_kept_promise(
    mailing: Mailing, sink: SMTPSink, *, most_unknown: int, left: Iterable[tuple[str, float]] = ()
) -> None:
    """Nobody twice, nobody lost but the few unknown, nobody after leaving, and a true ledger.

    `left` are addresses and the wall clock after the commit of their unsubscribing.
    """
    accepted = Counter(mail.recipients[0] for mail in sink.mails)
    assert not [address for address, times in accepted.items() if times > 1], "twice"
    by_status: dict[int, set[str]] = {status: set() for status in Recipient.Status}
    rows = Recipient.objects.filter(mailing=mailing).values_list("status", "supporter__email")
    for found, address in rows:
        by_status[found].add(address)
    status = Recipient.Status
    assert by_status[status.SENT] <= set(accepted), "said to be sent, never accepted"
    assert set(accepted) <= by_status[status.SENT] | by_status[status.UNKNOWN]
    assert not by_status[status.PENDING] | by_status[status.DEFERRED], "left behind"
    assert len(by_status[status.UNKNOWN]) <= most_unknown
    when = {mail.recipients[0]: mail.time for mail in sink.mails}
    late = [address for address, moment in left if when.get(address, 0) > moment + GRACE]
    assert not late, "mailed after leaving"
    assert_invariants()


def assert_invariants() -> None:
    """Every invariant of the ledger holds."""
    with connection.cursor() as cursor:
        for invariant in INVARIANTS:
            cursor.execute(invariant.violations)
            assert cursor.fetchone()[0] == 0, invariant.sentence
