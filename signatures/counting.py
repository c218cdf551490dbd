"""Counting without a row that all signers of a campaign wait for.

A change of state moves a `CountShard` in its own transaction; the tx worker sums the shards into
`Tally` every two seconds; pages, lists and charts read those. A page is never more than five
seconds behind, and `check_invariants` proves that at rest the count equals `COUNT(*)`.
"""

from datetime import date, datetime
from typing import NamedTuple

from django.db import connection, transaction

from signatures.models import CountShard, Signature

_MOVE = """
INSERT INTO signatures_countshard AS c (campaign_id, day, shard, pending, held, counted, opted_in)
VALUES (%s, %s, pg_backend_pid() %% %s, %s, %s, %s, %s)
ON CONFLICT (campaign_id, day, shard) DO UPDATE SET
    pending = c.pending + EXCLUDED.pending,
    held = c.held + EXCLUDED.held,
    counted = c.counted + EXCLUDED.counted,
    opted_in = c.opted_in + EXCLUDED.opted_in
"""

# Only campaigns whose sum changed are written. The public history takes the same number for the
# hour, so that its last one is always the one that the page shows.
_REFRESH = """
WITH changed AS (
    INSERT INTO campaigns_tally AS t (campaign_id, counted, as_of)
    SELECT campaign_id, GREATEST(sum(counted), 0), now()
    FROM signatures_countshard GROUP BY campaign_id
    ON CONFLICT (campaign_id) DO UPDATE SET counted = EXCLUDED.counted, as_of = EXCLUDED.as_of
    WHERE t.counted <> EXCLUDED.counted
    RETURNING campaign_id, counted, as_of
)
INSERT INTO campaigns_tallyhour AS h (campaign_id, hour, counted)
SELECT campaign_id, date_trunc('hour', as_of, 'UTC'), counted FROM changed
ON CONFLICT (campaign_id, hour) DO UPDATE SET counted = EXCLUDED.counted
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
    """Sum the shards into the number that pages show."""
    _alone("refresh_tallies", _REFRESH)


def fold_old_days() -> None:
    """Days that no longer change much need one row, not sixteen, and those that no chart shows any
    more one row together. The sums stay as they are."""
    _alone("fold_old_days", _FOLD)


def _alone(name: str, sql: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_ALONE, [name])
        if cursor.fetchone()[0]:
            cursor.execute(sql)
