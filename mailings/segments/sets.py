"""What each condition means in the database: a set of people in SQL.

Everything that a condition names is looked up among what its organization owns, and only what
happened with that organization is seen.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from campaigns.models import Campaign, CustomField, MailScope, Organization
from mailings.models import Mailing
from mailings.segments.people import Demand, People
from mailings.segments.rules import BadRules, Rules
from signatures.models import Tag

# What stands in the rows of a person of whom the server has accepted a mail, as far as is known.
GOT = (3, 7, 8, 10)


def demands_of(rules: Rules, scope: MailScope) -> Iterator[Demand]:
    """What the rules demand of whoever gets mail of this scope, one for each requirement.

    Raises BadRules when they name something that its organization does not have (any more).
    """
    own = Own(scope.organization, scope)
    number = 0
    for requirement in rules.requirements:
        within: list[People] = []
        outside: list[People] = []
        for condition in requirement:
            people = _SETS[condition.kind.key](own, **condition.values).renamed(f"c{number}_")
            (outside if condition.negated else within).append(people)
            number += 1
        yield Demand("segment", tuple(within), tuple(outside))


@dataclass(frozen=True)
class Own:
    """What an organization owns, as far as conditions may name it; `mail` is what is to go out."""

    organization: Organization
    mail: MailScope | None = None

    @cached_property
    def campaigns(self) -> list[int]:
        """Ids of all its campaigns."""
        return list(self._of(Campaign).values_list("pk", flat=True))

    def campaign(self, pk: int) -> Campaign:
        """One of its campaigns. Raises BadRules; so do those below."""
        return self._one(self._of(Campaign), pk, _("a campaign"))

    def scope(self, pk: int) -> MailScope:
        return self._one(self._of(MailScope), pk, _("a kind of mail"))

    def mailing(self, pk: int) -> Mailing:
        return self._one(self._of(Mailing), pk, _("a mailing"))

    def tag(self, pk: int) -> Tag:
        return self._one(self._of(Tag), pk, _("a tag"))

    def question(self, pk: int) -> CustomField:
        questions = CustomField.objects.filter(campaign__organization=self.organization)
        return self._one(questions, pk, _("a question"))

    def _of(self, model: Any) -> Any:
        return model.objects.filter(organization=self.organization)

    def _one(self, rows: Any, pk: int, what: str) -> Any:
        found = rows.filter(pk=pk).first()
        if found is None:
            raise BadRules(_("The segment names %s that is there no more: edit it.") % what)
        return found


_COUNTED = "signatures_signature g WHERE g.state = 'counted' AND "


def _signed(own: Own, campaign: int) -> People:
    chosen = {"campaign": own.campaign(campaign).pk}
    return People(_COUNTED + "g.campaign_id = %(campaign)s", "g.supporter_id", chosen)


def _agreed(own: Own, scope: int) -> People:
    return People(
        "signatures_subscription t WHERE t.scope_id = %(kind)s AND t.unsubscribed_at IS NULL",
        "t.supporter_id",
        {"kind": own.scope(scope).pk},
    )


def _joined(own: Own, date: str) -> People:
    """Whose standing consent to this kind of mail began after that day, in UTC."""
    return People(
        "signatures_subscription t WHERE t.scope_id = %(kind)s"
        " AND t.unsubscribed_at IS NULL AND t.subscribed_at >= %(since)s",
        "t.supporter_id",
        {"kind": own.mail and own.mail.pk, "since": _after(date)},
    )


def _after(day: str) -> datetime:
    return datetime.combine(
        date.fromisoformat(day) + timedelta(days=1), datetime.min.time(), tzinfo=UTC
    )


def _active(own: Own, times: int, days: int) -> People:
    return People(
        _COUNTED + "g.campaign_id = ANY(%(own)s)"
        " AND g.counted_at > now() - make_interval(days => %(days)s)",
        "g.supporter_id",
        {"own": own.campaigns, "days": days, "times": times},
        having="count(*) >= %(times)s",
    )


def _source(own: Own, code: str) -> People:
    return People(
        _COUNTED + "g.campaign_id = ANY(%(own)s) AND g.referrer_code = %(code)s",
        "g.supporter_id",
        {"own": own.campaigns, "code": code},
    )


# What they wrote in its own signatures: what stands with the person may be what another
# organization asked for.
_GAVE = _COUNTED + "g.country = %(country)s AND g.country <> '' AND g.campaign_id = ANY(%(own)s)"


def _country(own: Own, country: str) -> People:
    return People(_GAVE, "g.supporter_id", {"country": country, "own": own.campaigns})


def _region(own: Own, country: str, prefixes: list[str]) -> People:
    return People(
        _GAVE + " AND upper(g.postal_code) ^@ ANY(%(prefixes)s)",
        "g.supporter_id",
        {"country": country, "own": own.campaigns, "prefixes": prefixes},
    )


def _language(own: Own, language: str) -> People:
    in_it = Campaign.objects.filter(organization=own.organization, language=language)
    return People(
        _COUNTED + "g.campaign_id = ANY(%(in_it)s)",
        "g.supporter_id",
        {"in_it": list(in_it.values_list("pk", flat=True))},
    )


def _got(own: Own, mailing: int) -> People:
    return People(
        "mailings_recipient r WHERE r.mailing_id = %(mailing)s AND r.status = ANY(%(got)s)",
        "r.supporter_id",
        {"mailing": own.mailing(mailing).pk, "got": list(GOT)},
    )


def _tagged(own: Own, tag: int) -> People:
    return People(
        "signatures_taggedsupporter t WHERE t.tag_id = %(tag)s",
        "t.supporter_id",
        {"tag": own.tag(tag).pk},
    )


def _answered(own: Own, question: int, answer: str) -> People:
    asked = own.question(question)
    return People(
        _COUNTED + "g.campaign_id = %(campaign)s"
        " AND lower(g.answers ->> %(question)s) = lower(%(answer)s)",
        "g.supporter_id",
        {"campaign": asked.campaign_id, "question": asked.key, "answer": answer},
    )


_SETS: dict[str, Callable[..., People]] = {
    "signed": _signed,
    "agreed": _agreed,
    "joined": _joined,
    "active": _active,
    "source": _source,
    "country": _country,
    "region": _region,
    "language": _language,
    "got": _got,
    "tagged": _tagged,
    "answered": _answered,
}
