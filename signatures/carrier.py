"""The thread of the tx worker that needs no broker: letters every second, tallies every two."""

import logging
import threading
import time

from django.db import close_old_connections, connection

from signatures.counting import fold_old_days, refresh_tallies
from signatures.outbox import BATCH, Outbox

logger = logging.getLogger(__name__)

LETTERS_EVERY = 1.0
TALLIES_EVERY = 2.0
FOLD_EVERY = 600.0
AFTER_TROUBLE = 2.0


class Carrier(threading.Thread):
    """Carries due letters to the mail server and keeps the tallies fresh until told to stop.

    Whatever goes wrong in one round (PostgreSQL restarting, a hung mail server) is logged, and the
    next round begins with a fresh connection.
    """

    def __init__(self) -> None:
        super().__init__(name="letter-carrier", daemon=True)
        self._stopping = threading.Event()
        self._next_tallies = self._next_fold = 0.0

    def run(self) -> None:
        outbox = Outbox()
        while not self._stopping.is_set():
            try:
                self._round(outbox)
                self._stopping.wait(LETTERS_EVERY)
            except Exception:
                logger.exception("The letter carrier stumbled and goes on")
                connection.close()
                self._stopping.wait(AFTER_TROUBLE)
        outbox.close()
        connection.close()

    def stop(self) -> None:
        """Finish the batch in hand, then end."""
        self._stopping.set()
        self.join(timeout=45)

    def _round(self, outbox: Outbox) -> None:
        close_old_connections()
        self._count()
        while outbox.drain() == BATCH and not self._stopping.is_set():
            self._count()

    def _count(self) -> None:
        now = time.monotonic()
        if now >= self._next_tallies:
            refresh_tallies()
            self._next_tallies = now + TALLIES_EVERY
        if now >= self._next_fold:
            fold_old_days()
            self._next_fold = now + FOLD_EVERY
