"""The SQL of the delivery protocol: claiming, fencing, recording, giving back.

One connection works on one chunk at a time. Before every message it moves the chunk's cursor and
commits: from then on that one recipient counts as “perhaps sent” until a result is recorded, so a
crash leaves one recipient in doubt and no more. Tokens fence off whoever lost his lease; time is
the database's. What came below the cursor without a result was accepted, because every other
result is recorded before the cursor moves on.
"""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime

from django.conf import settings
from django.db import connection, transaction

from mailings import day_caps
from mailings.models import Chunk
from mailings.statuses import LEASED, OPEN, PENDING, SENT, UNKNOWN

# The first half of the key of the advisory locks that serialise the claims of a lane.
_LANE_LOCK = 0x6D61696C


@dataclass(frozen=True, slots=True)
class Lease:
    """A chunk in our hands: recipients `after` < seq <= `hi` are still to do."""

    mailing: int
    lane: int
    lo: int
    hi: int
    token: int
    after: int
    variant: int = 0


@dataclass(frozen=True, slots=True)
class Owed:
    """A recipient of a chunk: what the message needs besides the address, which the fence gives."""

    seq: int
    subscription: int
    supporter: int
    attempts: int
    signed_campaign: str
    signed_at: datetime
    name: str
    items: int | None
    language: str


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one recipient. `retry_in` is seconds, for a deferred one."""

    seq: int
    status: int
    code: int | None = None
    retry_in: float | None = None


class LeaseLost(Exception):
    """The chunk is not ours (any more), or its mailing was paused or cancelled: send nothing."""


_LANE_ROOM = f"""
WITH live AS (
    SELECT c.mailing_id, count(*) AS leases
    FROM mailings_mailing m JOIN mailings_chunk c ON c.mailing_id = m.id
    WHERE m.state IN ('sending', 'paused') AND c.lane = %(lane)s
        AND c.state = {LEASED} AND c.lease_until > now()
    GROUP BY c.mailing_id
)
SELECT m.id, m.open_wave
FROM mailings_lane l CROSS JOIN mailings_mailing m LEFT JOIN live ON live.mailing_id = m.id
WHERE l.number = %(lane)s AND (l.paused_until IS NULL OR l.paused_until <= now())
    AND l.max_connections > (SELECT coalesce(sum(leases), 0) FROM live)
    AND m.state = 'sending'
ORDER BY coalesce(live.leases, 0), m.id
"""  # noqa: S608

# Two statements, because each walks the index of open chunks in its own order.
_CLAIM = """
WITH k AS (
    SELECT lo, state, cursor FROM mailings_chunk
    WHERE mailing_id = %(mailing)s AND lane = %(lane)s AND {which}
    ORDER BY wave, lo LIMIT 1 FOR UPDATE SKIP LOCKED
)
UPDATE mailings_chunk c
SET state = {leased}, token = %(token)s, lease_until = now() + %(lease)s * interval '1 second'
FROM k WHERE c.mailing_id = %(mailing)s AND c.lane = %(lane)s AND c.lo = k.lo
RETURNING c.lo, c.hi, k.state, k.cursor, c.variant
"""
_CLAIM_ABANDONED = _CLAIM.format(leased=LEASED, which=f"state = {LEASED} AND lease_until < now()")
_CLAIM_OPEN = _CLAIM.format(leased=LEASED, which=f"state = {OPEN} AND wave <= %(wave)s")

SETTLE = f"""
UPDATE mailings_recipient
SET status = CASE WHEN seq = %(cursor)s THEN {UNKNOWN} ELSE {SENT} END,
    code = CASE WHEN seq = %(cursor)s THEN NULL ELSE 250 END,
    done_at = now()
WHERE mailing_id = %(mailing)s AND lane = %(lane)s
    AND seq >= %(lo)s AND seq <= %(cursor)s AND status = {PENDING}
"""  # noqa: S608


@transaction.atomic
def claim(*, lane: int) -> Lease | None:
    """Lease a chunk of a mailing that is being sent, or None when there is none to have.

    Claims of a lane queue up behind one lock, so there are never more leases than connections
    allowed. The mailing with the fewest leases goes first, and in it what a dead worker left.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LANE_LOCK, lane])
        room = day_caps.room_today(lane)
        if room == 0:
            return None
        cursor.execute(_LANE_ROOM, {"lane": lane})
        for mailing, wave in cursor.fetchall():
            if lease := _claim_of(mailing, lane, wave):
                return _within(lease, room)
    return None


def _within(lease: Lease, room: int | None) -> Lease:
    """The lease, cut down to what the lane may still take today."""
    if room is not None and lease.hi - lease.after > room:
        last = lease.after + room
        day_caps.split(mailing=lease.mailing, lane=lease.lane, lo=lease.lo, hi=lease.hi, last=last)
        lease = replace(lease, hi=last)
    day_caps.count(lease.lane, lease.hi - lease.after)
    return lease


def _claim_of(mailing: int, lane: int, wave: int) -> Lease | None:
    what = {
        "mailing": mailing,
        "lane": lane,
        "wave": wave,
        "token": secrets.randbits(62),
        "lease": settings.MAILING_LEASE_SECONDS,
    }
    with connection.cursor() as cursor:
        for statement in (_CLAIM_ABANDONED, _CLAIM_OPEN):
            cursor.execute(statement, what)
            if row := cursor.fetchone():
                lo, hi, before, reached, variant = row
                if before == Chunk.State.LEASED:
                    cursor.execute(SETTLE, what | {"lo": lo, "cursor": reached})
                return Lease(mailing, lane, lo, hi, what["token"], max(reached, lo - 1), variant)
    return None


_OWED = f"""
SELECT r.seq, r.subscription_id, r.supporter_id, r.attempts,
    coalesce(c.headline, ''), coalesce(own.created_at, first.created_at, s.subscribed_at, now()),
    coalesce(own.name, first.name, ''), r.items, coalesce(t.language, '')
FROM mailings_recipient r
JOIN mailings_mailing m ON m.id = r.mailing_id
LEFT JOIN signatures_subscription s ON s.id = r.subscription_id
LEFT JOIN signatures_signature first ON first.id = s.signature_id
LEFT JOIN signatures_signature own
    ON own.campaign_id = m.campaign_id AND own.supporter_id = r.supporter_id
LEFT JOIN campaigns_campaign c ON c.id = coalesce(own.campaign_id, first.campaign_id)
LEFT JOIN campaigns_statement t ON t.id = coalesce(own.statement_id, first.statement_id)
WHERE r.mailing_id = %s AND r.lane = %s AND r.seq > %s AND r.seq <= %s AND r.status = {PENDING}
ORDER BY r.seq
"""  # noqa: S608


def owed(lease: Lease) -> list[Owed]:
    """Those of the chunk who are still to get it, with the signature that is the reason why.

    Their language is that of the text they signed; empty when there is none.
    """
    with connection.cursor() as cursor:
        cursor.execute(_OWED, [lease.mailing, lease.lane, lease.after, lease.hi])
        return [Owed(*row) for row in cursor.fetchall()]


# A recipient whom somebody else has meanwhile put down as unknown was sent to after all.
_RECORD_ACCEPTED = f"""
UPDATE mailings_recipient
SET status = {SENT}, code = 250, attempts = attempts + 1, done_at = now()
WHERE mailing_id = %(mailing)s AND lane = %(lane)s AND seq = ANY(%(seqs)s)
    AND status IN ({PENDING}, {UNKNOWN})
"""  # noqa: S608
_RECORD = f"""
WITH u AS (
    UPDATE mailings_recipient
    SET status = %(status)s, code = %(code)s, attempts = attempts + 1, done_at = now()
    WHERE mailing_id = %(mailing)s AND lane = %(lane)s AND seq = %(seq)s AND status = {PENDING}
    RETURNING mailing_id, lane, seq
)
INSERT INTO mailings_deferral (mailing_id, lane, seq, next_attempt_at, variant)
SELECT mailing_id, lane, seq, now() + %(retry_in)s * interval '1 second', %(variant)s
FROM u WHERE %(retry_in)s::float8 IS NOT NULL
"""  # noqa: S608


def record_accepted(*, mailing: int, lane: int, seqs: list[int]) -> None:
    """Write down whom the mail server has accepted a mail to. Safe to repeat."""
    with connection.cursor() as cursor:
        cursor.execute(_RECORD_ACCEPTED, {"mailing": mailing, "lane": lane, "seqs": seqs})


def record(lease: Lease, result: Result) -> None:
    """Write any other result down. Safe to repeat: a recipient with a result keeps it."""
    with connection.cursor() as cursor:
        cursor.execute(
            _RECORD,
            {
                "mailing": lease.mailing,
                "lane": lease.lane,
                "variant": lease.variant,
                "seq": result.seq,
                "status": result.status,
                "code": result.code,
                "retry_in": result.retry_in,
            },
        )


_LET_GO = """
UPDATE mailings_chunk SET state = %(state)s, cursor = %(cursor)s, token = NULL, lease_until = NULL
WHERE mailing_id = %(mailing)s AND lane = %(lane)s AND lo = %(lo)s AND token = %(token)s
"""


def close(lease: Lease) -> None:
    """The chunk is done. Results are recorded before."""
    _let_go(lease, Chunk.State.DONE, lease.hi)


def give_back(lease: Lease, *, reached: int) -> None:
    """Somebody else may go on after `reached`, the last seq whose result is recorded."""
    if _let_go(lease, Chunk.State.OPEN, reached):
        day_caps.count(lease.lane, reached - lease.hi)


def _let_go(lease: Lease, state: int, reached: int) -> bool:
    """Whether it was still ours to let go of."""
    with connection.cursor() as cursor:
        cursor.execute(
            _LET_GO,
            {
                "state": state,
                "cursor": reached,
                "mailing": lease.mailing,
                "lane": lease.lane,
                "lo": lease.lo,
                "token": lease.token,
            },
        )
        return bool(cursor.rowcount)


_REST = """
UPDATE mailings_lane
SET paused_until = greatest(paused_until, now() + %(seconds)s * interval '1 second')
WHERE number = %(lane)s
"""


def rest(*, lane: int, seconds: float) -> None:
    """Claim nothing in this lane for a while."""
    with connection.cursor() as cursor:
        cursor.execute(_REST, {"lane": lane, "seconds": seconds})
