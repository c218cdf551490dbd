"""Staff move signatures into another state, for a reason; numbers and consents move along.

Whatever is moved is locked first, so that staff and a supporter who confirms, withdraws or disowns
at the same moment never both move one signature's number. What its owner disowned stays rejected,
whoever wishes otherwise.
"""

import logging
import time
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Q
from django.db.models.functions import Now

from signatures.models import CountShard, Signature, StateChange
from signatures.staff.standing_consents import (
    begin_again_what_rejection_ended,
    end_what_rejected_began,
)
from signatures.staff.voiding import Wave

logger = logging.getLogger(__name__)

State = Signature.State

# What staff may move where. Never from counted to pending: a count is taken back by rejecting.
MAY_REJECT = (State.PENDING, State.HELD, State.COUNTED)
MAY_COUNT = (State.HELD,)
# Signatures chosen one by one; whoever means more describes a wave.
MOST_CHOSEN = 1000
BATCH = 1000

# The people before their signatures, as everywhere. No stronger than it must be: whoever signs by
# somebody's link refers to that row, and must not wait for staff.
_LOCK_PEOPLE = """
SELECT id FROM signatures_supporter
WHERE id IN (SELECT supporter_id FROM signatures_signature WHERE id = ANY(%s))
ORDER BY id FOR NO KEY UPDATE
"""
_LOCK = """
SELECT id, state FROM signatures_signature WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE
"""

# One statement moves a batch: the states, the entries that remember where each one stood, and
# both legs of the numbers. The rows are locked already.
_MOVE = """
WITH target AS (
    SELECT * FROM unnest(%(ids)s::bigint[], %(states)s::text[]) AS t (id, state)
), moved AS (
    UPDATE signatures_signature s SET state = target.state, counted_at = CASE
        WHEN target.state = 'counted' THEN COALESCE(s.counted_at, now()) ELSE s.counted_at END
    FROM target JOIN signatures_signature was ON was.id = target.id
    WHERE s.id = target.id AND was.state <> target.state
    RETURNING s.id, s.campaign_id, s.created_at, s.consents, s.state, s.counted_at,
        was.state AS was_state, was.counted_at AS was_counted_at
), entries AS (
    INSERT INTO signatures_statechangeentry (change_id, signature_id, from_state)
    SELECT %(change)s, id, was_state FROM moved WHERE %(remember)s
    ON CONFLICT DO NOTHING RETURNING signature_id
), legs AS (
    SELECT -1 AS sign, was_state AS state, was_counted_at AS counted_at, campaign_id, created_at,
        consents FROM moved
    UNION ALL
    SELECT 1, state, counted_at, campaign_id, created_at, consents FROM moved
), shards AS (
    INSERT INTO signatures_countshard AS c
        (campaign_id, day, shard, pending, held, counted, opted_in)
    SELECT campaign_id,
        ((CASE WHEN state = 'counted' THEN counted_at ELSE created_at END) AT TIME ZONE 'UTC')::date
            AS on_day,
        pg_backend_pid() %% %(shards)s,
        sum(sign * (state = 'pending')::int), sum(sign * (state = 'held')::int),
        sum(sign * (state = 'counted')::int), sum(sign * (state = 'counted' AND consents)::int)
    FROM legs WHERE state IN ('pending', 'held', 'counted') GROUP BY campaign_id, on_day
    ORDER BY campaign_id, on_day
    ON CONFLICT (campaign_id, day, shard) DO UPDATE SET
        pending = c.pending + EXCLUDED.pending,
        held = c.held + EXCLUDED.held,
        counted = c.counted + EXCLUDED.counted,
        opted_in = c.opted_in + EXCLUDED.opted_in
)
SELECT id, was_state, state, id IN (SELECT signature_id FROM entries) FROM moved
"""

# Where staff found a rejected signature that they rejected themselves.
_STOOD = """
SELECT DISTINCT ON (e.signature_id) e.signature_id, e.from_state
FROM signatures_statechangeentry e JOIN signatures_statechange c ON c.id = e.change_id
WHERE e.signature_id = ANY(%s) AND c.to_state = 'rejected' AND c.undone_at IS NULL
ORDER BY e.signature_id, e.id DESC
"""

# Entries that the change itself still answers for: nothing newer has moved the signature since.
_TO_TAKE_BACK = """
SELECT e.signature_id, e.from_state FROM signatures_statechangeentry e
WHERE e.change_id = %(change)s AND e.signature_id > %(after)s AND NOT EXISTS (
    SELECT 1 FROM signatures_statechangeentry newer
    JOIN signatures_statechange c ON c.id = newer.change_id
    WHERE newer.signature_id = e.signature_id AND newer.id > e.id AND c.undone_at IS NULL
)
ORDER BY e.signature_id LIMIT %(most)s
"""


@dataclass(frozen=True)
class Done:
    """What became of the chosen signatures: those moved, and those that could not be."""

    changes: list[StateChange]
    moved: int
    left: int


class WaveChanged(Exception):
    """The wave holds another number of signatures than the one that was typed."""

    def __init__(self, count: int) -> None:
        super().__init__(count)
        self.count = count


def reject(*, signature_ids: Collection[int], reason: str, user: Any) -> Done:
    """These signatures do not count, nor wait any longer; what they subscribed to ends."""
    return _change(signature_ids, dict.fromkeys(MAY_REJECT, State.REJECTED), reason, user)


def count_held(*, signature_ids: Collection[int], reason: str, user: Any) -> Done:
    """These held signatures count, on the word of staff. Their owners may still confirm."""
    return _change(signature_ids, dict.fromkeys(MAY_COUNT, State.COUNTED), reason, user)


@transaction.atomic
def restore(*, signature_ids: Collection[int], reason: str, user: Any) -> Done:
    """Signatures that staff rejected stand again where they stood before.

    What its owner disowned, or nobody of staff rejected, is left as it is.
    """
    found = _lock(signature_ids)
    rejected = [pk for pk, state in found.items() if state == State.REJECTED]
    with connection.cursor() as cursor:
        cursor.execute(_STOOD, [rejected])
        stood = dict(cursor.fetchall())
    return _move_chosen(stood, len(found), reason, user)


@transaction.atomic
def _change(
    signature_ids: Collection[int],
    way: Mapping[str, str],
    reason: str,
    user: Any,
) -> Done:
    found = _lock(signature_ids)
    targets = {pk: way[state] for pk, state in found.items() if state in way}
    return _move_chosen(targets, len(found), reason, user)


def _move_chosen(targets: Mapping[int, str], asked: int, reason: str, user: Any) -> Done:
    """One change for each campaign and each state that signatures go to, with its entries."""
    groups: dict[tuple[int, str], list[int]] = defaultdict(list)
    campaigns = Signature.objects.filter(pk__in=targets).values_list("pk", "campaign_id")
    for pk, campaign_id in campaigns.order_by("pk"):
        groups[campaign_id, targets[pk]].append(pk)
    changes = []
    for (campaign_id, state), ids in groups.items():
        change = StateChange(
            campaign_id=campaign_id, to_state=state, reason=reason, changed_by=user
        )
        change.finished_at = Now()
        change.save()
        change.changed = _move(change, dict.fromkeys(ids, state))
        change.save(update_fields=["changed"])
        changes.append(change)
    moved = sum(change.changed for change in changes)
    return Done(changes, moved, asked - moved)


def begin_wave(*, wave: Wave, expected_count: int, reason: str, user: Any) -> StateChange:
    """Begin to reject every signature of a wave; `carry_on()` does it.

    Raises WaveChanged when it is not `expected_count` signatures (any more), and voiding.TooWide.
    """
    ids = wave.signature_ids()
    if not ids or len(ids) != expected_count:
        raise WaveChanged(len(ids))
    return StateChange.objects.create(
        campaign_id=wave.campaign_id,
        to_state=State.REJECTED,
        reason=reason,
        criteria=wave.begun(ids).as_criteria(),
        changed_by=user,
    )


def carry_on(*, change_id: int, seconds: float) -> bool:
    """Work off a change that is not finished, batch by batch, for about so long.

    Each batch is one transaction, and whoever works on a change holds its row for that long: any
    number of workers may do so at once, or die, and each signature is moved once. Returns whether
    the change is finished.
    """
    end = time.monotonic() + seconds
    change = StateChange.objects.get(pk=change_id)
    if change.finished_at:
        return True
    batches = _batches_back(change) if change.undone_at else _batches_forth(change)
    for targets in batches:
        if not _carry_batch(change, targets):
            return True
        if time.monotonic() > end:
            return False
    standing = StateChange.objects.filter(pk=change.pk, undone_at=change.undone_at)
    standing.unfinished().update(finished_at=Now())
    return True


def carry_on_unfinished(*, seconds: float) -> None:
    """Carry on what a request or a dead worker left.

    One that cannot be carried on is logged and keeps no other waiting: the order is another one
    each time, so that time runs out for others.
    """
    end = time.monotonic() + seconds
    for change_id in StateChange.objects.unfinished().order_by("?").values_list("pk", flat=True):
        if (left := end - time.monotonic()) > 0:
            try:
                carry_on(change_id=change_id, seconds=left)
            except Exception:
                logger.exception("State change %s cannot be carried on", change_id)


def _batches_forth(change: StateChange) -> Iterator[dict[int, str]]:
    wave = Wave.of(change.campaign_id, change.criteria)
    ids = wave.signature_ids()
    for start in range(0, len(ids), BATCH):
        yield dict.fromkeys(ids[start : start + BATCH], change.to_state)


def _batches_back(change: StateChange) -> Iterator[dict[int, str]]:
    after = 0
    while True:
        with connection.cursor() as cursor:
            found = {"change": change.pk, "after": after, "most": BATCH}
            cursor.execute(_TO_TAKE_BACK, found)
            targets = dict(cursor.fetchall())
        if not targets:
            return
        yield targets
        after = max(targets)


@transaction.atomic
def _carry_batch(change: StateChange, targets: Mapping[int, str]) -> bool:
    """Move one batch, if the change is still to be carried on, and in this direction."""
    mine = StateChange.objects.unfinished().select_for_update().filter(pk=change.pk)
    if mine.filter(undone_at=change.undone_at).first() is None:
        return False
    states = _lock(targets)
    expected = (change.to_state,) if change.undone_at else MAY_REJECT
    ready = {pk: targets[pk] for pk, state in states.items() if state in expected}
    moved = _move(change, ready, remember=change.undone_at is None)
    if change.undone_at is None:
        mine.update(changed=F("changed") + moved)
    return True


def _lock(signature_ids: Collection[int]) -> dict[int, str]:
    """The states of these signatures, which stay as they are until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK_PEOPLE, [list(signature_ids)])
        cursor.execute(_LOCK, [list(signature_ids)])
        return dict(cursor.fetchall())


def _move(change: StateChange, targets: Mapping[int, str], *, remember: bool = True) -> int:
    """Move locked signatures to the states beside their keys; returns how many entries that made.

    None for one that the change had moved before, and that somebody restored before it finished.
    """
    allowed = sorted(set(targets) - _disowned(targets) - _settled(targets))
    with connection.cursor() as cursor:
        cursor.execute(
            _MOVE,
            {
                "ids": allowed,
                "states": [targets[pk] for pk in allowed],
                "change": change.pk,
                "remember": remember,
                "shards": CountShard.SHARDS,
            },
        )
        moved = cursor.fetchall()
    end_what_rejected_began(
        signature_ids=[pk for pk, _was, state, _new in moved if state == State.REJECTED]
    )
    begin_again_what_rejection_ended(
        signature_ids=[pk for pk, was, _state, _new in moved if was == State.REJECTED]
    )
    return sum(new for *_move, new in moved)


def _settled(targets: Mapping[int, str]) -> set[int]:
    """Those that do not go there: erased people's back in, confirmed ones back to waiting."""
    back_in = [pk for pk, state in targets.items() if state != State.REJECTED]
    waiting = [pk for pk, state in targets.items() if state in (State.PENDING, State.HELD)]
    erased = Q(pk__in=back_in, supporter__erased_at__isnull=False)
    confirmed = Q(pk__in=waiting, confirmed_at__isnull=False)
    return set(Signature.objects.filter(erased | confirmed).values_list("pk", flat=True))


def _disowned(signature_ids: Collection[int]) -> set[int]:
    """Those whose owner said “not me”."""
    disowned = Signature.objects.disowned().filter(pk__in=list(signature_ids))
    return set(disowned.values_list("pk", flat=True))
