"""Many conversations in one thread: who waits for an answer lets the others go on meanwhile.

What may take a while calls `wait()`, `sleep()` or `apart()` and reads as if it were alone. Called
from a task of a running Switchboard they let its other tasks have the thread; called from anywhere
else they simply wait. Tasks are greenlets: they change only there, so between two of these calls
nothing of another task can have happened.
"""

import os
import select
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from contextvars import copy_context
from heapq import heappop, heappush
from itertools import count
from typing import Any, TypeVar

from greenlet import getcurrent, greenlet

Answer = TypeVar("Answer")

READABLE, WRITABLE = select.POLLIN, select.POLLOUT
# Whoever waits for too long is told so at most twice so many seconds late.
LATE = 0.25

_of_thread = threading.local()


def wait(descriptor: int, events: int, seconds: float) -> bool:
    """Wait until the descriptor is READABLE or WRITABLE; False when it is not after so long.

    Of the tasks of a board one at a time may wait for a descriptor.
    """
    board = _board()
    if board is not None:
        return board._wait(descriptor, events, seconds)
    return wait_alone(descriptor, events, seconds)


def wait_alone(descriptor: int, events: int, seconds: float) -> bool:
    """The same, while everybody else in this thread waits too."""
    poll = select.poll()
    poll.register(descriptor, events)
    return bool(poll.poll(max(0, seconds) * 1000))


def sleep(seconds: float) -> None:
    """Do nothing for so long."""
    board = _board()
    if board is not None:
        board._sleep(seconds)
    else:
        time.sleep(seconds)


def apart(act: Callable[[], Answer], seconds: float = float("inf")) -> Answer:
    """What `act()` returns, called in a thread of its own where others could go on meanwhile: for
    what knows no other way than to wait. Raises what it raises, TimeoutError after so long."""
    if _board() is None:
        return act()
    answers: list[Answer] = []
    errors: list[BaseException] = []
    reading, writing = os.pipe()

    def call() -> None:
        try:
            answers.append(act())
        except BaseException as error:
            errors.append(error)
        finally:
            os.close(writing)

    try:
        threading.Thread(target=call, name="apart", daemon=True).start()
        if not wait(reading, READABLE, seconds):
            raise TimeoutError("timed out")
    finally:
        os.close(reading)
    if errors:
        raise errors[0]
    return answers[0]


def _board() -> "Switchboard | None":
    """The board that the caller is a task of."""
    board: Switchboard | None = getattr(_of_thread, "board", None)
    return board if board is not None and board.runs_caller else None


class Switchboard:
    """Runs tasks in the thread that calls `run()`, each until it waits for something."""

    def __init__(self, *, now_and_then: Callable[[], None] = lambda: None) -> None:
        """`now_and_then()` is called some four times a second; it must not wait for anything."""
        self._now_and_then = now_and_then
        self._hub: greenlet | None = None
        self._ready: deque[tuple[greenlet, Any]] = deque()
        self._poll = select.poll()
        self._waiting: dict[int, tuple[greenlet, float]] = {}
        self._asleep: list[tuple[float, int, greenlet]] = []
        self._numbers = count()
        self._tasks = 0
        self._looked = 0.0
        self._errors: list[Exception] = []

    @property
    def runs_caller(self) -> bool:
        """Whether the caller is one of its tasks."""
        return self._hub is not None and getcurrent() is not self._hub

    def run(self, tasks: Iterable[Callable[[], None]]) -> None:
        """Run all of them to their ends; raises what the first that stumbled raised.

        What ends a program, such as Ctrl-C, ends this at once.
        """
        self._hub = getcurrent()
        _of_thread.board = self
        try:
            for task in tasks:
                self._tasks += 1
                started = greenlet(self._attended(task), self._hub)
                # What holds for the caller, such as its language, holds for its tasks.
                started.gr_context = copy_context()
                self._ready.append((started, None))
            while self._tasks:
                while self._ready:
                    going_on, answer = self._ready.popleft()
                    going_on.switch(answer)
                self._look()
        finally:
            self._hub = _of_thread.board = None
        if self._errors:
            raise self._errors[0]

    def park(self) -> Any:
        """For a task: wait until somebody calls `resume()` with it, and return their answer."""
        assert self._hub is not None
        return self._hub.switch()

    def resume(self, task: greenlet, answer: Any = None) -> None:
        """Let a parked task go on, before the thread waits again."""
        self._ready.append((task, answer))

    def _attended(self, task: Callable[[], None]) -> Callable[[Any], None]:
        def attended(_nothing: Any) -> None:
            try:
                task()
            except Exception as error:
                self._errors.append(error)
            finally:
                self._tasks -= 1

        return attended

    def _look(self) -> None:
        """Wait until somebody can go on, and see who."""
        for descriptor, _events in self._poll.poll(self._patience() * 1000):
            self._answer(descriptor, True)
        now = time.monotonic()
        while self._asleep and self._asleep[0][0] <= now:
            self._ready.append((heappop(self._asleep)[2], None))
        if now > self._looked + LATE:
            self._looked = now
            self._now_and_then()
            late = [at for at, (_task, until) in self._waiting.items() if until < now]
            for descriptor in late:
                self._answer(descriptor, False)

    def _patience(self) -> float:
        if not self._tasks:
            return 0.0
        if not self._asleep:
            return LATE
        return min(LATE, max(0.0, self._asleep[0][0] - time.monotonic()))

    def _answer(self, descriptor: int, in_time: bool) -> None:
        task, _until = self._waiting.pop(descriptor)
        self._poll.unregister(descriptor)
        self._ready.append((task, in_time))

    def _wait(self, descriptor: int, events: int, seconds: float) -> bool:
        assert descriptor not in self._waiting, "another task waits for it"
        self._poll.register(descriptor, events)
        self._waiting[descriptor] = (getcurrent(), time.monotonic() + seconds)
        return bool(self.park())

    def _sleep(self, seconds: float) -> None:
        heappush(self._asleep, (time.monotonic() + seconds, next(self._numbers), getcurrent()))
        self.park()
