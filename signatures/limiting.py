"""How often one network may sign before its signatures are held: counted in PostgreSQL.

Only this and the honeypot hold a signature. A hit is counted in the transaction that signs. Once a
network is over a limit it stays over until that window ends, so nobody needs to count it any
further: each process remembers it, and a flood does not queue on the one row that counts it.
"""

import threading
import time
from typing import NamedTuple

from django.conf import settings
from django.db import connection

from signatures.networks import Network

MOST_REMEMBERED = 10_000
# How long nobody tries to count after it went wrong, in seconds.
WHILE_NOT_COUNTING = 10.0

_PURGE = """
DELETE FROM signatures_networkwindow
WHERE "window" < statement_timestamp() - make_interval(secs => %s)
"""


class Windows(NamedTuple):
    """What one signing counts against, as three arrays of one length."""

    keys: list[bytes]
    seconds: list[int]
    most: list[int]


class Crowded:
    """Networks that are over a limit, in the memory of one process, each until its window ends."""

    def __init__(self) -> None:
        self._until: dict[str, float] = {}
        self._all_until = 0.0
        self._guard = threading.Lock()

    def __contains__(self, network: Network) -> bool:
        until = self._until.get(network.narrow, 0.0)
        return max(until, self._all_until) > time.monotonic()

    def add(self, network: Network, seconds: float) -> None:
        """Remember that it is over a limit for so many seconds."""
        now = time.monotonic()
        with self._guard:
            if len(self._until) >= MOST_REMEMBERED:
                self._until = {one: end for one, end in self._until.items() if end > now}
            if len(self._until) >= MOST_REMEMBERED:
                self._until.clear()
            self._until[network.narrow] = now + seconds

    def hold_everyone(self) -> None:
        """Take every network for one over its limit, for a while: they cannot be counted."""
        self._all_until = time.monotonic() + WHILE_NOT_COUNTING

    def clear(self) -> None:
        """Forget all of them: PostgreSQL still knows."""
        with self._guard:
            self._until.clear()
            self._all_until = 0.0


crowded = Crowded()


def windows_of(network: Network) -> Windows:
    """The windows that a signing from this network counts in, by `NETWORK_LIMITS`."""
    limits = settings.NETWORK_LIMITS
    return Windows(
        [network.key(f"sign {seconds}") for seconds in limits],
        list(limits),
        list(limits.values()),
    )


def forget_old_windows() -> None:
    """Windows that are over need no row. Safe to call at any time."""
    with connection.cursor() as cursor:
        cursor.execute(_PURGE, [2 * max(settings.NETWORK_LIMITS, default=0)])
