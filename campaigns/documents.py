"""What everybody gets alike: lists, feeds, maps, numbers.

A document is a function of its address alone. It is given no request, so nothing that a visitor
sends can change a byte of it (T18), and one rendering serves all.
"""

from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from campaigns.models import Organization
from campaigns.styling import stylesheet_url

# (bytes to serve, their content type)
Document = tuple[bytes, str]


class Gone(Exception):
    """What stood at this address was withdrawn, and comes back no more."""


def page(template: str, context: dict[str, Any], *, organization: Organization | None) -> Document:
    """An HTML page in the language and the colours of `organization`; None: in the site's own."""
    with translation.override(organization.language if organization else settings.LANGUAGE_CODE):
        html = render_to_string(
            template,
            {
                "organization": organization,
                "stylesheet_url": stylesheet_url(organization),
                "site_url": settings.SITE_URL,
                **context,
            },
        )
    return html.encode(), "text/html; charset=utf-8"
