"""Writing the audience down, page by page, when the time of a mailing has come.

Everyone is in the lane of their mailbox's provider, and has a number there. Who has had enough mail
for now is written down as well, as skipped, and waits for a catch-up. Those rows are in the first
lane and have numbers below zero, where no chunk reaches.
"""

from typing import Any

from django.db import connection, transaction

from mailings.audience.cutting import CHUNK, cut_into_chunks
from mailings.audience.rule import LIVE, LOT, Audience, audience_of, capped, take_time
from mailings.digesting.items_for import news_of
from mailings.models import Lane, LaneSequence, Mailing
from mailings.segments.people import People
from mailings.statuses import CAPPED, PENDING, SKIPPED
from mailings.trials.drawing import set_apart
from mailings.waves import canary_size

PAGE = 50_000
# The first half of the key of the advisory locks that serialise the freezing of an organization.
_FREEZING = 0x66726565

_LOT_OF_THE_LAST = f"""
SELECT max(lot) FROM (
    SELECT {LOT} AS lot FROM {LIVE} AND {{demands}} ORDER BY lot LIMIT %(most)s
) drawn
"""  # noqa: S608

# Joins the people `s` to the sequence `l` of the lane of their mailbox's provider, where `goes`
# says that they get the mail, and else to that of the default one.
_TO_A_LANE = """
JOIN signatures_supporter p ON p.id = s.supporter_id
LEFT JOIN mailings_lanedomain d ON {goes} AND d.domain = lower(split_part(p.email, '@', 2))
JOIN mailings_lanesequence l
    ON l.mailing_id = %(mailing)s AND l.lane = coalesce(d.lane_id, %(lane)s)
"""
TO_THEIR_LANE = _TO_A_LANE.format(goes="true")
_TO_THEIRS_IF_IT_GOES = _TO_A_LANE.format(goes="NOT s.capped")

# The next page of subscriptions, and whom of it the mailing is owed to.
OWED = """
WITH page AS MATERIALIZED (
    SELECT s.id, s.supporter_id FROM {live} AND s.id > %(after)s ORDER BY s.id LIMIT %(page)s
), owed AS MATERIALIZED (
    SELECT s.id, s.supporter_id, news.items, {capped} AS capped
    FROM page s CROSS JOIN LATERAL ({news}) news
    WHERE {demands} AND {drawn} AND news.items IS DISTINCT FROM 0
)
"""
_FREEZE_PAGE = f"""
{OWED}
, num AS (
    SELECT s.id, s.supporter_id, s.items, NOT capped AS goes, CASE
        WHEN capped THEN least(0, (
            SELECT min(r.seq) FROM mailings_recipient r
            WHERE r.mailing_id = %(mailing)s AND r.lane = %(lane)s AND r.seq < 0
        )) - row_number() OVER (PARTITION BY capped, l.lane ORDER BY s.id)
        ELSE l.last_seq + row_number() OVER (PARTITION BY capped, l.lane ORDER BY s.id)
    END AS seq, l.lane
    FROM owed s
{_TO_THEIRS_IF_IT_GOES}
), ins AS (
    INSERT INTO mailings_recipient
        (mailing_id, lane, seq, subscription_id, supporter_id, items, status, attempts, code)
    SELECT %(mailing)s, lane, seq, id, supporter_id, items,
        CASE WHEN goes THEN {PENDING} ELSE {SKIPPED} END, 0, CASE WHEN NOT goes THEN {CAPPED} END
    FROM num
    ON CONFLICT (supporter_id, mailing_id) DO NOTHING
    RETURNING seq
), adv AS (
    UPDATE mailings_lanesequence l SET last_seq = x.last
    FROM (SELECT lane, max(seq) AS last FROM num WHERE goes GROUP BY lane) x
    WHERE l.mailing_id = %(mailing)s AND l.lane = x.lane
)
UPDATE mailings_mailing
SET snapshot_after = coalesce((SELECT max(id) FROM page), snapshot_after),
    audience_size = audience_size + (SELECT count(*) FROM ins WHERE seq > 0)
WHERE id = %(mailing)s
RETURNING (SELECT count(*) FROM page)
"""  # noqa: S608


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
    provide_sequences(mailing_id)
    audience, enough = audience_of(locked), capped(locked)
    what = (
        audience.values
        | dict(enough.values)
        | {
            "mailing": mailing_id,
            "lane": Lane.DEFAULT,
            "after": locked.snapshot_after,
            "page": PAGE,
        }
    )
    with connection.cursor() as cursor:
        take_time(cursor)
        hold_organization(cursor, locked.organization_id)
        what["last"] = draw_lot(cursor, locked, audience)
        statement = filled(_FREEZE_PAGE, locked, audience, enough, drawn=drawn(audience))
        cursor.execute(statement, what)
        if cursor.fetchone()[0]:
            return True
        _begin(cursor, locked)
    return False


def provide_sequences(mailing_id: int) -> None:
    """A sequence of numbers in each lane. Safe to call twice; a new lane gets one then."""
    LaneSequence.objects.bulk_create(
        (LaneSequence(mailing_id=mailing_id, lane=lane.pk) for lane in Lane.objects.all()),
        ignore_conflicts=True,
    )


def hold_sequences(mailing_id: int) -> None:
    """Up to the end of the transaction nobody else takes numbers: retries take them here too."""
    held = LaneSequence.objects.filter(mailing=mailing_id).order_by("lane").select_for_update()
    list(held)


def _begin(cursor: Any, mailing: Mailing) -> None:
    """Cut an audience that is whole now into chunks, and turn its mailing to sending."""
    people = max(mailing.audience_size, 1)
    # Those who try its texts are the canary of a trial.
    tried = set_apart(cursor, mailing, chunk=CHUNK)
    canary = 0 if tried else canary_size(people) / people
    cut_into_chunks(cursor, mailing=mailing.pk, people=people, canary=canary)
    cursor.execute(
        "UPDATE mailings_mailing SET state = 'sending', started_at = now() WHERE id = %s",
        [mailing.pk],
    )


def filled(
    statement: str, mailing: Mailing, audience: Audience, enough: People, *, drawn: str
) -> str:
    """A statement that begins with `OWED`, with what it asks of this mailing's audience."""
    return statement.format(
        live=LIVE,
        demands=audience.holds_for("s.supporter_id"),
        drawn=drawn,
        capped=enough.includes("s.supporter_id"),
        news=news_of(mailing),
    )


def hold_organization(cursor: Any, organization_id: int) -> None:
    """One at a time in an organization, up to the end of the transaction.

    Two mailings of one update, or to one person, must see each other's rows.
    """
    cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_FREEZING, organization_id])


def draw_lot(cursor: Any, mailing: Mailing, audience: Audience) -> int | None:
    """The lot of the last of a random part, drawn once for a mailing; None where all are meant."""
    if audience.most is None or mailing.last_lot is not None:
        return mailing.last_lot
    statement = _LOT_OF_THE_LAST.format(demands=audience.holds_for("s.supporter_id"))
    cursor.execute(statement, audience.values | {"most": audience.most})
    (lot,) = cursor.fetchone()
    cursor.execute("UPDATE mailings_mailing SET last_lot = %s WHERE id = %s", [lot, mailing.pk])
    return lot


def drawn(audience: Audience) -> str:
    """A condition: whether `s` is in the random part, up to the lot `%(last)s`."""
    return "true" if audience.most is None else f"{LOT} <= %(last)s"
