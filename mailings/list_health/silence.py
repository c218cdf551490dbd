"""Asking who has been silent for a year whether they want to stay, and taking no answer as no.

One letter a person and organization, a few hundred a day, nobody who had a bulk mail today. It is
sent once; only who truly got it, and did nothing for a month, gets no more.
"""

from datetime import timedelta
from typing import Any

from django.db import connection, transaction

from campaigns.models import Organization
from mailings.statuses import TAKEN_QUIETLY
from signatures.leaving import NO_ANSWER
from signatures.standing import IS_BLOCKED

SILENT = timedelta(days=365)
# So many mails must have reached them meanwhile: a list that nobody writes to knows no silence.
FEWEST_MAILS = 6
ASKED_A_DAY = 500
TIME_TO_ANSWER = timedelta(days=30)

_ALONE = "SELECT pg_try_advisory_xact_lock(hashtext('ask the silent'))"

_LEFT_TO_ASK = """
SELECT %(a_day)s - count(*) FROM signatures_letter l
JOIN signatures_signature s ON s.id = l.signature_id
JOIN campaigns_campaign c ON c.id = s.campaign_id
WHERE l.kind = 'stay' AND c.organization_id = %(organization)s
    AND l.created_at > now() - interval '1 day'
"""

# One row a person: the subscriptions of the organization, and the signature that the letter names.
_SILENT_PEOPLE = f"""
SELECT s.supporter_id, (
    SELECT max(g.id) FROM signatures_signature g
    JOIN campaigns_campaign c ON c.id = g.campaign_id
    WHERE g.supporter_id = s.supporter_id AND g.state = 'counted'
        AND c.organization_id = %(organization)s
) AS signature_id
FROM signatures_subscription s
JOIN campaigns_mailscope k ON k.id = s.scope_id AND k.organization_id = %(organization)s
JOIN signatures_supporter p ON p.id = s.supporter_id AND p.erased_at IS NULL
WHERE s.unsubscribed_at IS NULL
GROUP BY s.supporter_id, p.email_hash
HAVING max(s.subscribed_at) < now() - %(silent)s
    AND max(s.asked_to_stay_at) IS NULL
    AND coalesce(max(s.rests_until), now()) <= now()
    AND NOT EXISTS (
        SELECT 1 FROM signatures_signature g
        WHERE g.supporter_id = s.supporter_id
            AND greatest(g.created_at, g.confirmed_at) > now() - %(silent)s
    )
    AND NOT EXISTS (
        SELECT 1 FROM signatures_consentevent e
        WHERE e.supporter_id = s.supporter_id AND e.at > now() - %(silent)s
    )
    AND NOT {IS_BLOCKED}
    AND NOT EXISTS (
        SELECT 1 FROM mailings_recipient r
        WHERE r.supporter_id = s.supporter_id AND r.done_at > now() - interval '1 day'
    )
    AND (
        SELECT count(*) FROM (
            SELECT 1 FROM mailings_recipient r
            WHERE r.supporter_id = s.supporter_id AND r.status IN {TAKEN_QUIETLY}
                AND r.done_at > now() - %(silent)s
            LIMIT %(fewest)s
        ) got
    ) >= %(fewest)s
"""  # noqa: S608

_ASK = f"""
WITH silent AS MATERIALIZED (
    SELECT * FROM ({_SILENT_PEOPLE}) all_of_them WHERE signature_id IS NOT NULL LIMIT %(most)s
), asked AS (
    UPDATE signatures_subscription s SET asked_to_stay_at = now()
    FROM campaigns_mailscope k, silent
    WHERE k.id = s.scope_id AND k.organization_id = %(organization)s
        AND s.supporter_id = silent.supporter_id AND s.unsubscribed_at IS NULL
    RETURNING s.supporter_id
), letters AS (
    INSERT INTO signatures_letter (kind, supporter_id, signature_id, attempts, reason)
    SELECT 'stay', supporter_id, signature_id, 0, '' FROM silent
    WHERE supporter_id IN (SELECT supporter_id FROM asked)
    ON CONFLICT DO NOTHING
    RETURNING 1
)
SELECT count(*) FROM letters
"""  # noqa: S608


def ask_the_silent() -> int:
    """Owe today's letters to the silent of each organization that wants it; returns how many.

    Safe at any time and from any number of workers: one asks at a time, and no more than
    `ASKED_A_DAY` within 24 hours.
    """
    wanting = Organization.objects.filter(asks_the_silent=True).order_by("pk")
    return sum(map(_ask, wanting.values_list("pk", flat=True)))


@transaction.atomic
def _ask(organization_id: int) -> int:
    what: dict[str, Any] = {
        "organization": organization_id,
        "silent": SILENT,
        "fewest": FEWEST_MAILS,
        "a_day": ASKED_A_DAY,
    }
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '10min'")
        cursor.execute(_ALONE)
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(_LEFT_TO_ASK, what)
        most = cursor.fetchone()[0]
        if most <= 0:
            return 0
        cursor.execute(_ASK, what | {"most": most})
        return int(cursor.fetchone()[0])


# The letter must have left for so long, and nothing that its reader did may be newer.
_END = """
WITH unanswered AS MATERIALIZED (
    SELECT s.id, s.supporter_id, s.scope_id
    FROM signatures_subscription s
    JOIN campaigns_mailscope k ON k.id = s.scope_id
    WHERE s.unsubscribed_at IS NULL AND s.asked_to_stay_at < now() - %(answer)s
        AND EXISTS (
            SELECT 1 FROM signatures_letter l
            JOIN signatures_signature g ON g.id = l.signature_id
            JOIN campaigns_campaign c ON c.id = g.campaign_id
            WHERE l.supporter_id = s.supporter_id AND l.kind = 'stay'
                AND c.organization_id = k.organization_id
                AND l.created_at >= s.asked_to_stay_at AND l.sent_at < now() - %(answer)s
        )
        AND NOT EXISTS (
            SELECT 1 FROM signatures_consentevent e
            WHERE e.supporter_id = s.supporter_id AND e.at > s.asked_to_stay_at
        )
        AND NOT EXISTS (
            SELECT 1 FROM signatures_signature g
            WHERE g.supporter_id = s.supporter_id AND g.confirmed_at > s.asked_to_stay_at
        )
    ORDER BY s.supporter_id, s.id LIMIT %(most)s
    FOR UPDATE OF s SKIP LOCKED
), ended AS (
    UPDATE signatures_subscription s SET unsubscribed_at = now()
    FROM unanswered u WHERE s.id = u.id
    RETURNING s.supporter_id, s.scope_id
)
INSERT INTO signatures_consentevent (supporter_id, choice, scope_ids, via)
SELECT supporter_id, 'left', array_agg(scope_id ORDER BY scope_id), %(via)s
FROM ended GROUP BY supporter_id
"""
BATCH = 500


def end_unanswered() -> int:
    """End what nobody answered for; returns how many people in this batch. Under BATCH, the last.

    Whoever did anything meanwhile stays, whatever button they did not press.
    """
    what: dict[str, Any] = {"answer": TIME_TO_ANSWER, "most": BATCH, "via": NO_ANSWER}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '2min'")
        cursor.execute(_END, what)
        return int(cursor.rowcount)
