"""The one session of the database that all connections of a slice share.

One of them at a time has it. While it waits for the database, the others go on with their mail
servers; fences that are ready by then are taken together, in one statement.
"""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from greenlet import getcurrent, greenlet
from psycopg2 import OperationalError, extensions

from mailings.fencing import Crossing, Passed, fence
from mailings.ledger import LeaseLost
from postroom.switchboard import READABLE, WRITABLE, Switchboard, sleep, wait, wait_alone

Answer = TypeVar("Answer")

# PostgreSQL may be silent for as long as a statement takes; while a session is begun, libpq's own
# `connect_timeout` does not hold here.
_PATIENCE = 3600.0
_PATIENCE_TO_CONNECT = 10.0


@dataclass(eq=False, slots=True)
class _Waiting:
    """A connection that waits for its fence; the answer is there once it is settled."""

    crossing: Crossing
    task: greenlet
    settled: bool = False
    passed: Passed | None = None
    error: Exception | None = None


class Desk:
    """For the tasks of one board, in the thread whose session it is."""

    def __init__(self, board: Switchboard) -> None:
        self._board = board
        self._busy = False
        self._queue: deque[greenlet] = deque()
        self._waiting: list[_Waiting] = []
        self._fencing = False

    def do(self, act: Callable[[], Answer]) -> Answer:
        """What `act()` returns, which alone asks the database meanwhile. Raises what it raises."""
        with self._turn():
            return act()

    def cross(self, crossing: Crossing) -> str | None:
        """Take the fence: the address, or None when the message may not go. Raises LeaseLost."""
        mine = _Waiting(crossing, getcurrent())
        self._waiting.append(mine)
        if self._fencing:
            self._board.park()
        if not mine.settled:
            self._fence_for_all()
        if mine.error is not None:
            raise mine.error
        if mine.passed is None:
            raise LeaseLost
        return mine.passed.address

    def _fence_for_all(self) -> None:
        """Take the fences of all who wait, the caller's among them; one who comes too late is the
        next to do so."""
        self._fencing = True
        # Whoever is as far by then comes along.
        sleep(0)
        with self._turn():
            taken, self._waiting = self._waiting, []
            _cross_together(taken)
        for each in taken:
            if each.task is not getcurrent():
                self._board.resume(each.task)
        self._fencing = bool(self._waiting)
        if self._waiting:
            self._board.resume(self._waiting[0].task)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if self._busy:
            self._queue.append(getcurrent())
            self._board.park()
        self._busy = True
        try:
            yield
        finally:
            # Nobody may come between: it stays busy for whoever is next.
            self._busy = bool(self._queue)
            if self._queue:
                self._board.resume(self._queue.popleft())


def _cross_together(waiting: list[_Waiting]) -> None:
    try:
        answers = fence([each.crossing for each in waiting])
    except Exception as error:
        for each in waiting:
            each.settled, each.error = True, error
        return
    for each, answer in zip(waiting, answers, strict=True):
        each.settled, each.passed = True, answer


def share_waiting() -> None:
    """From now on a task that waits for PostgreSQL lets the others of its board go on.

    That is a switch of psycopg2 for the whole process. It is never turned back, for other threads
    may be waiting; whoever is no task waits as before, but nobody here can COPY.
    """
    extensions.set_wait_callback(_wait_for)


def _wait_for(session: Any) -> None:
    """psycopg2 calls this with a session whose answer is awaited."""
    # A transaction may hold locks that other hosts wait for: it is not to last longer than it must.
    how = wait_alone if session.status == extensions.STATUS_BEGIN else wait
    begun = session.status in {extensions.STATUS_READY, extensions.STATUS_BEGIN}
    patience = _PATIENCE if begun else _PATIENCE_TO_CONNECT
    while (state := session.poll()) != extensions.POLL_OK:
        events = READABLE if state == extensions.POLL_READ else WRITABLE
        if not how(session.fileno(), events, patience):
            raise OperationalError("PostgreSQL does not answer")
