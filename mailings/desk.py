"""The one thread of a slice that speaks to the database, for all of its connections.

A slice sends over many connections, each in a thread of its own, and has one session of the
database. Threads lay what they ask for on the desk and wait. What lies there together is done
together: fences in one statement, everything else in turn.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from mailings.fencing import Crossing, fence
from mailings.ledger import LeaseLost

Answer = TypeVar("Answer")

# How long the desk sleeps when nobody asks for anything.
LONGEST_NAP = 0.5


class _Ask:
    """Something that a thread waits for: a call, or a fence."""

    __slots__ = ("_done", "act", "answer", "crossing", "error")

    def __init__(
        self, act: Callable[[], Any] | None = None, crossing: Crossing | None = None
    ) -> None:
        self.act, self.crossing = act, crossing
        self.answer: Any = None
        self.error: BaseException | None = None
        self._done = threading.Lock()
        self._done.acquire()

    def settle(self, answer: Any = None, error: BaseException | None = None) -> None:
        self.answer, self.error = answer, error
        self._done.release()

    def wait(self) -> Any:
        self._done.acquire()
        if self.error is not None:
            raise self.error
        return self.answer


class Desk:
    """Made and served by the slice's own thread; `do` and `cross` are for the others."""

    def __init__(self) -> None:
        self._asks: SimpleQueue[_Ask | None] = SimpleQueue()

    def do(self, act: Callable[[], Answer]) -> Answer:
        """What `act()` returns, called by the desk's thread. Raises what it raises."""
        ask = _Ask(act=act)
        self._asks.put(ask)
        answer: Answer = ask.wait()
        return answer

    def cross(self, crossing: Crossing) -> str | None:
        """Take the fence: the address, or None when the message may not go. Raises LeaseLost."""
        ask = _Ask(crossing=crossing)
        self._asks.put(ask)
        passed = ask.wait()
        if passed is None:
            raise LeaseLost
        address: str | None = passed.address
        return address

    @contextmanager
    def attended(self) -> Iterator[None]:
        """A thread asks within this block and no more after it."""
        try:
            yield
        finally:
            self._asks.put(None)

    def serve(self, threads: int, *, every_second: Callable[[], None]) -> None:
        """Answer until so many threads have left their block."""
        ticked = 0.0
        while threads:
            if time.monotonic() > ticked + 1:
                every_second()
                ticked = time.monotonic()
            asks = self._take()
            threads -= asks.count(None)
            fences = [ask for ask in asks if ask and ask.crossing]
            if fences:
                _cross_together(fences)
            for ask in asks:
                if ask and ask.act:
                    _act(ask)

    def _take(self) -> list[_Ask | None]:
        """Everything that lies there; waits a little for the first."""
        asks = []
        try:
            asks.append(self._asks.get(timeout=LONGEST_NAP))
            while True:
                asks.append(self._asks.get_nowait())
        except Empty:
            return asks


def _act(ask: _Ask) -> None:
    assert ask.act
    try:
        answer = ask.act()
    except Exception as error:
        ask.settle(error=error)
    else:
        ask.settle(answer)


def _cross_together(asks: list[_Ask]) -> None:
    try:
        answers = fence([ask.crossing for ask in asks if ask.crossing])
    except Exception as error:
        for ask in asks:
            ask.settle(error=error)
        return
    for ask, answer in zip(asks, answers, strict=True):
        ask.settle(answer)
