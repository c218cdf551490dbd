"""Counting without a row that all signers of a campaign wait for.

A change of state moves a `CountShard` in its own transaction; the tx worker sums the shards into
`Tally` every two seconds; pages, lists and charts read those. A page is never more than five
seconds behind, and `check_invariants` proves that at rest the count equals `COUNT(*)`. Only where
signatures count before they are confirmed may the page be a few behind (see `refresh_tallies`).
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection, transaction

from signatures.models import CountShard, Signature

# How many signatures make a number that moves in steps move before its time.
STEP = 10

_MOVE = """
INSERT INTO signatures_countshard AS c (campaign_id, day, shard, pending, held, counted, opted_in)
VALUES (%s, %s, pg_backend_pid() %% %s, %s, %s, %s, %s)
ON CONFLICT (campaign_id, day, shard) DO UPDATE SET
    pending = c.pending + EXCLUDED.pending,
    held = c.held + EXCLUDED.held,
    counted = c.counted + EXCLUDED.counted,
    opted_in = c.opted_in + EXCLUDED.opted_in
"""

# Campaigns whose page has another number to show by now: its sum has changed and, where signatures
# count before their owners confirm them, enough of them have come or a fixed moment has passed.
_LATE = """
WITH late AS (
    SELECT s.campaign_id, s.counted, t.counted AS shown, t.as_of
    FROM (SELECT campaign_id, GREATEST(sum(counted), 0) AS counted
        FROM signatures_countshard GROUP BY campaign_id) s
    JOIN campaigns_campaign c ON c.id = s.campaign_id
    LEFT JOIN campaigns_tally t ON t.campaign_id = c.id
    WHERE CASE
        WHEN t.campaign_id IS NULL THEN true
        WHEN c.proof = 'at_once' AND c.state = 'open' AND %(every)s > 0 THEN
            abs(s.counted - t.counted) >= %(step)s
            OR COALESCE(t.settled_at, '-infinity') < to_timestamp(
                floor(extract(epoch FROM now()) / NULLIF(%(every)s, 0)) * %(every)s)
        ELSE s.counted <> t.counted
    END
)
"""

_SETTLED = """, settled AS (
    INSERT INTO campaigns_tally AS t (campaign_id, counted, as_of, settled_at)
    SELECT campaign_id, counted, now(), now() FROM late
    ON CONFLICT (campaign_id) DO UPDATE SET
        counted = EXCLUDED.counted, settled_at = EXCLUDED.settled_at,
        as_of = CASE WHEN t.counted = EXCLUDED.counted THEN t.as_of ELSE EXCLUDED.as_of END
    RETURNING campaign_id, counted, as_of
)
"""

# The public history takes the same number for the hour, so that its last one is always the one that
# the page shows.
_OF_THE_HOUR = """
INSERT INTO campaigns_tallyhour AS h (campaign_id, hour, counted)
SELECT campaign_id, date_trunc('hour', as_of, 'UTC'), counted FROM settled WHERE as_of = now()
ON CONFLICT (campaign_id, hour) DO UPDATE SET counted = EXCLUDED.counted
"""

_STILL_LATE = """
SELECT campaign_id, COALESCE(shown, 0), COALESCE(extract(epoch FROM as_of), 0)
FROM late WHERE counted <> COALESCE(shown, 0)
"""

# No chart goes back further than a year: whatever lies before stands in one row of a day that was.
_FOLD = """
WITH old AS (
    DELETE FROM signatures_countshard WHERE (day < CURRENT_DATE - 2 AND shard > 0)
        OR (day < CURRENT_DATE - 400 AND day > DATE '2000-01-01')
    RETURNING campaign_id, pending, held, counted, opted_in,
        CASE WHEN day < CURRENT_DATE - 400 THEN DATE '2000-01-01' ELSE day END AS day
)
INSERT INTO signatures_countshard AS c (campaign_id, day, shard, pending, held, counted, opted_in)
SELECT campaign_id, day, 0, sum(pending), sum(held), sum(counted), sum(opted_in) FROM old
GROUP BY campaign_id, day
ON CONFLICT (campaign_id, day, shard) DO UPDATE SET
    pending = c.pending + EXCLUDED.pending,
    held = c.held + EXCLUDED.held,
    counted = c.counted + EXCLUDED.counted,
    opted_in = c.opted_in + EXCLUDED.opted_in
"""

# Any number of workers refresh and fold; one at a time does it.
_ALONE = "SELECT pg_try_advisory_xact_lock(hashtext(%s))"


def move(
    *,
    campaign_id: int,
    on: date | datetime,
    pending: int = 0,
    held: int = 0,
    counted: int = 0,
    opted_in: int = 0,
) -> None:
    """Add to the numbers of the UTC day `on`. Call last in the transaction of the change itself.

    The shard follows the database connection, so two signers wait for each other only when their
    connections happen to share one of the sixteen, and then for the length of one commit.
    """
    numbers = [pending, held, counted, opted_in]
    if any(numbers):
        day = on.date() if isinstance(on, datetime) else on
        with connection.cursor() as cursor:
            cursor.execute(_MOVE, [campaign_id, day, CountShard.SHARDS, *numbers])


class Standing(NamedTuple):
    """What one signature adds to the numbers of one day, in the state that it is in."""

    day: date
    pending: int = 0
    held: int = 0
    counted: int = 0
    opted_in: int = 0


def standing_of(signature: Signature) -> Standing:
    """What this signature adds to the numbers. A counted one stands on the day that it counted."""
    states = Signature.State
    if signature.state == states.COUNTED and signature.counted_at:
        return Standing(signature.counted_at.date(), counted=1, opted_in=int(signature.consents))
    day = signature.created_at.date()
    return Standing(
        day,
        pending=int(signature.state == states.PENDING),
        held=int(signature.state == states.HELD),
    )


def restate(signature: Signature, was: Standing) -> None:
    """Move the numbers of a signature that stood as `was` says to where it stands now.

    Call last in the transaction of the change itself.
    """
    now = standing_of(signature)
    for (day, *numbers), sign in ((was, -1), (now, 1)):
        pending, held, counted, opted_in = (sign * number for number in numbers)
        move(
            campaign_id=signature.campaign_id,
            on=day,
            pending=pending,
            held=held,
            counted=counted,
            opted_in=opted_in,
        )


def refresh_tallies() -> None:
    """Sum the shards into the number that pages show.

    While a campaign counts unconfirmed signatures, a number that follows each of them would tell
    who types a stranger's address whether that address has signed before: it moves if not. There it
    moves by `STEP` or more, or at moments `COUNT_AT_ONCE_SECONDS` apart, and then to the exact sum.
    """
    _alone("refresh_tallies", _LATE + _SETTLED + _OF_THE_HOUR, _steps())


def stale_tallies() -> set[tuple[int, int, float]]:
    """Campaigns that should show another number by now: id, what is shown, and since when."""
    with connection.cursor() as cursor:
        cursor.execute(_LATE + _STILL_LATE, _steps())
        return set(cursor.fetchall())


def _steps() -> dict[str, int]:
    return {"every": settings.COUNT_AT_ONCE_SECONDS, "step": STEP}


def fold_old_days() -> None:
    """Days that no longer change much need one row, not sixteen, and those that no chart shows any
    more one row together. The sums stay as they are."""
    _alone("fold_old_days", _FOLD)


def _alone(name: str, sql: str, parameters: Mapping[str, Any] | None = None) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_ALONE, [name])
        if cursor.fetchone()[0]:
            cursor.execute(sql, parameters)
