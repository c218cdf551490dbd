"""How a visitor came, as the address says after its question mark, and whether anybody did."""

import re

from django.http import HttpRequest

from campaigns.models import Campaign
from signatures.sharing import sharer_of

_NOT_IN_CODE = re.compile(r"[^A-Za-z0-9_.~-]")
LONGEST_SOURCE = 64
# How browsers say that nobody looks yet: by the Fetch standard, and before there was one.
_PURPOSE = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")


def source_in(request: HttpRequest) -> str:
    """The code in `?source=`, without what no code holds; empty for none."""
    return _NOT_IN_CODE.sub("", request.GET.get("source", "")[:200])[:LONGEST_SOURCE]


def sharer_in(request: HttpRequest, campaign: Campaign) -> int | None:
    """The signature whose shared link `?s=` is; None for none, and for one of another campaign."""
    return sharer_of(request.GET.get("s", ""), campaign_id=campaign.pk)


def is_by_a_reader(request: HttpRequest) -> bool:
    """Whether somebody looks at the answer, as far as the request says.

    Not so for HEAD, nor for what a browser fetches beforehand, for a visit that may never come.
    """
    said = " ".join(request.headers.get(field, "") for field in _PURPOSE).lower()
    return request.method != "HEAD" and "prefetch" not in said and "preview" not in said
