"""What is said of mails that left: stored at once, applied by the `tx` worker soon after.

Any number of workers may apply at once; each takes its own batch. An event counts once, whatever
the order in which they come and however often: the ledger's row only ever moves towards what is
worse for us, from sent to delivered, returned, complained of. Nothing that is said here begins a
mail to anybody.
"""

from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
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


def _write_down(events: list[MailEvent], outcomes: dict[int, str]) -> None:
    """What came of each event. One without an outcome came too early and is asked about again."""
    now = timezone.now()
    for event in events:
        given_up = event.received_at < now - GIVE_UP
        has_numbers = event.mailing_number or event.letter_number
        event.outcome = outcomes.get(event.pk, "too early" if has_numbers else "not ours")
        if event.outcome == "too early" and not given_up:
            event.due_at = now + ASK_AGAIN
        else:
            event.applied_at = now
    MailEvent.objects.bulk_update(events, ["outcome", "due_at", "applied_at"])


def forget_old(*, days: int) -> None:
    """Delete events that were applied and are older than so many days."""
    old = timezone.now() - timedelta(days=days)
    MailEvent.objects.filter(received_at__lt=old).exclude(applied_at=None).delete()
