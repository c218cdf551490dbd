"""Where a request comes from, as a network. No address is stored or written down: only hashes.

Limits count by an IPv4 address or an IPv6 /64, which is what one household or office has. A
signature keeps the hash of the wider /24 or /48, so that a wave can be found again and voided.
The key of the hashes changes every month: from `SECRET_KEY` by HMAC, so nothing has to be kept.
"""

import hashlib
import hmac
import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from django.conf import settings

HASH_BYTES = 16
# Everyone of whom the server does not learn an address shares one network.
NOWHERE = "nowhere"


@dataclass(frozen=True, slots=True)
class Network:
    """Limits count by `narrow` (/32, /64); a signature keeps a hash of `wide` (/24, /48)."""

    narrow: str
    wide: str

    def hash(self, month: date | None = None) -> bytes:
        """16 bytes for the wide network under the key of a month, this one by default."""
        return keyed(self.wide, month)

    def key(self, purpose: str) -> bytes:
        """16 bytes that stand for one thing done from the narrow network, this month."""
        return keyed(f"{purpose} {self.narrow}")

    @property
    def is_ipv6(self) -> bool:
        """Whether it is of the newer kind, where one customer has many networks."""
        return ":" in self.narrow


def network_of(meta: Mapping[str, Any]) -> Network:
    """The network of the visitor whose request has these WSGI variables.

    `TRUSTED_PROXY_COUNT` proxies of our own each appended the address that spoke to them, so that
    many entries from the right are true and whatever stands before them is the visitor's invention.
    With too few entries, or garbage where the true one should be, it is whoever spoke to us.
    """
    spoke = str(meta.get("REMOTE_ADDR") or "")
    proxies = settings.TRUSTED_PROXY_COUNT
    if proxies <= 0:
        return network_at(spoke)
    told = str(meta.get("HTTP_X_FORWARDED_FOR") or "")[-2000:].split(",")
    claimed = told[-proxies] if len(told) >= proxies else ""
    found = network_at(claimed)
    return found if found.narrow != NOWHERE else network_at(spoke)


@lru_cache(maxsize=4096)
def network_at(address: str) -> Network:
    """The network of an address as text; a port and an IPv6 zone beside it are ignored."""
    try:
        parsed = ipaddress.ip_address(_bare(address.strip()))
    except ValueError:
        return Network(NOWHERE, NOWHERE)
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    narrow, wide = (32, 24) if parsed.version == 4 else (64, 48)
    return Network(_prefix(parsed, narrow), _prefix(parsed, wide))


def _bare(address: str) -> str:
    """`192.0.2.1` of `192.0.2.1:4711`, `2001:db8::1` of `[2001:db8::1%eth0]:443`."""
    if address.startswith("["):
        address = address[1:].partition("]")[0]
    elif address.count(":") == 1:
        address = address.partition(":")[0]
    return address.partition("%")[0]


def _prefix(address: ipaddress.IPv4Address | ipaddress.IPv6Address, length: int) -> str:
    return str(ipaddress.ip_network((address, length), strict=False))


def keyed(text: str, month: date | None = None) -> bytes:
    """16 bytes that stand for a text under the key of a month, this one by default."""
    month = month or datetime.now(UTC).date()
    key = _key_of(settings.SECRET_KEY, month.year, month.month)
    return hmac.digest(key, text.encode(), hashlib.sha256)[:HASH_BYTES]


@lru_cache(maxsize=16)
def _key_of(secret: str, year: int, month: int) -> bytes:
    return hmac.digest(secret.encode(), f"networks of {year}-{month:02}".encode(), hashlib.sha256)
