"""How fast a lane goes: its speed is shared out by connections, and kept to without bursts."""

import threading
import time
from collections import deque
from collections.abc import Callable, Hashable

from django.db import connection

from mailings.statuses import LEASED
from postroom.switchboard import sleep

# Of a quota, so that clocks that are not quite even stay below it too; and of each second's mails,
# for what a network holds up by less than can be noticed.
OF_THE_QUOTA, OF_A_SECOND = 0.975, 0.985
# Everybody looks every second how many connections there are; by then they know of a new one.
SEEN_AFTER = 2.5
LONGEST_NAP = 0.2
_BUNCH_NAP = 0.005
# Whoever has waited longer for an answer does not hold up the lane: it may come at any time.
STALLS_AFTER = 5.0

_SPEED = f"""
SELECT l.per_second, (
    SELECT count(*)
    FROM mailings_mailing m JOIN mailings_chunk c ON c.mailing_id = m.id
    WHERE m.state IN ('sending', 'paused') AND c.lane = l.number
        AND c.state = {LEASED} AND c.lease_until > now()
)
FROM mailings_lane l WHERE l.number = %s
"""  # noqa: S608


class Pace:
    """The pace of one lane in this process. Safe to share by threads and tasks.

    Of the lane's speed this process has as large a part as it has of the connections that there are
    over all hosts, and its connections take turns. A new connection makes everybody's part smaller
    at once, and adds to its own process's when all have noticed; so the sum stays below the lane's.

    Turns are evenly spaced. When something holds messages up that have had theirs, they arrive in a
    bunch: no further turn comes while those under way, and those that arrived within a second of
    when it could at its fastest, make up a whole second's mails. One that is answered later than
    after five seconds may come on top.
    """

    def __init__(self, lane: int) -> None:
        self._lane = lane
        self._lock = threading.Lock()
        self._since: dict[Hashable, float] = {}
        self._limited = False
        self._rate = 0.0
        self._next = 0.0
        self._under_way: dict[Hashable, float] = {}
        self._fastest = 0.0
        self._arrived: deque[float] = deque()

    def join(self, sender: Hashable) -> None:
        """This sender has a connection to send over."""
        with self._lock:
            self._since.setdefault(sender, time.monotonic())

    def leave(self, sender: Hashable) -> None:
        """It has none any more."""
        with self._lock:
            self._since.pop(sender, None)

    def look(self) -> None:
        """Read the lane's speed and how many share in it; to be called every second."""
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

    def wait(self, sender: Hashable, over: Callable[[], bool]) -> bool:
        """Wait for the next turn; False when `over()` came first. After True, `done()` follows."""
        turn = self._turn()
        while turn is None or (left := turn - time.monotonic()) > 0:
            if over():
                return False
            sleep(LONGEST_NAP if turn is None else min(left, LONGEST_NAP))
            turn = self._turn() if turn is None else turn
        while not self._sets_out(sender):
            sleep(_BUNCH_NAP)
            if over():
                return False
        return True

    def arrived(self, took: float) -> None:
        """A message that had its turn is there, so many seconds after it was begun."""
        with self._lock:
            self._arrived.append(time.monotonic())
            self._fastest = min(took, 1.0005 * self._fastest or took)

    def done(self, sender: Hashable) -> None:
        """Whoever had a turn has made use of it, or will not."""
        with self._lock:
            del self._under_way[sender]

    def _sets_out(self, sender: Hashable) -> bool:
        """Whether a message that has its turn may use it now; then it is under way."""
        with self._lock:
            if self._is_bunched():
                return False
            self._under_way[sender] = time.monotonic()
            return True

    def _is_bunched(self) -> bool:
        """Whether one more would make too many arrive within a second."""
        if not self._limited:
            self._arrived.clear()
            return False
        now = time.monotonic()
        begins = now - max(1 - self._fastest, 0.1)
        while self._arrived and self._arrived[0] < begins:
            self._arrived.popleft()
        most = max(self._rate / OF_THE_QUOTA * OF_A_SECOND, 1)
        soon = sum(since > now - STALLS_AFTER for since in self._under_way.values())
        return soon + len(self._arrived) >= most

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
