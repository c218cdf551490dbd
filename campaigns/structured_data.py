"""What machines read of a campaign's page: JSON-LD in the words of schema.org, sources included."""

import json
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString

from campaigns.models import Campaign, Organization, Statement
from campaigns.text.footnotes import Cited

# Nothing in the block may end it, or begin markup of its own.
_ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


def json_ld(
    campaign: Campaign,
    *,
    statement: Statement | None,
    sources: Iterable[Cited],
    editions: Iterable[Campaign],
    counted: int,
    image: str,
) -> SafeString:
    """The data block of an edition's page, ready to stand in a script element.

    `sources` in the order of their notes, each once; `image` is a full address.
    """
    publisher = _publisher(campaign.organization)
    others = [one.public_url for one in editions if one.edition != campaign.edition]
    page = _filled(
        {
            "@context": "https://schema.org",
            "@type": "WebPage",
            "@id": campaign.public_url,
            "url": campaign.public_url,
            "name": campaign.headline,
            "inLanguage": campaign.language,
            "datePublished": _day(campaign.published_at),
            "dateModified": _day(campaign.updated_at),
            "image": image,
            "publisher": publisher,
            "workTranslation": [{"@type": "WebPage", "@id": address} for address in others],
            "mainEntity": _petition(campaign, publisher, statement, sources, counted),
        }
    )
    return SafeString(json.dumps(page, ensure_ascii=False).translate(_ESCAPES))


def _publisher(organization: Organization) -> dict[str, Any]:
    return _filled(
        {
            "@type": "Organization",
            "name": organization.name,
            "url": settings.SITE_URL + reverse("organization-page", args=[organization.slug]),
        }
    )


def _petition(
    campaign: Campaign,
    publisher: dict[str, Any],
    statement: Statement | None,
    sources: Iterable[Cited],
    counted: int,
) -> dict[str, Any]:
    targets = [{"@type": "Audience", "name": str(target)} for target in campaign.shown_targets]
    return _filled(
        {
            "@type": "CreativeWork",
            "@id": f"{campaign.public_url}#petition",
            "genre": "petition",
            "name": campaign.headline,
            "text": statement.text if statement else "",
            "inLanguage": campaign.language,
            "datePublished": _day(campaign.published_at),
            "publisher": publisher,
            "audience": targets,
            "citation": [citation(source) for source in sources],
            "interactionStatistic": {
                "@type": "InteractionCounter",
                "interactionType": "https://schema.org/EndorseAction",
                "userInteractionCount": counted,
            },
        }
    )


def citation(source: Cited) -> dict[str, Any]:
    """One source as a schema.org CreativeWork. The date is as precise as it is known."""
    return _filled(
        {
            "@type": "CreativeWork",
            "name": source.title,
            "author": source.author,
            "publisher": source.publisher and {"@type": "Organization", "name": source.publisher},
            "datePublished": _known_date(source),
            "url": source.url,
            "archivedAt": source.archive_url,
        }
    )


def _known_date(source: Cited) -> str:
    """`2018-05-22`, `2018-05` or `2018`."""
    if source.published_on is None:
        return ""
    digits = {"year": 4, "month": 7, "day": 10}[source.date_precision]
    return source.published_on.isoformat()[:digits]


def _day(when: Any) -> str:
    return when.date().isoformat() if when else ""


def _filled(values: dict[str, Any]) -> dict[str, Any]:
    """Without what there is not."""
    return {key: value for key, value in values.items() if value not in ("", [], None)}
