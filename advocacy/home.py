"""The home page: the petitions that can be signed now."""

from django.conf import settings
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from campaigns.models import Campaign, Statement
from campaigns.styling import stylesheet_url
from signatures.page_cache import pages
from signatures.views.public import honest_when_away, serve

MOST = 50


@require_safe
@honest_when_away
def home(request: HttpRequest) -> HttpResponse:
    """The newest open campaigns; the same bytes for everyone."""
    page = pages.get("home", _render)
    assert page is not None
    return serve(request, page)


def _render() -> tuple[bytes, str]:
    campaigns = list(
        Campaign.objects.open()
        .select_related("organization")
        .annotate(
            count=Coalesce("tally__counted", 0),
            statement_text=Subquery(
                Statement.objects.filter(campaign=OuterRef("pk"))
                .order_by("-version")
                .values("text")[:1]
            ),
        )
        .order_by("-published_at")[:MOST]
    )
    organizations = {campaign.organization for campaign in campaigns}
    organization = organizations.pop() if len(organizations) == 1 else None
    html = render_to_string(
        "advocacy/home.html",
        {
            "organization": organization,
            "stylesheet_url": stylesheet_url(organization),
            "site_url": settings.SITE_URL,
            "campaigns": campaigns,
        },
    )
    return html.encode(), "text/html; charset=utf-8"
