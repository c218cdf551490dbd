"""How many mails a lane may still take today. Counted where chunks are claimed, under their lock.

A day is one of UTC, by the clock of the database. What is claimed counts, and what is given back is
taken off again; a worker that dies keeps what it had, so a cap is never exceeded.
"""

from django.db import connection

from mailings.statuses import DONE, LEASED, OPEN

_ROOM = """
SELECT CASE WHEN l.day_cap IS NOT NULL THEN greatest(l.day_cap - coalesce(d.mails, 0), 0) END
FROM mailings_lane l
LEFT JOIN mailings_laneday d
    ON d.lane_id = l.number AND d.day = (now() AT TIME ZONE 'UTC')::date
WHERE l.number = %(lane)s
"""


def room_today(lane: int) -> int | None:
    """How many mails more may be claimed in the lane today; None where there is no cap."""
    with connection.cursor() as cursor:
        cursor.execute(_ROOM, {"lane": lane})
        row = cursor.fetchone()
    return row[0] if row else None


_HELD_UP = f"""
SELECT coalesce(bool_and(
    l.day_cap IS NOT NULL AND l.day_cap <= coalesce(d.mails, 0) AND NOT c.is_leased
), false)
FROM (
    SELECT lane, bool_or(state = {LEASED}) AS is_leased FROM mailings_chunk
    WHERE mailing_id = %(mailing)s AND state < {DONE} AND wave <= %(wave)s GROUP BY lane
) c
JOIN mailings_lane l ON l.number = c.lane
LEFT JOIN mailings_laneday d
    ON d.lane_id = l.number AND d.day = (now() AT TIME ZONE 'UTC')::date
"""  # noqa: S608


def is_held_up(mailing_id: int, *, wave: int) -> bool:
    """Whether all that is left of the mailing, up to this wave, waits for another day."""
    with connection.cursor() as cursor:
        cursor.execute(_HELD_UP, {"mailing": mailing_id, "wave": wave})
        (held_up,) = cursor.fetchone()
    return bool(held_up)


_COUNT = """
INSERT INTO mailings_laneday AS d (lane_id, day, mails)
VALUES (%(lane)s, (now() AT TIME ZONE 'UTC')::date, greatest(%(mails)s, 0))
ON CONFLICT (lane_id, day) DO UPDATE SET mails = greatest(d.mails + %(mails)s, 0)
"""


def count(lane: int, mails: int) -> None:
    """So many were claimed; a negative number was given back."""
    if mails:
        with connection.cursor() as cursor:
            cursor.execute(_COUNT, {"lane": lane, "mails": mails})


# The rest becomes a chunk of its own, for another day.
_SPLIT = f"""
WITH cut AS (
    UPDATE mailings_chunk SET hi = %(last)s
    WHERE mailing_id = %(mailing)s AND lane = %(lane)s AND lo = %(lo)s
    RETURNING wave, variant
)
INSERT INTO mailings_chunk (mailing_id, lane, lo, hi, state, cursor, wave, variant)
SELECT %(mailing)s, %(lane)s, %(last)s + 1, %(hi)s, {OPEN}, 0, wave, variant FROM cut
"""  # noqa: S608


def split(*, mailing: int, lane: int, lo: int, hi: int, last: int) -> None:
    """End a chunk that is just claimed at `last`, before its `hi`."""
    what = {"mailing": mailing, "lane": lane, "lo": lo, "hi": hi, "last": last}
    with connection.cursor() as cursor:
        cursor.execute(_SPLIT, what)
