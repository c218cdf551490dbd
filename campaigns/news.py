"""An update at an address of its own: the same words and notes as on the campaign's page."""

import re

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from campaigns.documents import Document, Gone
from campaigns.editions import edition_at, update_in
from campaigns.models import Campaign, Update
from campaigns.styling import stylesheet_url
from campaigns.text.rendering import render_page

_NUMBER = re.compile(r"[1-9][0-9]{0,17}")


def update_page(slug: str, number: str) -> Document | None:
    """The page of one published update, round it the words of the campaign's edition at `slug`.

    None where there is none. Raises `Gone` once the campaign is withdrawn.
    """
    campaigns = Campaign.objects.public().select_related("organization__logo")
    campaign = edition_at(slug, campaigns.prefetch_related("sources"))
    if campaign is None or not _NUMBER.fullmatch(number):
        return None
    if campaign.state == Campaign.State.WITHDRAWN:
        raise Gone
    published = Update.objects.published().select_related("campaign").prefetch_related("texts")
    update = published.filter(campaign=campaign.pk, pk=int(number)).first()
    if update is None:
        return None
    update = update_in(update, campaign.language)
    with translation.override(campaign.language):
        html = render_to_string("campaigns/update.html", _context(campaign, update))
    return html.encode(), "text/html; charset=utf-8"


def _context(campaign: Campaign, update: Update) -> dict[str, object]:
    return {
        "campaign": campaign,
        "organization": campaign.organization,
        "stylesheet_url": stylesheet_url(campaign.organization),
        "site_url": settings.SITE_URL,
        "update": update,
        "address": update.address_on(campaign),
        "rendered": render_page(
            update.body,
            sources=list(campaign.sources.all()),
            ask=campaign.ask,
            ask_url=f"{campaign.get_absolute_url()}#sign",
            prefix=f"{update.anchor}-",
        ),
    }
