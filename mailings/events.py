"""What is said of mails that left: stored at once, applied by the `tx` worker soon after.

Any number of workers may apply at once; each takes its own batch. An event counts once, whatever
the order in which they come and however often: the ledger's row only ever moves towards what is
worse for us, from sent to delivered, returned, complained of. Nothing that is said here begins a
mail to anybody.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils import timezone

from mailings.models import MailEvent
from mailings.outcomes import hear_of_letters, hear_of_mailings
from mailings.rates import pause_if_troubled
from postroom.events import Event

BATCH = 500
# A mail may be heard of before its worker has written down that it left.
ASK_AGAIN = timedelta(seconds=30)
GIVE_UP = timedelta(days=1)


def store(events: Iterable[Event]) -> None:
    """Write events down, each once. Nothing else is done, so this is quick. Safe to repeat."""
    MailEvent.objects.bulk_create(map(_row, events), ignore_conflicts=True)


def _row(event: Event) -> MailEvent:
    row = MailEvent(
        provider=event.provider[:20],
        digest=event.digest,
        kind=event.kind,
        status=event.status[:12],
        happened_at=event.happened_at,
    )
    if event.key and event.key.kind == "m":
        row.mailing_number, row.supporter_number = event.key.ids
    elif event.key:
        (row.letter_number,) = event.key.ids
    return row


def apply_waiting() -> int:
    """Apply a batch of stored events; returns how many were taken. Under BATCH, none is left."""
    with transaction.atomic():
        waiting = MailEvent.objects.waiting().filter(due_at__lte=Now()).order_by("due_at", "pk")
        events = list(waiting.select_for_update(skip_locked=True)[:BATCH])
        outcomes = hear_of_mailings([one for one in events if one.mailing_number])
        outcomes |= hear_of_letters([one for one in events if one.letter_number])
        _write_down(events, outcomes)
    bad = {one.mailing_number for one in events if one.kind != MailEvent.Kind.DELIVERED}
    for mailing_id in filter(None, bad):
        pause_if_troubled(mailing_id)
    return len(events)


_WRITE_DOWN = """
UPDATE mailings_mailevent e
SET outcome = new.outcome,
    due_at = CASE WHEN new.again THEN now() + %(wait)s ELSE e.due_at END,
    applied_at = CASE WHEN new.again THEN NULL ELSE now() END
FROM unnest(%(ids)s::bigint[], %(outcomes)s::text[], %(again)s::bool[]) AS new (id, outcome, again)
WHERE e.id = new.id
"""


def _write_down(events: list[MailEvent], outcomes: dict[int, str]) -> None:
    """What came of each event. One without an outcome came too early and is asked about again."""
    given_up = timezone.now() - GIVE_UP
    words, again = [], []
    for event in events:
        has_numbers = event.mailing_number or event.letter_number
        words.append(outcomes.get(event.pk, "too early" if has_numbers else "not ours"))
        again.append(words[-1] == "too early" and event.received_at > given_up)
    what: dict[str, Any] = {
        "ids": [event.pk for event in events],
        "outcomes": words,
        "again": again,
    }
    with connection.cursor() as cursor:
        cursor.execute(_WRITE_DOWN, what | {"wait": ASK_AGAIN})


def forget_old(*, days: int) -> None:
    """Delete events that were applied and are older than so many days."""
    old = timezone.now() - timedelta(days=days)
    MailEvent.objects.filter(received_at__lt=old).exclude(applied_at=None).delete()
