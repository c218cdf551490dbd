"""The keys that sign what comes back to us by mail: links, message ids and envelope senders."""

import hmac
from collections.abc import Mapping
from functools import lru_cache

from django.conf import settings

Keys = Mapping[str, str]


def link_keys() -> Keys:
    """`LINK_KEYS`: key id to secret. The first signs, all are read, so that keys can rotate."""
    keys: Keys = settings.LINK_KEYS
    return keys


def sign(secret: str, purpose: str, data: bytes) -> bytes:
    """HMAC-SHA256 of `data`, under a key of its own for each purpose (RFC 2104). 32 bytes."""
    return hmac.digest(_own_key(secret, purpose), data, "sha256")


@lru_cache(maxsize=256)
def _own_key(secret: str, purpose: str) -> bytes:
    return hmac.digest(secret.encode(), purpose.encode(), "sha256")
