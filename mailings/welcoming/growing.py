"""Adding to a welcome step those whose day has come. Any number may do it at once."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import connection, transaction

from mailings.audience.freezing import (
    TO_THEIR_LANE,
    hold_organization,
    hold_sequences,
    provide_sequences,
)
from mailings.audience.rule import LIVE, audience_of, capped, take_time
from mailings.clock import database_now
from mailings.models import Lane, Mailing, WelcomeStep
from mailings.statuses import OPEN, PENDING
from signatures.models import Subscription

BATCH = 5000
# A subscription is dated when its transaction begins, so one may turn up behind the others.
OVERLAP = timedelta(minutes=10)
# Who has had enough mail on their day gets the step as soon as they have not, within so many days.
PATIENCE = timedelta(days=7)
LOOK_BACK_EVERY = timedelta(hours=1)

_GROW = f"""
WITH due AS (
    SELECT s.id, s.supporter_id FROM {LIVE}
        AND s.subscribed_at > %(since)s AND s.subscribed_at <= %(until)s
        AND NOT EXISTS (
            SELECT FROM mailings_recipient r
            WHERE r.mailing_id = %(mailing)s AND r.supporter_id = s.supporter_id
        )
        AND {{demands}} AND NOT {{capped}}
    ORDER BY s.subscribed_at LIMIT %(batch)s
), num AS (
    SELECT s.id, s.supporter_id, l.lane,
        l.last_seq + row_number() OVER (PARTITION BY l.lane ORDER BY s.id) AS seq
    FROM due s {TO_THEIR_LANE}
), ins AS (
    INSERT INTO mailings_recipient
        (mailing_id, lane, seq, subscription_id, supporter_id, status, attempts)
    SELECT %(mailing)s, lane, seq, id, supporter_id, {PENDING}, 0 FROM num
    ON CONFLICT (supporter_id, mailing_id) DO NOTHING
    RETURNING lane, seq
), adv AS (
    UPDATE mailings_lanesequence l SET last_seq = x.last
    FROM (SELECT lane, max(seq) AS last FROM num GROUP BY lane) x
    WHERE l.mailing_id = %(mailing)s AND l.lane = x.lane
), cut AS (
    INSERT INTO mailings_chunk (mailing_id, lane, lo, hi, state, cursor)
    SELECT %(mailing)s, lane, min(seq), max(seq), {OPEN}, 0 FROM ins GROUP BY lane
)
UPDATE mailings_mailing SET audience_size = audience_size + (SELECT count(*) FROM ins)
WHERE id = %(mailing)s
RETURNING (SELECT count(*) FROM ins)
"""  # noqa: S608


def grow_all(*, stopping: Callable[[], bool] = lambda: False) -> int:
    """Add to every step that is on; returns how many people were added in all."""
    added = 0
    for step in WelcomeStep.objects.live():
        while not stopping():
            batch = grow(step=step)
            added += batch
            if batch < BATCH:
                break
    return added


@transaction.atomic
def grow(*, step: WelcomeStep) -> int:
    """Add the next of those whose day has come; returns how many. 0 too when another is at it."""
    locked = (
        WelcomeStep.objects.live()
        .filter(pk=step.pk)
        .select_related("mailing__organization")
        .select_for_update(skip_locked=True, of=("self", "mailing"))
        .first()
    )
    if locked is None or locked.live_since is None:
        return 0
    now = database_now()
    looks_back = locked.looked_back_at is None or now - locked.looked_back_at >= LOOK_BACK_EVERY
    until = now - timedelta(days=locked.days)
    since = until - PATIENCE
    if locked.grown_until and not looks_back:
        since = locked.grown_until - OVERLAP
    since = max(since, locked.live_since)
    joined = Subscription.objects.live().filter(
        scope=locked.scope_id, subscribed_at__gt=since, subscribed_at__lte=until
    )
    added = _add(locked.mailing, since=since, until=until) if joined.exists() else 0
    if added < BATCH:
        locked.grown_until = until
        locked.looked_back_at = now if looks_back else locked.looked_back_at
        locked.save(update_fields=["grown_until", "looked_back_at"])
    return added


def _add(mailing: Mailing, *, since: datetime, until: datetime) -> int:
    provide_sequences(mailing.pk)
    audience, enough = audience_of(mailing), capped(mailing)
    statement = _GROW.format(
        demands=audience.holds_for("s.supporter_id"),
        capped=enough.includes("s.supporter_id"),
    )
    what = audience.values | dict(enough.values)
    what |= {
        "mailing": mailing.pk,
        "lane": Lane.DEFAULT,
        "batch": BATCH,
        "since": since,
        "until": until,
    }
    with connection.cursor() as cursor:
        take_time(cursor)
        hold_organization(cursor, mailing.organization_id)
        hold_sequences(mailing.pk)
        cursor.execute(statement, what)
        added: int = cursor.fetchone()[0]
        return added
