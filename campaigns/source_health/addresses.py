"""Which addresses this server may ask: pages of the public web, never a neighbour (T14)."""

import ipaddress
import re
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, urlsplit

import idna

MAX_URL = 2000
DEFAULT_PORTS = {"http": 80, "https": 443}
PORTS = frozenset(DEFAULT_PORTS.values())

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

# Browsers read a host whose last label looks like a number as an IPv4 address: 0x7f.1, 2130706433.
_ENDS_IN_A_NUMBER = re.compile(r"(?:.*\.)?(?:[0-9]+|0[xX][0-9A-Fa-f]*)\.?", re.DOTALL)
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_LOCAL_NAMES = ("localhost", "local", "internal", "arpa", "onion", "test", "invalid")

_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
# Global by the register or by an older Python, and yet no place of a public web server.
_NOT_PUBLIC = [
    ipaddress.ip_network(network)
    for network in (
        "192.0.0.0/24",  # protocol assignments
        "192.88.99.0/24",  # relays of 6to4
        "2001::/23",  # Teredo and other protocol assignments
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: an IPv4 address in disguise
        "3fff::/20",  # documentation
    )
]


class NotAllowed(ValueError):
    """An address that this server does not ask; the message says which rule it broke."""


@dataclass(frozen=True)
class Location:
    """A page on the public web, taken apart; `host` is in ASCII, an IP address or a full name."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def is_https(self) -> bool:
        return self.scheme == "https"


def locate(url: str, *, ports: Collection[int] = PORTS) -> Location:
    """`url` taken apart. Raises `NotAllowed` for all that is no plain page of the public web.

    No look-up is made here: a name may still lead to a neighbour, see `is_public`.
    """
    if len(url) > MAX_URL:
        raise NotAllowed("longer than any address needs to be")
    if re.search(r"[\x00-\x20\x7f\\]", url):
        raise NotAllowed("holds spaces, control characters or backslashes")
    try:
        parts = urlsplit(url)
        port = parts.port or DEFAULT_PORTS.get(parts.scheme, 0)
    except ValueError as error:
        raise NotAllowed("cannot be read") from error
    if parts.scheme not in DEFAULT_PORTS:
        raise NotAllowed("neither http nor https")
    if "@" in parts.netloc:
        raise NotAllowed("holds a user name")
    if port not in ports:
        raise NotAllowed("leads to an unusual port")
    return Location(parts.scheme, _host(parts.hostname or ""), port, _path(parts))


def _host(host: str) -> str:
    """The host in ASCII: `bücher.example` becomes `xn--bcher-kva.example`."""
    if ":" in host:
        return str(_literal(host))
    try:
        ascii_host = idna.encode(host, uts46=True).decode() if not host.isascii() else host
    except (idna.IDNAError, UnicodeError) as error:
        raise NotAllowed("has no valid host") from error
    ascii_host = ascii_host.lower().removesuffix(".")
    if _ENDS_IN_A_NUMBER.fullmatch(ascii_host):
        return str(_literal(ascii_host))
    labels = ascii_host.split(".")
    if len(ascii_host) > 253 or not all(map(_LABEL.fullmatch, labels)):
        raise NotAllowed("has no valid host")
    if len(labels) < 2 or labels[-1] in _LOCAL_NAMES:
        raise NotAllowed("names a host of a private network")
    return ascii_host


def _literal(host: str) -> IPAddress:
    """The IP address that `host` is. Octal, hexadecimal and shortened forms are refused."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError as error:
        raise NotAllowed("has a number for a host") from error
    if "%" in host:
        raise NotAllowed("names a network interface")
    if not is_public(address):
        raise NotAllowed("leads into a private network")
    return address


def _path(parts: SplitResult) -> str:
    """Path and query as they go on the wire; what is not ASCII is percent-encoded as UTF-8."""
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return quote(path, safe="!#$%&'()*+,/:;=?@[]~", errors="replace")


def is_public(address: IPAddress) -> bool:
    """Whether a public web server may stand at `address`.

    Of IPv6 only global unicast is (RFC 4291), which leaves out mapped IPv4 and NAT64.
    """
    if address.is_multicast or not address.is_global:
        return False
    if isinstance(address, ipaddress.IPv6Address) and address not in _GLOBAL_UNICAST:
        return False
    return not any(address in network for network in _NOT_PUBLIC)
