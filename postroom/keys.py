"""The keys that sign what comes back to us by mail: links, message ids and envelope senders."""

import hashlib
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
    state = _state(secret, purpose).copy()
    state.update(data)
    return state.digest()


@lru_cache(maxsize=256)
def _state(secret: str, purpose: str) -> hmac.HMAC:
    """Hashing both keys once saves most of the time of a bulk mailing's signatures."""
    own_key = hmac.digest(secret.encode(), purpose.encode(), hashlib.sha256)
    return hmac.new(own_key, digestmod=hashlib.sha256)
