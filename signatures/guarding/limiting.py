"""How often one network may sign before its signatures are held: counted in PostgreSQL.

Only this and the honeypot hold a signature. A hit counts in the transaction that signs. A window
that is over its limit stays over until it ends, so nobody needs to count it any further: every
process remembers it, and a flood does not queue on the one row that counts it.
"""

import threading
import time
from typing import NamedTuple

from django.conf import settings
from django.db import connection

from signatures.guarding.networks import Network, keyed

MOST_REMEMBERED = 10_000
# How much more than one of its networks a whole IPv6 /48 may do.
TOGETHER = 2
# How long nobody tries to count after it went wrong, in seconds.
WHILE_NOT_COUNTING = 10.0

_PURGE = """
DELETE FROM signatures_networkwindow
WHERE "window" < statement_timestamp() - make_interval(secs => %s)
"""


class Windows(NamedTuple):
    """What one signing counts against: keys, lengths in seconds, and how often is too often."""

    keys: list[bytes]
    seconds: list[int]
    most: list[int]


class Crowded:
    """Windows that are over their limit, in the memory of one process, each until it ends."""

    def __init__(self) -> None:
        self._until: dict[bytes, float] = {}
        self._all_until = 0.0
        self._guard = threading.Lock()

    def holds(self, windows: Windows) -> bool:
        """Whether one of them is known to be over."""
        now = time.monotonic()
        return self._all_until > now or any(self._until.get(key, 0) > now for key in windows.keys)

    def add(self, key: bytes, seconds: float) -> None:
        """Remember that this window is over its limit, and ends in so many seconds."""
        now = time.monotonic()
        with self._guard:
            if len(self._until) >= MOST_REMEMBERED:
                self._until = {one: end for one, end in self._until.items() if end > now}
            if len(self._until) >= MOST_REMEMBERED:
                self._until.clear()
            self._until[key] = now + seconds

    def hold_everyone(self) -> None:
        """Take every network for one over its limit, for a while: they cannot be counted."""
        self._all_until = time.monotonic() + WHILE_NOT_COUNTING

    def clear(self) -> None:
        """Forget all of it: PostgreSQL still knows."""
        with self._guard:
            self._until.clear()
            self._all_until = 0.0


crowded = Crowded()


def windows_of(network: Network) -> Windows:
    """The windows that a signing from this network counts in, by `NETWORK_LIMITS`.

    Whoever has an IPv6 /48 has 65,536 networks in it, which count together as well.
    """
    found = Windows([], [], [])
    for seconds, most in settings.NETWORK_LIMITS.items():
        _add(found, network.narrow, seconds, most)
        if network.is_ipv6:
            _add(found, network.wide, seconds, most * TOGETHER)
    return found


def _add(windows: Windows, prefix: str, seconds: int, most: int) -> None:
    windows.keys.append(keyed(f"sign {seconds} {prefix}"))
    windows.seconds.append(seconds)
    windows.most.append(most)


def forget_old_windows() -> None:
    """Windows that are over need no row. Safe to call at any time."""
    with connection.cursor() as cursor:
        cursor.execute(_PURGE, [2 * max(settings.NETWORK_LIMITS, default=0)])
