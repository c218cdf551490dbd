"""What must always be true, as SQL that counts the rows for which it is not.

`manage.py check_invariants` runs them all: after every fault test, and nightly in production. An
app above this one adds its own with `register()` when it is ready.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection, transaction

from signatures.counting import stale_tallies


@dataclass(frozen=True)
class Invariant:
    """A sentence that must be true, and SQL whose single number says how often it is not."""

    sentence: str
    violations: str


# Seconds that a page may be behind the shards.
TALLIES_LAG = 5.0

# Counted by `stale_tallies()`, in two looks: no one statement can see how long a number has stood.
TALLIES_ARE_FRESH = Invariant(
    "no page shows a count that is not the sum of its shards for over five seconds",
    "",
)

_registered: list[Invariant] = []


def register(*invariants: Invariant) -> None:
    """Add invariants, in the order in which they are to be printed. Safe to call twice."""
    _registered.extend(one for one in invariants if one not in _registered)


def check() -> Iterator[tuple[Invariant, int]]:
    """Every invariant with its number of violations, over one snapshot of the database; but whether
    tallies keep up needs two looks."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SET LOCAL statement_timeout = '10min'")
        for invariant in _registered:
            cursor.execute(invariant.violations)
            yield invariant, cursor.fetchone()[0]
    yield TALLIES_ARE_FRESH, len(_stale_for_long())


def _stale_for_long() -> set[tuple[int, int, float]]:
    """Campaigns whose page says the same wrong number for so long that nobody sums any more."""
    wrong = stale_tallies()
    if wrong:
        time.sleep(TALLIES_LAG)
        wrong &= stale_tallies()
    return wrong


register(
    Invariant(
        "one person, one campaign, one signature",
        """
        SELECT count(*) FROM (SELECT 1 FROM signatures_signature
            GROUP BY campaign_id, supporter_id HAVING count(*) > 1) twice
        """,
    ),
    Invariant(
        "one mailbox, one supporter",
        """
        SELECT count(*) FROM (SELECT 1 FROM signatures_supporter
            GROUP BY email_key HAVING count(*) > 1) twice
        """,
    ),
    Invariant(
        "who is blocked is on the list of the blocked, and nobody else",
        """
        SELECT count(*) FROM (
            SELECT p.id FROM signatures_supporter p
            JOIN signatures_suppression x ON x.email_hash = p.email_hash
            WHERE x.lifted_at IS NULL GROUP BY p.id
        ) blocked FULL JOIN signatures_blockedperson listed ON listed.supporter_id = blocked.id
        WHERE blocked.id IS NULL OR listed.supporter_id IS NULL
        """,
    ),
    Invariant(
        "the shards of every campaign sum to its counted, pending, held and opted-in signatures",
        """
        SELECT count(*) FROM (
            SELECT campaign_id, count(*) FILTER (WHERE state = 'counted') AS counted,
                count(*) FILTER (WHERE state = 'pending') AS pending,
                count(*) FILTER (WHERE state = 'held') AS held,
                count(*) FILTER (WHERE state = 'counted' AND consents) AS opted_in
            FROM signatures_signature GROUP BY campaign_id
        ) rows FULL JOIN (
            SELECT campaign_id, sum(counted) AS counted, sum(pending) AS pending,
                sum(held) AS held, sum(opted_in) AS opted_in
            FROM signatures_countshard GROUP BY campaign_id
        ) shards USING (campaign_id)
        WHERE (COALESCE(rows.counted, 0), COALESCE(rows.pending, 0), COALESCE(rows.held, 0),
                COALESCE(rows.opted_in, 0))
            <> (COALESCE(shards.counted, 0), COALESCE(shards.pending, 0),
                COALESCE(shards.held, 0), COALESCE(shards.opted_in, 0))
        """,
    ),
    Invariant(
        "a signature's statement and notice belong to its campaign",
        """
        SELECT count(*) FROM signatures_signature s
        JOIN campaigns_statement t ON t.id = s.statement_id
        JOIN campaigns_consentnotice n ON n.id = s.notice_id
        WHERE t.campaign_id <> s.campaign_id OR n.campaign_id <> s.campaign_id
        """,
    ),
    Invariant(
        "a signature's statement and notice are of one language",
        """
        SELECT count(*) FROM signatures_signature s
        JOIN campaigns_statement t ON t.id = s.statement_id
        JOIN campaigns_consentnotice n ON n.id = s.notice_id
        WHERE t.language <> n.language
        """,
    ),
    Invariant(
        "what was signed and agreed to is frozen",
        """
        SELECT count(*) FROM signatures_signature s
        JOIN campaigns_statement t ON t.id = s.statement_id
        JOIN campaigns_consentnotice n ON n.id = s.notice_id
        WHERE t.frozen_at IS NULL OR n.frozen_at IS NULL
        """,
    ),
    Invariant(
        "every signature has the letter that it owed",
        """
        SELECT count(*) FROM signatures_signature s WHERE state IN ('pending', 'held')
            AND NOT EXISTS (SELECT 1 FROM signatures_letter l WHERE l.signature_id = s.id)
        """,
    ),
    Invariant(
        "a letter belongs to the person of its signature",
        """
        SELECT count(*) FROM signatures_letter l
        JOIN signatures_signature s ON s.id = l.signature_id
        WHERE l.supporter_id <> s.supporter_id
        """,
    ),
    Invariant(
        "a subscription that a signature began is to a scope of its organization",
        """
        SELECT count(*) FROM signatures_subscription s
        JOIN campaigns_mailscope scope ON scope.id = s.scope_id
        JOIN signatures_signature g ON g.id = s.signature_id
        JOIN campaigns_campaign c ON c.id = g.campaign_id
        WHERE c.organization_id <> scope.organization_id
        """,
    ),
    Invariant(
        "nobody is subscribed without having agreed",
        """
        SELECT count(*) FROM signatures_subscription s WHERE unsubscribed_at IS NULL
            AND NOT EXISTS (
                SELECT 1 FROM signatures_consentevent e WHERE e.supporter_id = s.supporter_id
                    AND e.choice = 'agreed' AND s.scope_id = ANY (e.scope_ids)
            )
        """,
    ),
    Invariant(
        "nothing of an erased person is left but numbers",
        """
        SELECT count(*) FROM signatures_supporter p WHERE erased_at IS NOT NULL AND (
            email <> '' OR name <> '' OR postal_code <> '' OR country <> ''
            OR email_key <> 'erased:' || id
            OR EXISTS (SELECT 1 FROM signatures_letter l WHERE l.supporter_id = p.id)
            OR EXISTS (SELECT 1 FROM signatures_dataaccess d WHERE d.supporter_id = p.id)
            OR EXISTS (SELECT 1 FROM signatures_subscription s
                WHERE s.supporter_id = p.id AND s.unsubscribed_at IS NULL)
            OR EXISTS (SELECT 1 FROM signatures_signature g WHERE g.supporter_id = p.id
                AND (g.name <> '' OR g.comment <> '' OR g.network IS NOT NULL OR g.shows_name
                    OR g.postal_code <> '' OR g.country <> '' OR g.answers <> '{}'))
        )
        """,
    ),
    Invariant(
        "no claim on a letter is older than an hour",
        """
        SELECT count(*) FROM signatures_letter WHERE sent_at IS NULL AND dropped_at IS NULL
            AND claimed_until < now() - interval '1 hour'
            AND due_at < now() - interval '1 hour'
        """,
    ),
    Invariant(
        "no change of state by staff is unfinished for over an hour",
        """
        SELECT count(*) FROM signatures_statechange WHERE finished_at IS NULL
            AND COALESCE(undone_at, changed_at) < now() - interval '1 hour'
        """,
    ),
    # What waits again for confirmation, and never gets it, is deleted with its entries.
    Invariant(
        "a change of state by staff has an entry for each signature that it changed",
        """
        SELECT count(*) FROM signatures_statechange c
        JOIN LATERAL (SELECT count(*) AS entries FROM signatures_statechangeentry e
            WHERE e.change_id = c.id) own ON own.entries <> c.changed
        WHERE own.entries > c.changed OR NOT (
            c.undone_at IS NOT NULL OR EXISTS (SELECT 1 FROM signatures_statechange back
                WHERE back.campaign_id = c.campaign_id AND back.id >= c.id
                    AND back.to_state IN ('pending', 'held')))
        """,
    ),
    Invariant(
        "a change of state by staff is of its campaign's signatures alone",
        """
        SELECT count(*) FROM signatures_statechangeentry e
        JOIN signatures_statechange c ON c.id = e.change_id
        JOIN signatures_signature s ON s.id = e.signature_id
        WHERE s.campaign_id <> c.campaign_id
        """,
    ),
    Invariant(
        "every page's address leads to its campaign in its language",
        """
        SELECT count(*) FROM (
            SELECT slug, id AS campaign_id, '' AS language FROM campaigns_campaign
            UNION ALL SELECT slug, campaign_id, language FROM campaigns_translation
        ) page LEFT JOIN campaigns_pageaddress a USING (slug)
        WHERE (page.campaign_id, page.language) IS DISTINCT FROM (a.campaign_id, a.language)
        """,
    ),
    Invariant(
        "no signature's network is kept for more than 13 months",
        """
        SELECT count(*) FROM signatures_signature
        WHERE network IS NOT NULL AND created_at < now() - interval '13 months'
        """,
    ),
    Invariant(
        "a notice's scopes are of its campaign's organization",
        """
        SELECT count(*) FROM campaigns_consentnotice_scopes ns
        JOIN campaigns_consentnotice n ON n.id = ns.consentnotice_id
        JOIN campaigns_campaign c ON c.id = n.campaign_id
        JOIN campaigns_mailscope scope ON scope.id = ns.mailscope_id
        WHERE c.organization_id <> scope.organization_id
        """,
    ),
)
