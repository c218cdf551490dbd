"""Who gets a mailing, as one rule in SQL: counted before the send, frozen by pages at its start.

Standing consent to the mailing's scope, without a pause that its reader asked for; of these, where
the mailing is for the signers of a campaign, its counted signers; minus everyone who muted all it
speaks of, minus suppressed addresses, minus those who got the same news by another mailing. The
fence of the ledger asks again before every message.
"""

from typing import Any

from django.db import connection, transaction

from mailings.models import Lane, LaneSequence, Mailing
from signatures.addresses import mask

PAGE = 50_000
CHUNK = 500
# The first half of the key of the advisory locks that serialise the freezing of an organization.
_FREEZING = 0x66726565

# `s` is a subscription, `p` its supporter.
_RULE = """
NOT EXISTS (
    SELECT 1 FROM signatures_suppression x
    WHERE x.email_hash = p.email_hash AND x.lifted_at IS NULL
)
AND (
    SELECT count(*) FROM signatures_campaignmute q
    WHERE q.supporter_id = s.supporter_id AND q.campaign_id = ANY(%(about)s)
) < %(campaigns)s
AND (%(signed)s::bigint IS NULL OR EXISTS (
    SELECT 1 FROM signatures_signature g
    WHERE g.campaign_id = %(signed)s AND g.supporter_id = s.supporter_id AND g.state = 'counted'
))
AND NOT EXISTS (
    SELECT 1 FROM mailings_recipient had JOIN mailings_mailing_updates told USING (mailing_id)
    WHERE had.supporter_id = s.supporter_id AND had.mailing_id <> %(mailing)s
        AND had.status NOT IN (4, 6)
        AND told.update_id = %(news)s
)
"""

_LIVE = """
FROM signatures_subscription s JOIN signatures_supporter p ON p.id = s.supporter_id
WHERE s.scope_id = %(scope)s AND s.unsubscribed_at IS NULL
    AND (s.rests_until IS NULL OR s.rests_until <= now())
"""


def count(mailing: Mailing) -> int:
    """How many people would get the mailing if it went out now."""
    return int(_ask(f"SELECT count(*) {_LIVE} AND {_RULE}", mailing)[0][0])


def samples(mailing: Mailing, most: int = 5) -> list[str]:
    """A few addresses of the audience, masked."""
    newest = f"SELECT p.email {_LIVE} AND {_RULE} ORDER BY s.id DESC LIMIT {int(most)}"
    return [mask(address) for (address,) in _ask(newest, mailing)]


@transaction.atomic
def _ask(question: str, mailing: Mailing) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        _take_time(cursor)
        cursor.execute(question, _rule_of(mailing))
        return cursor.fetchall()


def _rule_of(mailing: Mailing) -> dict[str, Any]:
    about = mailing.about()
    return {
        "scope": mailing.scope_id,
        "signed": mailing.campaign_id,
        "about": about,
        "campaigns": len(about),
        "mailing": mailing.pk,
        "news": _only_news(mailing),
    }


def _only_news(mailing: Mailing) -> int | None:
    """The one update that the mailing is about. A digest is new to whoever had a part of it."""
    if mailing.kind == Mailing.Kind.DIGEST:
        return None
    return mailing.updates.values_list("pk", flat=True).first()


def _take_time(cursor: Any) -> None:
    """Millions of rows need more than the few seconds that a page may take."""
    cursor.execute("SET LOCAL statement_timeout = '2min'")


_FREEZE_PAGE = f"""
WITH page AS MATERIALIZED (
    SELECT s.id, s.supporter_id, p.email_hash {_LIVE} AND s.id > %(after)s
    ORDER BY s.id LIMIT %(page)s
), num AS (
    SELECT s.id, s.supporter_id, l.last_seq + row_number() OVER (ORDER BY s.id) AS seq
    FROM page s
    JOIN mailings_lanesequence l ON l.mailing_id = %(mailing)s AND l.lane = %(lane)s
    JOIN signatures_supporter p ON p.id = s.supporter_id
    WHERE {_RULE}
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
    what = _rule_of(locked) | {
        "mailing": mailing_id,
        "lane": lane,
        "after": locked.snapshot_after,
        "page": PAGE,
        "chunk": CHUNK,
    }
    with connection.cursor() as cursor:
        _take_time(cursor)
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
