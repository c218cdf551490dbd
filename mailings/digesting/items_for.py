"""Which items of a digest one person gets: those that are news to this very person.

Decided when the audience is frozen, as a bit for each item. Not an item of a campaign that this
person muted; not what they had by another mailing; no campaign to sign that they have signed; no
outcome that the last mail of its campaign told them. An item that is carried over from an earlier
mailing is for those alone who had had enough mail when that one went.
"""

from mailings.models import Mailing
from mailings.statuses import NOT_MAILED, WAITING, kept_back

# Whether the recipient row {row} of some mailing holds the very news that `i` is.
_HOLDS = """
CASE WHEN {row}.items IS NULL THEN EXISTS (
    SELECT FROM mailings_mailing_updates told
    WHERE told.mailing_id = {row}.mailing_id AND told.update_id = i.update_id
) ELSE EXISTS (
    SELECT FROM mailings_digestitem d
    WHERE d.mailing_id = {row}.mailing_id AND {row}.items & (1 << d.position) <> 0
        AND d.campaign_id = i.campaign_id AND d.kind = i.kind AND d.state = i.state
        AND d.update_id IS NOT DISTINCT FROM i.update_id
) END
"""
# Of a recipient `had`: whether a mail left for them, or is still to leave. It is not for who
# waited when a mailing was cancelled.
GOT = f"""(had.status NOT IN {NOT_MAILED} AND NOT (had.status IN {WAITING} AND EXISTS (
    SELECT FROM mailings_mailing gone WHERE gone.id = had.mailing_id AND gone.state = 'cancelled'
)))"""
# Whether somebody was kept back from the news that `i` is, and has not had it since.
STILL_OWED = f"""
EXISTS (
    SELECT FROM mailings_recipient r
    WHERE r.mailing_id = ANY(%(told)s) AND r.seq < 0 AND {kept_back("r")}
        AND {_HOLDS.format(row="r")}
        AND NOT EXISTS (
            SELECT FROM mailings_recipient had WHERE had.supporter_id = r.supporter_id
                AND {GOT} AND {_HOLDS.format(row="had")}
        )
)
"""  # noqa: S608

# `s` is a subscription.
_OF_DIGEST = f"""
SELECT coalesce(sum(1 << i.position), 0)::int AS items FROM mailings_digestitem i
WHERE i.mailing_id = %(mailing)s
    AND NOT EXISTS (
        SELECT FROM signatures_campaignmute q
        WHERE q.supporter_id = s.supporter_id AND q.campaign_id = i.campaign_id
    )
    AND NOT EXISTS (
        SELECT FROM mailings_digestitem d
        JOIN mailings_recipient had
            ON had.mailing_id = d.mailing_id AND had.supporter_id = s.supporter_id
        WHERE d.campaign_id = i.campaign_id AND d.kind = i.kind AND d.state = i.state
            AND d.update_id IS NOT DISTINCT FROM i.update_id AND d.mailing_id <> i.mailing_id
            AND had.items & (1 << d.position) <> 0 AND {GOT}
    )
    AND NOT (i.kind = 'update' AND EXISTS (
        SELECT FROM mailings_mailing_updates told
        JOIN mailings_recipient had
            ON had.mailing_id = told.mailing_id AND had.supporter_id = s.supporter_id
        WHERE told.update_id = i.update_id AND had.items IS NULL AND {GOT}
    ))
    AND NOT (i.kind = 'opened' AND EXISTS (
        SELECT FROM signatures_signature g
        WHERE g.campaign_id = i.campaign_id AND g.supporter_id = s.supporter_id
    ))
    AND NOT (i.carried AND NOT EXISTS (
        SELECT FROM mailings_recipient had
        WHERE had.supporter_id = s.supporter_id AND had.mailing_id <> i.mailing_id
            AND {kept_back("had")} AND {_HOLDS.format(row="had")}
    ))
"""  # noqa: S608
# A condition: whether the recipient `had` of a mailing got the update `told` that is in it.
HAD_ITS_UPDATE = """
(had.items IS NULL OR EXISTS (
    SELECT FROM mailings_digestitem i
    WHERE i.mailing_id = told.mailing_id AND i.update_id = told.update_id
        AND had.items & (1 << i.position) <> 0
))
"""
_OF_OTHERS = "SELECT NULL::int AS items"


def news_of(mailing: Mailing) -> str:
    """A query of the `items` of the subscription `s`: 0 where a digest has nothing new to tell.

    NULL for a mailing of any other kind, which says the same to everyone. `%(mailing)s` is its id.
    """
    return _OF_DIGEST if mailing.kind == Mailing.Kind.DIGEST else _OF_OTHERS
