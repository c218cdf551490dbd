"""The picture of a shared link."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from campaigns.editions import edition_at
from campaigns.models import Campaign
from campaigns.share_image import card_of, digest, draw
from campaigns.views.styles import YEAR


@require_safe
def share_image_page(request: HttpRequest, slug: str, version: str) -> HttpResponse:
    """The card of a campaign as a PNG, kept for ever under its own digest.

    A link that was shared before a change asks for an older digest: it gets today's card, kept for
    an hour.
    """
    campaigns = Campaign.objects.public().select_related("organization", "tally")
    campaign = edition_at(slug, campaigns)
    if campaign is None or campaign.state == Campaign.State.WITHDRAWN:
        raise Http404
    card = card_of(campaign)
    response = HttpResponse(draw(card), content_type="image/png")
    lifetime = f"max-age={YEAR}, immutable" if version == digest(card) else "max-age=3600"
    response.headers["Cache-Control"] = f"public, {lifetime}"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
