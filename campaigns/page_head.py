"""What the head of a campaign's page says to search engines, feed readers and shared links."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urljoin

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext

from campaigns.models import Campaign, Statement
from campaigns.share_image import HEIGHT, WIDTH, share_image_url
from campaigns.structured_data import json_ld
from campaigns.text.footnotes import Note

DESCRIPTION = 200


@dataclass(frozen=True)
class ShareImage:
    """A picture for the card of a shared link; `url` is a full address."""

    url: str
    width: int
    height: int
    alt: str


@dataclass(frozen=True)
class PageHead:
    """Addresses are full ones. `editions` holds one edition, the own, where there is no other."""

    title: str
    description: str
    image: ShareImage
    feed_url: str
    editions: list[Campaign]
    json_ld: SafeString


def head_of(
    campaign: Campaign,
    *,
    statement: Statement | None,
    editions: list[Campaign],
    notes: Iterable[Note],
    counted: int,
) -> PageHead:
    """The head of an edition's page, in the language that is active.

    `notes` are those of all texts on the page, in order; each source is cited once.
    """
    image = _image(campaign)
    sources = {note.source.key: note.source for note in notes}
    return PageHead(
        title=campaign.share_title or _title(campaign),
        description=campaign.share_text or _shortened(statement),
        image=image,
        feed_url=settings.SITE_URL + reverse("campaign-feed", args=[campaign.slug]),
        editions=editions,
        json_ld=json_ld(
            campaign,
            statement=statement,
            sources=sources.values(),
            editions=editions,
            counted=counted,
            image=image.url,
        ),
    )


def _title(campaign: Campaign) -> str:
    if not campaign.is_open:
        return campaign.headline
    return gettext("Sign the petition: %(headline)s") % {"headline": campaign.headline}


def _shortened(statement: Statement | None) -> str:
    return Truncator(statement.text if statement else "").chars(DESCRIPTION)


def _image(campaign: Campaign) -> ShareImage:
    """The campaign's own picture, else the poster that we draw."""
    if own := campaign.image:
        url = urljoin(settings.SITE_URL + "/", own.url)
        return ShareImage(url, own.width, own.height, own.alt)
    url = settings.SITE_URL + share_image_url(campaign)
    return ShareImage(url, WIDTH, HEIGHT, campaign.headline)
