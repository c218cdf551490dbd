"""The rule in SQL, and what it asks of one mailing.

Standing consent to the mailing's scope; of these, where the mailing is for the signers of a
campaign, its counted signers; minus everyone who muted all it speaks of, minus suppressed
addresses, minus those who got the same news by another mailing.
"""

from typing import Any

from mailings.models import Mailing

# `s` is a subscription, `p` its supporter.
RULE = """
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

LIVE = """
FROM signatures_subscription s JOIN signatures_supporter p ON p.id = s.supporter_id
WHERE s.scope_id = %(scope)s AND s.unsubscribed_at IS NULL
    AND (s.rests_until IS NULL OR s.rests_until <= now())
"""


def parameters_of(mailing: Mailing) -> dict[str, Any]:
    """What the rule asks of one mailing."""
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


def take_time(cursor: Any) -> None:
    """Millions of rows need more than the few seconds that a page may take."""
    cursor.execute("SET LOCAL statement_timeout = '2min'")
