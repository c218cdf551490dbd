"""Stateless tokens for links in mail: a purpose, row ids and a MAC of 128 bits.

A token is `<key id>-<base64url>` of: one byte of the purpose's hash, one byte of length, the
expiry and the ids as variable-length integers, and 16 bytes of HMAC-SHA256 over all that. It holds
no personal data and needs no table. A token of one purpose is worth nothing for another.
"""

import binascii
import hashlib
import hmac
import re
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from enum import StrEnum
from functools import lru_cache

from postroom.keys import Keys, link_keys, sign

_MAC = 16
_LONGEST = 300
_TOKEN = re.compile(r"\s*([A-Za-z0-9]+)-([A-Za-z0-9_-]*)")


class Reason(StrEnum):
    """Why a token is not taken, for the page that helps. It reveals nothing about any row."""

    TRUNCATED = "truncated"
    FORGED = "forged"
    OTHER_PURPOSE = "other purpose"
    EXPIRED = "expired"


class BadToken(ValueError):
    """The token is not one of ours for this purpose."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


def make_token(
    purpose: str, *ids: int, expires: float | None = None, keys: Keys | None = None
) -> str:
    """A token for a path: letters, digits, `-` and `_`. Ids are 0 or more.

    `expires` is a Unix time in seconds; without it the token is good as long as its key.
    """
    kid, secret = next(iter((keys or link_keys()).items()))
    payload = _varints(int(expires or 0), *ids)
    body = bytes((_tag(purpose), 2 + len(payload) + _MAC)) + payload
    return f"{kid}-{_encode(body + sign(secret, purpose, body)[:_MAC])}"


def read_token(purpose: str, token: str, *, keys: Keys | None = None) -> tuple[int, ...]:
    """The ids of a token of this purpose.

    What mail programs leave behind it is ignored: a dot, a bracket, `=3D`, `&utm_source=…`.

    Raises BadToken.
    """
    found = _TOKEN.match(token) if len(token) <= _LONGEST else None
    if found is None:
        raise BadToken(Reason.TRUNCATED if len(token) < _MAC else Reason.FORGED)
    kid, encoded = found.groups()
    raw = _decode(encoded)
    if len(raw) < 2 or len(raw) < raw[1]:
        raise BadToken(Reason.TRUNCATED)
    if raw[0] != _tag(purpose):
        raise BadToken(Reason.OTHER_PURPOSE)
    body, mac = raw[:-_MAC], raw[-_MAC:]
    secret = (keys or link_keys()).get(kid)
    # Base64 has spare bits at the end: only the spelling that was sent out is taken.
    if secret is None or len(raw) != raw[1] or _encode(raw) != encoded:
        raise BadToken(Reason.FORGED)
    if not hmac.compare_digest(mac, sign(secret, purpose, body)[:_MAC]):
        raise BadToken(Reason.FORGED)
    expires, *ids = _integers(body[2:])
    if expires and expires < time.time():
        raise BadToken(Reason.EXPIRED)
    return tuple(ids)


@lru_cache(maxsize=64)
def _tag(purpose: str) -> int:
    """Only tells a strayed link from a forged one; the MAC is what binds the purpose."""
    return hashlib.sha256(purpose.encode()).digest()[0]


def _encode(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def _decode(encoded: str) -> bytes:
    whole = encoded if len(encoded) % 4 != 1 else encoded[:-1]
    try:
        return urlsafe_b64decode(whole + "=" * (-len(whole) % 4))
    except binascii.Error:
        raise BadToken(Reason.FORGED) from None


def _varints(*numbers: int) -> bytes:
    """Seven bits a byte, the lowest first; the high bit says that more of the number follow."""
    out = bytearray()
    for number in numbers:
        if number < 0:
            raise ValueError("ids are not negative")
        while number > 0x7F:
            out.append(number & 0x7F | 0x80)
            number >>= 7
        out.append(number)
    return bytes(out)


def _integers(payload: bytes) -> Iterator[int]:
    number = shift = 0
    for byte in payload:
        number |= (byte & 0x7F) << shift
        shift += 7
        if byte <= 0x7F:
            yield number
            number = shift = 0
