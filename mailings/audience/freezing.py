"""Writing the audience down, page by page, when the time of a mailing has come."""

from django.db import connection, transaction

from mailings.audience.rule import LIVE, RULE, parameters_of, take_time
from mailings.models import Lane, LaneSequence, Mailing

PAGE = 50_000
CHUNK = 500
# The first half of the key of the advisory locks that serialise the freezing of an organization.
_FREEZING = 0x66726565

_FREEZE_PAGE = f"""
WITH page AS MATERIALIZED (
    SELECT s.id, s.supporter_id, p.email_hash {LIVE} AND s.id > %(after)s
    ORDER BY s.id LIMIT %(page)s
), num AS (
    SELECT s.id, s.supporter_id, l.last_seq + row_number() OVER (ORDER BY s.id) AS seq
    FROM page s
    JOIN mailings_lanesequence l ON l.mailing_id = %(mailing)s AND l.lane = %(lane)s
    JOIN signatures_supporter p ON p.id = s.supporter_id
    WHERE {RULE}
), ins AS (
    INSERT INTO mailings_recipient
        (mailing_id, lane, seq, subscription_id, supporter_id, status, attempts)
    SELECT %(mailing)s, %(lane)s, seq, id, supporter_id, 0, 0 FROM num
    ON CONFLICT (supporter_id, mailing_id) DO NOTHING
    RETURNING 1
), adv AS (
    UPDATE mailings_lanesequence SET last_seq = x.last
    FROM (SELECT max(seq) AS last FROM num HAVING count(*) > 0) x
    WHERE mailing_id = %(mailing)s AND lane = %(lane)s
)
UPDATE mailings_mailing
SET snapshot_after = coalesce((SELECT max(id) FROM page), snapshot_after),
    audience_size = audience_size + (SELECT count(*) FROM ins)
WHERE id = %(mailing)s
RETURNING (SELECT count(*) FROM page)
"""  # noqa: S608

_CUT_INTO_CHUNKS = """
INSERT INTO mailings_chunk (mailing_id, lane, lo, hi, state, cursor)
SELECT %(mailing)s, lane, g * %(chunk)s + 1, least((g + 1) * %(chunk)s, last_seq), 0, 0
FROM mailings_lanesequence, generate_series(0, (last_seq - 1) / %(chunk)s) AS g
WHERE mailing_id = %(mailing)s AND last_seq > 0
"""


@transaction.atomic
def freeze_page(mailing_id: int) -> bool:
    """Write the next page of the audience down; the last page turns the mailing to sending.

    Returns True while there is more to do. Resumable, and safe with two clocks: the mailing's row
    is locked, and whoever finds it locked leaves the work to the other.
    """
    due = Mailing.objects.due().filter(pk=mailing_id)
    locked = due.select_for_update(skip_locked=True).first()
    if locked is None:
        return False
    lane = Lane.DEFAULT
    LaneSequence.objects.get_or_create(mailing_id=mailing_id, lane=lane)
    what = parameters_of(locked) | {
        "mailing": mailing_id,
        "lane": lane,
        "after": locked.snapshot_after,
        "page": PAGE,
        "chunk": CHUNK,
    }
    with connection.cursor() as cursor:
        take_time(cursor)
        # One at a time in an organization: two mailings of one update must see each other's rows.
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_FREEZING, locked.organization_id])
        cursor.execute(_FREEZE_PAGE, what)
        if cursor.fetchone()[0]:
            return True
        cursor.execute(_CUT_INTO_CHUNKS, what)
        cursor.execute(
            "UPDATE mailings_mailing SET state = 'sending', started_at = now() WHERE id = %s",
            [mailing_id],
        )
    return False
