"""The fence before every message: declare it, durably, and ask once more whether it may go.

One statement takes the fences of all connections of a slice that are ready at that moment. Each
moves the cursor of its own chunk by one recipient, so a crash still leaves one in doubt for each
connection; but they share a commit and a round trip, which is what a fence costs.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import connection

from mailings.ledger import Lease, Owed
from mailings.statuses import LEASED
from signatures.standing import IS_BLOCKED, STANDS

# Prepared once a session: planning it anew for every message would cost more than running it.
_PREPARE = f"""
PREPARE mailings_fence
    (bigint, int, int[], bigint[], int[], bigint[], float8, bigint[], int) AS
UPDATE mailings_chunk c
SET cursor = ($5)[array_position($3, c.lo)], lease_until = now() + $7 * interval '1 second'
FROM mailings_mailing m
WHERE c.mailing_id = $1 AND c.lane = $2 AND c.lo = ANY ($3) AND c.state = {LEASED}
    AND c.token = ($4)[array_position($3, c.lo)]
    AND m.id = c.mailing_id AND m.state = 'sending' AND m.revision = $9
RETURNING c.lo, (
    SELECT p.email FROM signatures_subscription s
    JOIN signatures_supporter p ON p.id = s.supporter_id
    WHERE s.id = ($6)[array_position($3, c.lo)]
        AND {STANDS}
        AND NOT {IS_BLOCKED}
        AND (
            SELECT count(*) FROM signatures_campaignmute q
            WHERE q.supporter_id = p.id AND q.campaign_id = ANY ($8)
        ) < greatest(cardinality($8), 1)
        AND NOT (m.kind = 'ask' AND EXISTS (
            SELECT 1 FROM signatures_signature g
            WHERE g.campaign_id = m.campaign_id AND g.supporter_id = p.id
        ))
)
"""  # noqa: S608
_FENCE = "EXECUTE mailings_fence (%s, %s, %s, %s, %s, %s, %s, %s, %s)"


@dataclass(frozen=True, slots=True)
class Crossing:
    """The next message of a leased chunk goes to `to`; `about` are the campaigns it speaks of,
    `revision` is that of the mailing's words."""

    lease: Lease
    to: Owed
    about: tuple[int, ...]
    revision: int


@dataclass(frozen=True, slots=True)
class Passed:
    """The message may go to `address`; None when this person has left, rests, is suppressed, has
    muted all that it speaks of, has signed what it asks for, or is gone."""

    address: str | None


def prepare_session() -> None:
    """Ready this thread's database session for fences, and for surviving a crash of the server.

    Claims and cursors must be on disk when their statement returns, whatever the default is.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = on")
        cursor.execute("SELECT 1 FROM pg_prepared_statements WHERE name = 'mailings_fence'")
        if cursor.fetchone() is None:
            cursor.execute(_PREPARE)


def fence(crossings: Sequence[Crossing]) -> list[Passed | None]:
    """Take the fences of several connections, in their order; each keeps its lease alive.

    None for one whose chunk is not its own (any more) or whose mailing was paused, cancelled
    or reworded:
    it must send nothing. No chunk may occur twice. The session is prepared.
    """
    found: dict[tuple[int, int], Passed] = {}
    for text in dict.fromkeys(map(_text_of, crossings)):
        found |= _fence_of_one_text([each for each in crossings if _text_of(each) == text])
    return [found.get((each.lease.mailing, each.lease.lo)) for each in crossings]


def _text_of(crossing: Crossing) -> tuple[int, tuple[int, ...], int]:
    return crossing.lease.mailing, crossing.about, crossing.revision


def _fence_of_one_text(crossings: Sequence[Crossing]) -> dict[tuple[int, int], Passed]:
    first = crossings[0]
    mailing = first.lease.mailing
    with connection.cursor() as cursor:
        cursor.execute(
            _FENCE,
            [
                mailing,
                first.lease.lane,
                [each.lease.lo for each in crossings],
                [each.lease.token for each in crossings],
                [each.to.seq for each in crossings],
                [each.to.subscription for each in crossings],
                settings.MAILING_LEASE_SECONDS,
                list(first.about),
                first.revision,
            ],
        )
        return {(mailing, lo): Passed(address) for lo, address in cursor.fetchall()}
