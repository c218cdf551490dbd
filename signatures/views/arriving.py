"""How a visitor came, as the address of the page says after its question mark."""

import re

from django.http import HttpRequest

from campaigns.models import Campaign
from signatures.sharing import sharer_of

_NOT_IN_CODE = re.compile(r"[^A-Za-z0-9_.~-]")
LONGEST_SOURCE = 64


def source_in(request: HttpRequest) -> str:
    """The code in `?source=`, without what no code holds; empty for none."""
    return _NOT_IN_CODE.sub("", request.GET.get("source", "")[:200])[:LONGEST_SOURCE]


def sharer_in(request: HttpRequest, campaign: Campaign) -> int | None:
    """The signature whose shared link `?s=` is; None for none, and for one of another campaign."""
    return sharer_of(request.GET.get("s", ""), campaign_id=campaign.pk)
