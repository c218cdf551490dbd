"""What must hold in the delivery ledger, as queries that count the rows for which it does not."""

from mailings.statuses import ACCEPTED, DEFERRED, DONE, LEASED, PENDING, WAITING
from signatures.invariants import Invariant

INVARIANTS = [
    Invariant(
        "a mailing goes to a person once",
        """
        SELECT count(*) FROM (
            SELECT 1 FROM mailings_recipient
            GROUP BY mailing_id, supporter_id HAVING count(*) > 1
        ) twice
        """,
    ),
    Invariant(
        "whoever is still to get a mailing is in an open chunk",
        f"""
        SELECT count(*) FROM mailings_recipient r
        JOIN mailings_mailing m ON m.id = r.mailing_id
        WHERE r.status = {PENDING} AND m.state IN ('sending', 'paused', 'sent') AND NOT EXISTS (
            SELECT 1 FROM mailings_chunk c
            WHERE c.mailing_id = r.mailing_id AND c.lane = r.lane AND c.state < {DONE}
                AND r.seq BETWEEN c.lo AND c.hi AND (c.state = {LEASED} OR r.seq > c.cursor)
        )
        """,  # noqa: S608
    ),
    Invariant(
        "whoever is deferred has a time for the next try",
        f"""
        SELECT count(*) FROM mailings_recipient r
        WHERE r.status = {DEFERRED} AND NOT EXISTS (
            SELECT 1 FROM mailings_deferral d
            WHERE d.mailing_id = r.mailing_id AND d.lane = r.lane AND d.seq = r.seq
        )
        """,  # noqa: S608
    ),
    Invariant(
        "a mailing that is sent owes nobody anything",
        f"""
        SELECT count(*) FROM mailings_recipient r
        JOIN mailings_mailing m ON m.id = r.mailing_id
        WHERE m.state = 'sent' AND r.status IN {WAITING}
        """,  # noqa: S608
    ),
    Invariant(
        "nothing is sent after unsubscribing",
        f"""
        SELECT count(*) FROM mailings_recipient r
        JOIN signatures_subscription s ON s.id = r.subscription_id
        WHERE r.status IN {ACCEPTED} AND s.unsubscribed_at < r.done_at - interval '30 minutes'
            AND s.subscribed_at < s.unsubscribed_at
        """,  # noqa: S608
    ),
    Invariant(
        "nothing is sent to a suppressed address",
        f"""
        SELECT count(*) FROM mailings_recipient r
        JOIN signatures_supporter p ON p.id = r.supporter_id
        JOIN signatures_suppression x ON x.email_hash = p.email_hash
        WHERE r.status IN {ACCEPTED} AND x.lifted_at IS NULL
            AND x.created_at < r.done_at - interval '30 minutes'
        """,  # noqa: S608
    ),
    Invariant(
        "a mailing goes out under a kind of mail of its own organization",
        """
        SELECT count(*) FROM mailings_mailing m
        JOIN campaigns_mailscope s ON s.id = m.scope_id
        WHERE s.organization_id <> m.organization_id
        """,
    ),
    Invariant(
        "a mailing speaks of campaigns of its own organization",
        """
        SELECT count(*) FROM mailings_mailing m
        JOIN mailings_mailing_updates mu ON mu.mailing_id = m.id
        JOIN campaigns_update u ON u.id = mu.update_id
        JOIN campaigns_campaign c ON c.id = u.campaign_id
        WHERE c.organization_id <> m.organization_id
        """,
    ),
    Invariant(
        "a mailing that has been scheduled has its content",
        """
        SELECT count(*) FROM mailings_mailing m
        WHERE m.state IN ('scheduled', 'sending', 'paused', 'sent') AND NOT EXISTS (
            SELECT 1 FROM mailings_mailingcontent k WHERE k.mailing_id = m.id AND k.variant = 0
        )
        """,
    ),
    Invariant(
        "whoever gets a digest gets some of its items and nothing that is not in it",
        """
        SELECT count(*) FROM mailings_recipient r
        JOIN LATERAL (
            SELECT coalesce(sum(1 << i.position), 0) AS items FROM mailings_digestitem i
            WHERE i.mailing_id = r.mailing_id
        ) whole ON true
        WHERE r.items IS NOT NULL AND (r.items = 0 OR r.items & ~whole.items::int <> 0)
        """,
    ),
    Invariant(
        "what is tried goes to nobody else before it is decided",
        """
        SELECT count(*) FROM mailings_trial t
        JOIN mailings_chunk c ON c.mailing_id = t.mailing_id
        WHERE t.decided_at IS NULL AND c.variant = 0 AND c.wave > 0 AND c.cursor > 0
        """,
    ),
    Invariant(
        "a welcome belongs to a step of its own scope",
        """
        SELECT count(*) FROM mailings_mailing m
        LEFT JOIN mailings_welcomestep w ON w.mailing_id = m.id
        WHERE m.kind = 'welcome' AND w.scope_id IS DISTINCT FROM m.scope_id
        """,
    ),
]
