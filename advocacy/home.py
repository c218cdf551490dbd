"""The home page: the petitions that can be signed now, and those that were won."""

from campaigns.documents import Document, page
from campaigns.listing import list_campaigns
from campaigns.models import Campaign, Organization

ORGANIZATIONS = 40


def home() -> Document:
    """The campaigns of every organization; where there is only one, in its name."""
    organizations = list(
        Organization.objects.filter(campaigns__in=Campaign.objects.public())
        .distinct()
        .order_by("name")[:ORGANIZATIONS]
    )
    only = organizations[0] if len(organizations) == 1 else None
    context = {
        "listing": list_campaigns(Campaign.objects.all()),
        "organizations": organizations if only is None else [],
    }
    return page("advocacy/home.html", context, organization=only)
