"""How each list stands today: one row a kind of mail, counted once a day by whoever comes first."""

from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from campaigns.models import MailScope
from mailings.list_health.silence import SILENT
from mailings.models import ListHealth

ACTIVE = timedelta(days=90)
MONTH = timedelta(days=30)

_ALONE = "SELECT pg_try_advisory_xact_lock(hashtext('count list health'))"

# What people did within a year, each once; then every standing consent falls into one class.
_COUNT = """
WITH acts AS (
    SELECT supporter_id, max(at) AS at FROM (
        SELECT supporter_id, greatest(created_at, confirmed_at) AS at
        FROM signatures_signature
        WHERE created_at > now() - %(silent)s OR confirmed_at > now() - %(silent)s
        UNION ALL
        SELECT supporter_id, at FROM signatures_consentevent
        WHERE at > now() - %(silent)s AND choice = 'agreed'
    ) did GROUP BY supporter_id
), standing AS (
    SELECT s.scope_id, s.subscribed_at, s.asked_to_stay_at, CASE
        WHEN b.supporter_id IS NOT NULL THEN 'blocked'
        WHEN s.rests_until > now() THEN 'resting'
        WHEN greatest(a.at, s.subscribed_at) > now() - %(active)s THEN 'active'
        WHEN greatest(a.at, s.subscribed_at) > now() - %(silent)s THEN 'quiet'
        ELSE 'silent'
    END AS class
    FROM signatures_subscription s
    LEFT JOIN acts a ON a.supporter_id = s.supporter_id
    LEFT JOIN signatures_blockedperson b ON b.supporter_id = s.supporter_id
    WHERE s.unsubscribed_at IS NULL
), counted AS (
    SELECT scope_id,
        count(*) FILTER (WHERE class = 'active') AS active,
        count(*) FILTER (WHERE class = 'quiet') AS quiet,
        count(*) FILTER (WHERE class = 'silent') AS silent,
        count(*) FILTER (WHERE class = 'resting') AS resting,
        count(*) FILTER (WHERE class = 'blocked') AS blocked,
        count(*) FILTER (WHERE asked_to_stay_at IS NOT NULL) AS asked,
        count(*) FILTER (WHERE subscribed_at > now() - %(month)s) AS joined
    FROM standing GROUP BY scope_id
), gone AS (
    SELECT scope_id, count(*) AS left_list FROM signatures_subscription
    WHERE unsubscribed_at > now() - %(month)s GROUP BY scope_id
)
INSERT INTO mailings_listhealth AS h
    (scope_id, day, active, quiet, silent, resting, blocked, asked, joined, "left")
SELECT k.id, %(day)s, coalesce(c.active, 0), coalesce(c.quiet, 0), coalesce(c.silent, 0),
    coalesce(c.resting, 0), coalesce(c.blocked, 0), coalesce(c.asked, 0), coalesce(c.joined, 0),
    coalesce(g.left_list, 0)
FROM campaigns_mailscope k
LEFT JOIN counted c ON c.scope_id = k.id
LEFT JOIN gone g ON g.scope_id = k.id
ON CONFLICT (scope_id, day) DO UPDATE SET
    active = excluded.active, quiet = excluded.quiet, silent = excluded.silent,
    resting = excluded.resting, blocked = excluded.blocked, asked = excluded.asked,
    joined = excluded.joined, "left" = excluded."left", counted_at = now()
"""


def count_today(*, again: bool = False) -> bool:
    """Count every list, unless it was done today; `again` counts anew. True when this call did.

    Reads every standing consent once, so it takes seconds a million. One counts at a time.
    """
    day = timezone.now().date()
    if not again and not MailScope.objects.exclude(health__day=day).exists():
        return False
    what: dict[str, Any] = {"day": day, "silent": SILENT, "active": ACTIVE, "month": MONTH}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '10min'")
        cursor.execute(_ALONE)
        if not cursor.fetchone()[0]:
            return False
        cursor.execute(_COUNT, what)
    return True


def history(scope_id: int, *, months: int = 13) -> list[tuple[str, int]]:
    """How many readers could be written to at the end of each month, the oldest first."""
    rows: dict[str, int] = {}
    since = timezone.now().date() - MONTH * months
    for row in ListHealth.objects.filter(scope_id=scope_id, day__gte=since).order_by("day"):
        rows[f"{row.day:%Y-%m}"] = row.readers - row.blocked
    return list(rows.items())[-months:]
