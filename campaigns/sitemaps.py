"""What search engines may read: robots.txt and the sitemaps that it names (sitemaps.org, hreflang).

The index names parts of a fixed range of campaigns each, so that no part grows without end and none
changes when a campaign is added to another.
"""

from django.conf import settings
from django.db.models import Exists, F, Max, OuterRef, Prefetch, QuerySet
from django.db.models.functions import Coalesce, Greatest
from django.template.loader import render_to_string

from campaigns.documents import Document
from campaigns.models import Campaign, Organization, Topic, Translation, Update

RANGE = 1000
ORGANIZATIONS = 10_000
XML = "application/xml; charset=utf-8"


def robots() -> Document:
    """Everything but the admin, and pages that belong to one person."""
    text = render_to_string("campaigns/robots.txt", {"site_url": settings.SITE_URL})
    return text.encode(), "text/plain; charset=utf-8"


def sitemap_index() -> Document:
    """The parts of the sitemap: one of lists, one for each thousand campaigns."""
    ranges = _listed().order_by().values_list(F("pk") / RANGE, flat=True).distinct()
    names = ["lists", *sorted(ranges)]
    return _xml("campaigns/sitemap_index.xml", {"names": names})


def sitemap_of_lists() -> Document:
    """The home page, and those of organizations and topics that have a campaign."""
    has_campaign = _listed().order_by().filter(organization=OuterRef("pk"))
    organizations = Organization.objects.filter(Exists(has_campaign))[:ORGANIZATIONS]
    topics = Topic.objects.filter(campaigns__in=_listed().order_by()).distinct()
    topics = topics.select_related("organization")[:ORGANIZATIONS]
    return _xml(
        "campaigns/sitemap_of_lists.xml", {"organizations": organizations, "topics": topics}
    )


def sitemap_of_campaigns(number: str) -> Document | None:
    """The campaigns of one range with the addresses of all their languages."""
    first = int(number) * RANGE
    newest_update = Update.objects.published().filter(campaign=OuterRef("pk")).order_by()
    campaigns = (
        _listed()
        .filter(pk__gte=first, pk__lt=first + RANGE)
        .annotate(
            changed_at=Greatest(
                "updated_at",
                Coalesce(
                    newest_update.values("campaign").annotate(at=Max("published_at")).values("at"),
                    "updated_at",
                ),
            )
        )
        .prefetch_related(Prefetch("translations", queryset=Translation.objects.published()))
        .order_by("pk")
    )
    return _xml("campaigns/sitemap.xml", {"campaigns": campaigns}) if campaigns else None


def _listed() -> QuerySet[Campaign]:
    return Campaign.objects.public().exclude(state=Campaign.State.WITHDRAWN).defer("body")


def _xml(template: str, context: dict[str, object]) -> Document:
    context["site_url"] = settings.SITE_URL
    return render_to_string(template, context).strip().encode(), XML
