"""Looks for an archived copy of a source at the Internet Archive's availability service."""

import json
from datetime import date
from urllib.parse import urlencode, urlsplit, urlunsplit

from campaigns.source_health.fetching import Fetcher

AVAILABILITY = "https://archive.org/wayback/available"
COPIES = "web.archive.org"
MOST_BYTES = 64 * 1024
MAX_URL = 2000


def find_copy(url: str, *, near: date | None, fetcher: Fetcher, service: str = AVAILABILITY) -> str:
    """The address of the copy taken nearest to a day (None: the newest); empty when none is known.

    The answer is a stranger's: only an address of the archive itself is taken from it.
    """
    wanted = {"url": url} | ({"timestamp": f"{near:%Y%m%d}"} if near else {})
    answer = fetcher.read(f"{AVAILABILITY}?{urlencode(wanted)}", most=MOST_BYTES)
    if answer.status != 200:
        return ""
    try:
        closest = json.loads(answer.body)["archived_snapshots"]["closest"]
        return _copy_at(closest["url"]) if closest["available"] else ""
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return ""


def _copy_at(address: str) -> str:
    """`address` over https when it is a copy that the archive keeps, else empty."""
    parts = urlsplit(address)
    is_copy = parts.netloc in (COPIES, f"{COPIES}:80") and parts.path.startswith("/web/")
    if not is_copy or len(address) > MAX_URL or not address.isprintable() or " " in address:
        return ""
    return urlunsplit(parts._replace(scheme="https", netloc=COPIES))
