"""A slice of sending: a minute of work on a lane, over several connections at once.

All of them share the slice's thread and its one session of the database: each leases one chunk
after another, and lets the others go on while its mail server thinks. Bulk mail gives way: while a
letter that is due has waited for ten seconds, no further message is begun.
"""

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial

from django.conf import settings
from django.db import Error as DatabaseTrouble
from django.db.models.functions import Now

from mailings import ledger
from mailings.book import Book
from mailings.desk import Desk, share_waiting
from mailings.fencing import prepare_session
from mailings.pacing import STALLS_AFTER, pace_of
from mailings.ways_out import DOT_SECONDS, WayOut
from mailings.working_off import LaneRests, LeasedChunk
from postroom.switchboard import Switchboard, sleep
from signatures.arming import is_armed
from signatures.models import Letter

logger = logging.getLogger(__name__)

# So long may a letter that is due wait before bulk mail stands aside.
LETTERS_WAIT = timedelta(seconds=10)
_NAP = 0.05
# When to stop, whoever still waits for the mail server then gives up: a worker stops in a minute.
GIVES_UP_AFTER = 40.0


def send_slice(
    *, lane: int, connections: int = 1, stopping: Callable[[], bool] = lambda: False
) -> bool:
    """Work off chunks of a lane until none is left, the slice is over, or `stopping()` says so.

    Returns True when it stopped with work left. Any number may run at once, here and elsewhere:
    each connection claims its own chunks, within what the lane allows, and ends when there is none.
    """
    if not is_armed():
        return False
    prepare_session()
    return _Slice(lane, connections, stopping).run()


class _Slice:
    """The connections of one slice, and what they have in common."""

    def __init__(self, lane: int, connections: int, stopping: Callable[[], bool]) -> None:
        self._lane, self._connections, self._stopping = lane, connections, stopping
        self._end = time.monotonic() + settings.MAILING_SLICE_SECONDS
        self._board = Switchboard(now_and_then=self._watch)
        self._desk, self._book = Desk(self._board), Book()
        self._pace = pace_of(lane)
        self._looked = 0.0
        self._letters_wait = False
        self._rests = False
        self._work_left = False
        self._ways_out: set[WayOut] = set()
        self._gives_up = float("inf")

    def run(self) -> bool:
        """Send until every connection has ended. Raises what made one of them stumble."""
        share_waiting()
        self._ways_out = {WayOut() for _ in range(self._connections)}
        self._board.run([partial(self._send, way_out) for way_out in self._ways_out])
        return self._work_left

    def _send(self, way_out: WayOut) -> None:
        """What each connection does."""
        try:
            self._work_off_chunks(way_out)
        except LaneRests:
            self._rests = True
            seconds = settings.MAILING_LANE_REST_SECONDS
            self._desk.do(partial(ledger.rest, lane=self._lane, seconds=seconds))
        finally:
            self._pace.leave(way_out)
            way_out.drop()
            self._ways_out.discard(way_out)

    def _watch(self) -> None:
        """Let nobody wait for the mail server for ever once the worker is to stop."""
        if self._stopping():
            self._gives_up = min(self._gives_up, time.monotonic() + GIVES_UP_AFTER)
        if time.monotonic() > self._gives_up:
            for way_out in self._ways_out:
                way_out.break_off()

    def _work_off_chunks(self, way_out: WayOut) -> None:
        while not self._over():
            lease = self._desk.do(partial(ledger.claim, lane=self._lane))
            if lease is None:
                return
            self._pace.join(way_out)
            LeasedChunk(
                lease, self._desk, self._book, self._pace, way_out, over=self._over
            ).work_off()
        self._work_left = not self._rests

    def _over(self) -> bool:
        """Whether to stop after the message in hand; stands aside for letters before it answers."""
        self._look_round()
        while self._letters_wait and not self._is_over():
            sleep(_NAP)
            self._look_round()
        return self._is_over()

    def _is_over(self) -> bool:
        while not (self._rests or self._stopping()):
            over_since = time.monotonic() - self._end
            if over_since < 0:
                return False
            # Its thread is not free before the last has ended. While one waits for long, the others
            # make use of it; else all end together.
            waits = [way_out.waits for way_out in self._ways_out]
            if max(waits, default=0) > STALLS_AFTER and over_since < DOT_SECONDS:
                return False
            if not any(waits):
                return True
            sleep(_NAP)
        return True

    def _look_round(self) -> None:
        """Every second whoever comes by first does this for all."""
        if time.monotonic() > self._looked + 1:
            self._looked = time.monotonic()
            self._desk.do(self._look)

    def _look(self) -> None:
        """Write down what waits for it, and see who shares the lane or goes first."""
        # Whoever asks the database next hears of trouble too, and gives its chunk back.
        with suppress(DatabaseTrouble):
            self._book.write_down()
            self._pace.look()
            self._mind_letters()

    def _mind_letters(self) -> None:
        waits = Letter.objects.unsent().filter(due_at__lt=Now() - LETTERS_WAIT).exists()
        if waits and not self._letters_wait:
            logger.warning("Bulk mail stands aside: a letter has waited for ten seconds")
        self._letters_wait = waits
