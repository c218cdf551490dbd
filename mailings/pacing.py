"""How fast a lane goes: its speed is shared out by connections, and kept to without bursts."""

import threading
import time
from collections.abc import Callable

from django.db import connection

# Of a quota, so that what the network holds up and delivers at once stays below it too.
OF_THE_QUOTA = 0.97
# Everybody looks every second how many connections there are; by then they know of a new one.
SEEN_AFTER = 2.5
LONGEST_NAP = 0.2

_SPEED = """
SELECT l.per_second, (
    SELECT count(*)
    FROM mailings_mailing m JOIN mailings_chunk c ON c.mailing_id = m.id
    WHERE m.state IN ('sending', 'paused') AND c.lane = l.number
        AND c.state = 1 AND c.lease_until > now()
)
FROM mailings_lane l WHERE l.number = %s
"""


class Pace:
    """The pace of one lane in this process. Safe to share by threads.

    Of the lane's speed this process has as large a part as it has of the connections that there are
    over all hosts, and its connections take turns. A new connection makes everybody's part smaller
    at once, and adds to its own process's when all have noticed; so the sum stays below the lane's.
    """

    def __init__(self, lane: int) -> None:
        self._lane = lane
        self._lock = threading.Lock()
        self._since: dict[int, float] = {}
        self._limited = False
        self._rate = 0.0
        self._next = 0.0

    def join(self) -> None:
        """The calling thread has a connection to send over."""
        with self._lock:
            self._since.setdefault(threading.get_ident(), time.monotonic())

    def leave(self) -> None:
        """The calling thread has none any more."""
        with self._lock:
            self._since.pop(threading.get_ident(), None)

    def look(self) -> None:
        """Read the lane's speed and how many share in it. For a thread that may ask the database,
        every second."""
        with connection.cursor() as cursor:
            cursor.execute(_SPEED, [self._lane])
            per_second, live = cursor.fetchone() or (None, 0)
        self.allow(per_second, live)

    def allow(self, per_second: float | None, live: int) -> None:
        """`live` connections of all hosts share in so many mails a second; None: no limit."""
        with self._lock:
            own = len(self._since)
            if live > own:
                noticed = time.monotonic() - SEEN_AFTER
                own = sum(since < noticed for since in self._since.values())
            self._limited = per_second is not None
            self._rate = (per_second or 0.0) * OF_THE_QUOTA * own / max(live, own, 1)

    def wait(self, over: Callable[[], bool]) -> bool:
        """Wait for the next turn; False when `over()` came first."""
        turn = self._turn()
        while turn is None or (left := turn - time.monotonic()) > 0:
            if over():
                return False
            time.sleep(LONGEST_NAP if turn is None else min(left, LONGEST_NAP))
            turn = self._turn() if turn is None else turn
        return True

    def _turn(self) -> float | None:
        """When the next message may go; None when nobody knows yet."""
        with self._lock:
            now = time.monotonic()
            if not self._limited:
                return now
            if not self._rate:
                return None
            turn = max(self._next, now)
            self._next = turn + 1 / self._rate
            return turn


_paces: dict[int, Pace] = {}
_making = threading.Lock()


def pace_of(lane: int) -> Pace:
    """The one pace of a lane in this process."""
    with _making:
        if lane not in _paces:
            _paces[lane] = Pace(lane)
        return _paces[lane]
