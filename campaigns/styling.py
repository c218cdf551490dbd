"""One style sheet per organization: the base with the organization's two colours appended.

Its address changes with its content, so a browser may keep it for ever.
"""

import hashlib
from functools import lru_cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.urls import reverse

from campaigns.models import Organization

BASE = "advocacy/public.css"


def stylesheet_url(organization: Organization | None) -> str:
    """Where the style sheet of this organization stands; None: the one in the base colours."""
    organization = organization or Organization()
    signal, link = organization.signal_color, organization.link_color
    _css, digest = stylesheet(signal, link)
    return reverse("stylesheet", args=[signal.lstrip("#"), link.lstrip("#"), digest])


@lru_cache(maxsize=256)
def stylesheet(signal: str, link: str) -> tuple[bytes, str]:
    """(bytes to serve, digest for the address) in the colours given as `#rrggbb`."""
    base = Path(str(finders.find(BASE))).read_bytes()
    css = base + f"\n:root{{--signal:{signal};--link:{link}}}\n".encode()
    return css, hashlib.sha256(css).hexdigest()[:16]
