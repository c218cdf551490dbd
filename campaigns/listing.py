"""Lists of campaigns: what can be signed now, what was won, what came before.

No list goes on to a second page: each has a length, and says when there is more.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import (
    Case,
    Count,
    F,
    OrderBy,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    When,
)
from django.db.models.functions import Coalesce
from django.utils import timezone

from campaigns.documents import Document, page
from campaigns.models import Campaign, Organization, Statement, Topic, Translation

OPEN, WON, EARLIER, TOPICS = 60, 12, 30, 40
# A petition that closes this soon comes before newer ones.
SOON = timedelta(days=7)

_EARLIER = [Campaign.State.CLOSED, Campaign.State.DELIVERED, Campaign.State.LOST]


@dataclass(frozen=True)
class Listing:
    """Three short lists; `open_in_all` is how many are open, listed or not."""

    open: list[Campaign]
    open_in_all: int
    won: list[Campaign]
    earlier: list[Campaign]

    def __bool__(self) -> bool:
        return bool(self.open or self.won or self.earlier)


def list_campaigns(campaigns: QuerySet[Campaign]) -> Listing:
    """The campaigns in order: those that close soon, then the newest; victories; earlier ones.

    Each has `count`, `statement_text` and its published `translations`.
    """
    soon = timezone.now() + SOON
    shown = _shown(campaigns)
    opened = shown.filter(state=Campaign.State.OPEN).order_by(
        Case(When(closes_at__lte=soon, then=F("closes_at"))).asc(nulls_last=True),
        "-published_at",
    )
    return Listing(
        open=list(opened[:OPEN]),
        open_in_all=campaigns.filter(state=Campaign.State.OPEN).count(),
        won=list(shown.filter(state=Campaign.State.WON).order_by(*_newest_end())[:WON]),
        earlier=list(shown.filter(state__in=_EARLIER).order_by(*_newest_end())[:EARLIER]),
    )


def organization_page(slug: str) -> Document | None:
    """The page of an organization: all that it asks, has won and has asked."""
    organization = Organization.objects.filter(slug=slug).first()
    if organization is None:
        return None
    listing = list_campaigns(organization.campaigns.all())
    context = {"listing": listing, "topics": _topics(organization)}
    return page("campaigns/organization.html", context, organization=organization)


def topic_page(slug: str, topic: str) -> Document | None:
    """The page of one topic of an organization; None as long as it has no public campaign."""
    found = (
        Topic.objects.filter(organization__slug=slug, slug=topic)
        .select_related("organization")
        .first()
    )
    listing = found and list_campaigns(found.campaigns.all())
    if not found or not listing:
        return None
    context = {"topic": found, "listing": listing, "topics": _topics(found.organization)}
    return page("campaigns/topic.html", context, organization=found.organization)


def _shown(campaigns: QuerySet[Campaign]) -> QuerySet[Campaign]:
    newest_statement = Statement.objects.filter(campaign=OuterRef("pk"), language="")
    return (
        campaigns.select_related("organization")
        .annotate(
            count=Coalesce("tally__counted", 0),
            statement_text=Subquery(newest_statement.order_by("-version").values("text")[:1]),
        )
        .defer("body")
        .prefetch_related(Prefetch("translations", queryset=Translation.objects.published()))
    )


def _newest_end() -> tuple[OrderBy | str, ...]:
    return Coalesce("ended_at", "delivered_at", "closed_at").desc(nulls_last=True), "-pk"


def _topics(organization: Organization) -> list[Topic]:
    """Topics with something to sign, the busiest first."""
    opened = Count("campaigns", filter=Q(campaigns__state=Campaign.State.OPEN))
    topics = organization.topics.annotate(open=opened).filter(open__gt=0)
    return list(topics.order_by("-open", "name")[:TOPICS])
