"""Setting apart those who try the texts: a part of the frozen audience, drawn by lot.

The lot is a hash of person and mailing, as good as random and the same every time. Each arm has
numbers of its own high above the others', so that a chunk holds one arm; chunks of arms are the
first wave, and all others wait for the decision. People who wait keep variant 0, which the decision
turns into the winner's words: whoever is added later gets those too.
"""

from typing import Any

from mailings.models import Mailing, Trial
from mailings.statuses import OPEN

# The numbers of an arm begin above this times the arm. Four arms stay below PostgreSQL's 2^31.
ARM_NUMBERS = 400_000_000

_DRAW = """
CREATE TEMPORARY TABLE drawn_for_trial ON COMMIT DROP AS
SELECT lane, seq, arm, row_number() OVER (PARTITION BY lane, arm ORDER BY seq) AS n
FROM (
    SELECT lane, seq, hashint8extended(supporter_id, mailing_id) & 9223372036854775807 AS lot
    FROM mailings_recipient WHERE mailing_id = %(mailing)s AND seq > 0
) lots CROSS JOIN LATERAL (SELECT (lot / 10000 %% %(arms)s)::int + 1 AS arm) chosen
WHERE lot %% 10000 < %(share)s * 100
"""
_SET_APART = f"""
WITH moved AS (
    UPDATE mailings_recipient r SET seq = %(numbers)s * d.arm + d.n
    FROM drawn_for_trial d
    WHERE r.mailing_id = %(mailing)s AND r.lane = d.lane AND r.seq = d.seq
    RETURNING r.lane, d.arm, r.seq
), spans AS (
    SELECT lane, arm, min(seq) AS first, max(seq) AS last FROM moved GROUP BY lane, arm
)
INSERT INTO mailings_chunk (mailing_id, lane, lo, hi, state, cursor, wave, variant)
SELECT %(mailing)s, lane, lo, least(lo + %(chunk)s - 1, last), {OPEN}, 0, 0, arm
FROM spans CROSS JOIN LATERAL generate_series(first, last, %(chunk)s) AS lo
"""  # noqa: S608
# Chunks say how far a mailing is by their numbers alone, so those at the end fill the gaps.
_CLOSE_RANKS = """
WITH kept AS (
    SELECT l.lane, l.last_seq - count(d.seq)::int AS last
    FROM mailings_lanesequence l LEFT JOIN drawn_for_trial d ON d.lane = l.lane
    WHERE l.mailing_id = %(mailing)s GROUP BY l.lane, l.last_seq
), gaps AS (
    SELECT lane, seq, row_number() OVER (PARTITION BY lane ORDER BY seq) AS n
    FROM drawn_for_trial JOIN kept USING (lane) WHERE seq <= kept.last
), behind AS (
    SELECT r.lane, r.seq, row_number() OVER (PARTITION BY r.lane ORDER BY r.seq) AS n
    FROM mailings_recipient r JOIN kept USING (lane)
    WHERE r.mailing_id = %(mailing)s AND r.seq > kept.last AND r.seq < %(numbers)s
), filled AS (
    UPDATE mailings_recipient r SET seq = gaps.seq
    FROM behind JOIN gaps USING (lane, n)
    WHERE r.mailing_id = %(mailing)s AND r.lane = behind.lane AND r.seq = behind.seq
)
UPDATE mailings_lanesequence l SET last_seq = kept.last
FROM kept WHERE l.mailing_id = %(mailing)s AND l.lane = kept.lane
"""


def set_apart(cursor: Any, mailing: Mailing, *, chunk: int) -> bool:
    """Draw the arms of a frozen audience and cut their chunks, in the transaction that freezes it.

    False when the mailing has no trial.
    """
    trial = Trial.objects.filter(mailing=mailing).first()
    if trial is None:
        return False
    what = {
        "mailing": mailing.pk,
        "numbers": ARM_NUMBERS,
        "arms": trial.arms,
        "share": trial.share,
        "chunk": chunk,
    }
    for statement in (_DRAW, _SET_APART, _CLOSE_RANKS):
        cursor.execute(statement, what)
    cursor.execute("DROP TABLE drawn_for_trial")
    return True
