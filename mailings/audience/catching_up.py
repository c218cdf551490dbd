"""Catching up: a sent mailing goes to those of its audience who have not got it.

They joined after it was sent, or had had enough mail then. The walk over the audience is taken once
more, page by page; whoever has a row keeps it, so nobody gets it twice, by constraint. Each page is
a transaction that writes its people down, cuts their chunks and has the mailing sent again.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.humanize.templatetags.humanize import intcomma
from django.db import IntegrityError, connection, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from mailings.audience import freezing
from mailings.audience.counting import look
from mailings.audience.cutting import CHUNK
from mailings.audience.rule import Audience, audience_of, capped, take_time
from mailings.models import CatchUp, Lane, Mailing, MailingAct
from mailings.seconding import asks_for_second_person
from mailings.segments.people import Demand, People
from mailings.statuses import OPEN, PENDING, kept_back

State = Mailing.State

_PAGE = f"""
{freezing.OWED}
, num AS (
    SELECT s.id, s.supporter_id, s.items, l.lane,
        l.last_seq + row_number() OVER (PARTITION BY l.lane ORDER BY s.id) AS seq
    FROM owed s
{freezing.TO_THEIR_LANE}
    WHERE NOT s.capped
), back AS (
    UPDATE mailings_recipient r
    SET seq = num.seq, lane = num.lane, status = {PENDING}, code = NULL, items = num.items
    FROM num
    WHERE r.mailing_id = %(mailing)s AND r.supporter_id = num.supporter_id
        AND {kept_back("r")}
    RETURNING r.lane, r.seq
), ins AS (
    INSERT INTO mailings_recipient
        (mailing_id, lane, seq, subscription_id, supporter_id, items, status, attempts)
    SELECT %(mailing)s, lane, seq, id, supporter_id, items, {PENDING}, 0 FROM num
    WHERE NOT EXISTS (
        SELECT FROM mailings_recipient r
        WHERE r.mailing_id = %(mailing)s AND r.supporter_id = num.supporter_id
    )
    ON CONFLICT (supporter_id, mailing_id) DO NOTHING
    RETURNING lane, seq
), added AS (
    SELECT lane, seq FROM back UNION ALL SELECT lane, seq FROM ins
), adv AS (
    UPDATE mailings_lanesequence l SET last_seq = x.last
    FROM (SELECT lane, max(seq) AS last FROM num GROUP BY lane) x
    WHERE l.mailing_id = %(mailing)s AND l.lane = x.lane
), cut AS (
    INSERT INTO mailings_chunk (mailing_id, lane, lo, hi, state, cursor, wave)
    SELECT %(mailing)s, lane, lo, least(lo + %(chunk)s - 1, most), {OPEN}, 0, %(wave)s
    FROM (SELECT lane, min(seq) AS least, max(seq) AS most FROM added GROUP BY lane) span
    CROSS JOIN LATERAL generate_series(span.least, span.most, %(chunk)s) AS lo
), again AS (
    UPDATE mailings_mailing SET
        audience_size = audience_size + (SELECT count(*) FROM added),
        paused_for = paused_for + coalesce(now() - finished_at, interval '0'),
        finished_at = NULL,
        state = CASE WHEN state = 'sent' THEN 'sending' ELSE state END
    WHERE id = %(mailing)s AND EXISTS (SELECT FROM added)
)
UPDATE mailings_catchup SET
    snapshot_after = coalesce((SELECT max(id) FROM page), snapshot_after),
    added = added + (SELECT count(*) FROM added),
    finished_at = CASE WHEN NOT EXISTS (SELECT FROM page) THEN now() END,
    ended = CASE WHEN EXISTS (SELECT FROM page) THEN '' ELSE 'done' END
WHERE id = %(catch_up)s
RETURNING (SELECT count(*) FROM page)
"""  # noqa: S608


def can_be_caught_up(mailing: Mailing) -> bool:
    """Whether the mailing is one that others may still get: sent, and no welcome."""
    return mailing.state == State.SENT and mailing.kind != Mailing.Kind.WELCOME


def catch_up_count(mailing: Mailing, *, patience: str = "2min") -> int:
    """How many people a catch-up would bring it to now. Raises BadRules, TooSlow."""
    return look(_left_out(mailing), patience=patience).count


def _left_out(mailing: Mailing) -> Audience:
    """Those of the audience who have not got it, and may get a mail now.

    A random part takes in nobody new: only those of it who were kept back.
    """
    has_a_row = "mailings_recipient r WHERE r.mailing_id = %(sent)s"
    waits = f"{has_a_row} AND {kept_back('r')}"
    got = f"{has_a_row} AND NOT {kept_back('r')}"
    named = {"sent": mailing.pk}
    audience = audience_of(mailing)
    demands = [
        *audience.demands,
        Demand("got", outside=(People(got, "r.supporter_id", named),)),
        Demand("capped", outside=(capped(mailing),)),
    ]
    if audience.most is not None:
        demands.append(Demand("kept back", within=(People(waits, "r.supporter_id", named),)))
    return replace(audience, demands=tuple(demands), most=None)


def begin_catch_up(*, mailing: Mailing, user: Any, counted: int) -> CatchUp | None:
    """Have the mailing caught up when the hold is over. None when it cannot be, or is already.

    `counted` is how many people `user` was told that it would reach. Where they are many, it waits
    for a second person (`CatchUp.second`), from whose word on it is held.

    Safe to click twice: the constraint lets one open catch-up in.
    """
    if not can_be_caught_up(mailing):
        return None
    waits = asks_for_second_person(mailing, counted)
    try:
        with transaction.atomic():
            catch_up = CatchUp.objects.create(
                mailing=mailing,
                asked_by=user,
                counted=counted,
                needs_second=waits,
                starts_at=None if waits else Now() + hold(),
            )
            note = _("%s people") % intcomma(counted)
            mailing.acts.create(name=MailingAct.Name.CATCH_UP, by=user, note=note)
            return catch_up
    except IntegrityError:
        return None


def hold() -> timedelta:
    """How long what was decided on can still be taken back."""
    return timedelta(seconds=settings.MAILING_HOLD_SECONDS)


def carry_on(catch_ups: Iterable[int]) -> None:
    """Bring everybody of these catch-ups in, page by page. Resumable, and safe with two clocks."""
    for pk in catch_ups:
        while _take_page(pk):
            pass


@transaction.atomic
def _take_page(pk: int) -> bool:
    """Bring the next page of the audience in. Returns True while there is more to do."""
    catch_up = CatchUp.objects.due().select_for_update(skip_locked=True).filter(pk=pk).first()
    if catch_up is None:
        return False
    mailing = Mailing.objects.select_for_update(of=("self",)).get(pk=catch_up.mailing_id)
    if mailing.state not in (State.SENT, State.SENDING, State.PAUSED):
        catch_up.end(CatchUp.Ended.CANCELLED)
        return False
    freezing.provide_sequences(mailing.pk)
    audience, enough = _left_out(mailing), capped(mailing)
    what: dict[str, Any] = {
        **audience.values,
        **enough.values,
        "mailing": mailing.pk,
        "catch_up": pk,
        "lane": Lane.DEFAULT,
        "wave": mailing.open_wave,
        "after": catch_up.snapshot_after,
        "page": freezing.PAGE,
        "chunk": CHUNK,
    }
    with connection.cursor() as cursor:
        take_time(cursor)
        freezing.hold_organization(cursor, mailing.organization_id)
        freezing.hold_sequences(mailing.pk)
        cursor.execute(freezing.filled(_PAGE, mailing, audience, enough, drawn="true"), what)
        return bool(cursor.fetchone()[0])
