"""The SQL of the pump: what it finds in the ledger and moves on. Each is safe with two pumps."""

from django.db import connection, transaction

from mailings.ledger import SETTLE
from mailings.statuses import DEFERRED, DONE, LEASED, OPEN, PENDING

RETRY_ROUND = 500

_ABANDONED = f"""
SELECT c.mailing_id, c.lane, c.lo, c.cursor
FROM mailings_mailing m JOIN mailings_chunk c ON c.mailing_id = m.id
WHERE m.state IN ('paused', 'cancelled') AND c.state = {LEASED} AND c.lease_until < now()
FOR UPDATE OF c SKIP LOCKED
"""  # noqa: S608
_REOPEN = f"""
UPDATE mailings_chunk SET state = {OPEN}, token = NULL
WHERE mailing_id = %(mailing)s AND lane = %(lane)s AND lo = %(lo)s
"""  # noqa: S608


@transaction.atomic
def settle_abandoned() -> int:
    """Write down what dead workers did of mailings that nobody claims now; returns the chunks."""
    with connection.cursor() as cursor:
        cursor.execute(_ABANDONED)
        found = cursor.fetchall()
        for mailing, lane, lo, reached in found:
            what = {"mailing": mailing, "lane": lane, "lo": lo, "cursor": reached}
            cursor.execute(SETTLE, what)
            cursor.execute(_REOPEN, what)
    return len(found)


# New numbers for the due ones, so that a fresh chunk can cover them: no two rounds share one.
_RETRY_ROUND = f"""
WITH d AS (
    DELETE FROM mailings_deferral
    WHERE (mailing_id, lane, seq) IN (
        SELECT mailing_id, lane, seq FROM mailings_deferral
        WHERE mailing_id = %(mailing)s AND lane = %(lane)s AND variant = %(variant)s
            AND next_attempt_at <= now()
        ORDER BY next_attempt_at LIMIT %(most)s FOR UPDATE SKIP LOCKED
    )
    RETURNING seq
), n AS (
    SELECT seq, row_number() OVER (ORDER BY seq) AS position, count(*) OVER () AS total FROM d
), l AS (
    UPDATE mailings_lanesequence SET last_seq = last_seq + (SELECT count(*) FROM d)
    WHERE mailing_id = %(mailing)s AND lane = %(lane)s AND EXISTS (SELECT 1 FROM d)
    RETURNING last_seq
), u AS (
    UPDATE mailings_recipient r SET seq = l.last_seq - n.total + n.position, status = {PENDING}
    FROM n, l
    WHERE r.mailing_id = %(mailing)s AND r.lane = %(lane)s AND r.seq = n.seq
        AND r.status = {DEFERRED}
    RETURNING r.seq
)
INSERT INTO mailings_chunk (mailing_id, lane, lo, hi, state, cursor, variant)
SELECT %(mailing)s, %(lane)s, min(seq), max(seq), {OPEN}, 0, %(variant)s FROM u HAVING count(*) > 0
"""  # noqa: S608
_DUE_FOR_RETRY = """
SELECT DISTINCT d.mailing_id, d.lane, d.variant
FROM mailings_deferral d JOIN mailings_mailing m ON m.id = d.mailing_id
WHERE m.state = 'sending' AND d.next_attempt_at <= now()
"""


def retry_deferred() -> int:
    """Put deferred recipients who are due into fresh chunks; returns how many chunks."""
    chunks = 0
    with connection.cursor() as cursor:
        cursor.execute(_DUE_FOR_RETRY)
        for mailing, lane, variant in cursor.fetchall():
            what = {"mailing": mailing, "lane": lane, "variant": variant, "most": RETRY_ROUND}
            cursor.execute(_RETRY_ROUND, what)
            while cursor.rowcount:
                chunks += 1
                cursor.execute(_RETRY_ROUND, what)
    return chunks


_CLOSE_FINISHED = f"""
UPDATE mailings_mailing m SET state = 'sent', finished_at = now()
WHERE m.state = 'sending' AND m.kind <> 'welcome'
    AND NOT EXISTS (SELECT 1 FROM mailings_chunk c WHERE c.mailing_id = m.id AND c.state < {DONE})
    AND NOT EXISTS (SELECT 1 FROM mailings_deferral d WHERE d.mailing_id = m.id)
RETURNING m.id
"""  # noqa: S608


def close_finished() -> list[int]:
    """Turn mailings that owe nobody anything to sent; returns their ids. A welcome never ends."""
    with connection.cursor() as cursor:
        cursor.execute(_CLOSE_FINISHED)
        return [pk for (pk,) in cursor.fetchall()]


_WANTED = f"""
SELECT l.number, least(
    greatest(
        l.max_connections
            - count(c.lo) FILTER (WHERE c.state = {LEASED} AND c.lease_until > now()),
        0
    ),
    count(c.lo) FILTER (WHERE c.state = {OPEN} OR c.lease_until <= now())
)
FROM mailings_lane l
JOIN mailings_mailing m ON m.state = 'sending'
JOIN mailings_chunk c ON c.mailing_id = m.id AND c.lane = l.number AND c.state < {DONE}
    AND c.wave <= m.open_wave
WHERE l.paused_until IS NULL OR l.paused_until <= now()
GROUP BY l.number
"""  # noqa: S608


def wanted_slices() -> dict[int, int]:
    """How many more connections each lane can use: its free places, or its open chunks if fewer."""
    with connection.cursor() as cursor:
        cursor.execute(_WANTED)
        return {lane: slices for lane, slices in cursor.fetchall() if slices}
