"""The rule: what is demanded of whoever gets a mailing.

Standing consent to the mailing's scope, in no pause; of these, where the mailing is for the signers
of a campaign, its counted signers, and those in its segment; minus everyone who signed what it asks
to be signed, whatever became of the signature; minus everyone who muted all it speaks of, minus
suppressed addresses, minus those who got the same news by another mailing. Who has had their mails
of the day or of the week waits for a catch-up.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from campaigns.models import MailScope, Organization
from mailings.digesting.items_for import GOT, HAD_ITS_UPDATE
from mailings.models import Mailing, Recipient
from mailings.segments.people import Demand, People
from mailings.segments.rules import Rules
from mailings.segments.sets import demands_of
from mailings.statuses import MAILED, WAITING
from signatures.standing import STANDS

Status = Recipient.Status

# `s` is a subscription.
LIVE = f"signatures_subscription s WHERE s.scope_id = %(scope)s AND {STANDS}"

BLOCKED = Demand(
    "blocked",
    outside=(People("signatures_blockedperson b WHERE true", "b.supporter_id"),),
)


@dataclass(frozen=True)
class Audience:
    """Everyone with a standing consent to `scope` for whom every demand holds.

    With `most` only so many of them: always the same for one `seed`, as far as they are still in.
    """

    scope: int
    demands: tuple[Demand, ...]
    most: int | None = None
    seed: int = 0

    @property
    def values(self) -> dict[str, Any]:
        """What stands for the names in its conditions."""
        given: dict[str, Any] = {"scope": self.scope, "seed": self.seed}
        for demand in self.demands:
            given |= demand.values
        return given

    def holds_for(self, who: str) -> str:
        """A condition: whether every demand holds for the person `who`."""
        return " AND ".join(demand.holds_for(who) for demand in self.demands)


# Where a person stands in the order by which a random part is taken: as good as random, the same
# every time, another for each seed. PostgreSQL keeps this function as it is, for the partitions of
# people's tables hang on it.
LOT = "hashint8extended(s.supporter_id, %(seed)s)"


def audience_of(mailing: Mailing) -> Audience:
    """Who gets the mailing: as it stands now, or stood when it was scheduled.

    Raises mailings.segments.BadRules when its segment speaks of something that is there no more.
    """
    demands = [BLOCKED, *_unless_muted(mailing), *_signers(mailing), *_unless_told(mailing)]
    rules, most = mailing.narrowed()
    if rules:
        demands += demands_of(Rules.read(rules), mailing.scope)
    return Audience(mailing.scope_id, tuple(demands), most, mailing.segment_id or 0)


def audience_of_rules(
    rules: Rules, *, scope: MailScope, most: int | None = None, seed: int = 0
) -> Audience:
    """Who of a scope a segment's rules describe, apart from any mailing. Raises BadRules."""
    demands = (BLOCKED, *demands_of(rules, scope))
    return Audience(scope.pk, demands, most, seed)


def _unless_muted(mailing: Mailing) -> Iterable[Demand]:
    if about := mailing.about():
        muted = People(
            "signatures_campaignmute q WHERE q.campaign_id = ANY(%(about)s)",
            "q.supporter_id",
            {"about": about, "campaigns": len(about)},
            having="count(*) >= %(campaigns)s",
        )
        yield Demand("muted", outside=(muted,))


def _signers(mailing: Mailing) -> Iterable[Demand]:
    if mailing.signers_only:
        yield Demand("signed", within=(signers(mailing.signers_only),))
    if mailing.signers_left_out:
        yield Demand("asked", outside=(_has_answered(mailing.signers_left_out),))


def signers(campaign_id: int) -> People:
    """Whose signature under the campaign counts."""
    return People(
        "signatures_signature g WHERE g.campaign_id = %(signed)s AND g.state = 'counted'",
        "g.supporter_id",
        {"signed": campaign_id},
    )


def _has_answered(campaign_id: int) -> People:
    """Whose name has stood under the campaign, whatever became of the signature."""
    return People(
        "signatures_signature g WHERE g.campaign_id = %(answered)s",
        "g.supporter_id",
        {"answered": campaign_id},
    )


def _unless_told(mailing: Mailing) -> Iterable[Demand]:
    """Not those who had the one update by another mailing; a digest is new to who had a part."""
    if mailing.kind == Mailing.Kind.DIGEST:
        return
    news = mailing.updates.values_list("pk", flat=True).first()
    if news is None:
        return
    told = People(
        "mailings_recipient had JOIN mailings_mailing_updates told USING (mailing_id)"
        " WHERE told.update_id = %(news)s AND had.mailing_id <> %(mailing)s"
        f" AND {GOT} AND {HAD_ITS_UPDATE}",
        "had.supporter_id",
        {"news": news, "mailing": mailing.pk},
    )
    yield Demand("told", outside=(told,))


# What a mail that has left, or may have, counts for; and one that is still to leave: as if now.
_HAD = f"""
mailings_recipient had JOIN mailings_mailing bulk ON bulk.id = had.mailing_id
WHERE had.mailing_id = ANY(%(recent)s) AND (
    had.status IN {MAILED} AND had.done_at > now() - interval '7 days'
    OR had.status IN {WAITING} AND bulk.state <> 'cancelled'
)
"""
_ENOUGH = f"""
count(*) >= %(a_week)s
OR count(*) FILTER (WHERE had.status IN {WAITING} OR had.done_at > now() - interval '1 day')
    >= %(a_day)s
"""
_NO_LIMIT = 2**31 - 1


def capped(mailing: Mailing) -> People:
    """Who has had as many bulk mails of the organization as it lets one person have."""
    organization: Organization = mailing.organization
    recent = Mailing.objects.filter(organization=organization).recent().exclude(pk=mailing.pk)
    a_day, a_week = organization.mails_a_day, organization.mails_a_week
    return People(
        _HAD,
        "had.supporter_id",
        {
            "recent": list(recent.values_list("pk", flat=True)),
            "a_day": _NO_LIMIT if a_day is None else a_day,
            "a_week": _NO_LIMIT if a_week is None else a_week,
        },
        having=_ENOUGH,
    )


def take_time(cursor: Any, limit: str = "2min") -> None:
    """Millions of rows need more than the few seconds that a page may take."""
    cursor.execute("SELECT set_config('statement_timeout', %s, true)", [limit])
