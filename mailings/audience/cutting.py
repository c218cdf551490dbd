"""Cutting a frozen audience into chunks: large enough to cost nothing, small enough to share out.

Over few connections all chunks are alike. A mail server far away needs many, of which each sends a
few mails a second, and whoever finds no chunk left can only look on: so the last of the audience is
cut finer, and all of them are busy nearly to its end.
"""

from typing import Any

from django.db.models import Max

from mailings.models import Lane
from mailings.statuses import OPEN

CHUNK, SMALLEST_CHUNK = 500, 25
FEW_CONNECTIONS = 8
# So many times finer at the end, which is as long as a chunk for every connection.
FINER = 5

_CUT = f"""
INSERT INTO mailings_chunk (mailing_id, lane, lo, hi, state, cursor, wave)
SELECT %(mailing)s, lane, lo, least(lo + size - 1, upto), {OPEN}, 0, wave
FROM mailings_lanesequence
CROSS JOIN LATERAL (
    SELECT ceil(last_seq * %(canary)s)::int AS first, greatest(last_seq - %(finer)s, 0) AS even
) cuts
CROSS JOIN LATERAL (VALUES
    (0, 1, least(first, even), %(chunk)s),
    (0, least(first, even) + 1, first, %(small)s),
    (1, first + 1, even, %(chunk)s),
    (1, greatest(first, even) + 1, last_seq, %(small)s)
) AS parts (wave, since, upto, size)
CROSS JOIN LATERAL generate_series(since, upto, size) AS lo
WHERE mailing_id = %(mailing)s
"""  # noqa: S608


def cut_into_chunks(cursor: Any, *, mailing: int, people: int, canary: float) -> None:
    """Cut what each lane has of the audience; `canary` is the share, 0 to 1, of the first wave."""
    connections = Lane.objects.aggregate(most=Max("max_connections"))["most"]
    chunk = chunk_size(people, connections)
    what = {
        "mailing": mailing,
        "canary": canary,
        "chunk": chunk,
        "small": max(chunk // FINER, 1),
        "finer": connections * chunk if connections > FEW_CONNECTIONS else 0,
    }
    cursor.execute(_CUT, what)


def chunk_size(people: int, connections: int) -> int:
    """So many recipients that each of many connections gets several chunks."""
    if connections <= FEW_CONNECTIONS:
        return CHUNK
    return min(max(people // (4 * connections), SMALLEST_CHUNK), CHUNK)
