"""The threads of the tx worker that need no broker: letters, tallies, opening and closing."""

import logging
import threading
from collections.abc import Callable

from django.db import close_old_connections, connection

from campaigns.keeping_time import open_and_close_due
from signatures.counting import fold_old_days, refresh_tallies
from signatures.disclaiming import take_back_mistyped
from signatures.guarding.alarms import warn_of_rates
from signatures.keeping.expiring import BATCH as EXPIRED_AT_ONCE
from signatures.keeping.expiring import expire, forget_used_links
from signatures.keeping.forgetting import OldNetworks, forget
from signatures.letters.outbox import BATCH, Outbox
from signatures.letters.reminding import BATCH as REMINDED_AT_ONCE
from signatures.letters.reminding import Reminders

logger = logging.getLogger(__name__)

LETTERS_EVERY = 1.0
TALLIES_EVERY = 2.0
TIMES_EVERY = 2.0
REMIND_EVERY = 60.0
FOLD_EVERY = 600.0
FORGET_EVERY = 600.0
FORGET_NETWORKS_EVERY = 6 * 3600.0
WARN_EVERY = 300.0
EXPIRE_EVERY = 600.0
AFTER_TROUBLE = 2.0
# A letter in hand is finished first; a mail server may take this long over it.
LONGEST_GOODBYE = 45.0


class Round(threading.Thread):
    """Does something again and again, with a pause, until told to stop.

    Whatever goes wrong (PostgreSQL restarting, a hung mail server) is logged, and the next time
    begins with a fresh connection to the database.
    """

    def __init__(self, name: str, pause: float, act: Callable[[], None]) -> None:
        super().__init__(name=name, daemon=True)
        self._pause, self._act = pause, act
        self.stopping = threading.Event()

    def run(self) -> None:
        while not self.stopping.is_set():
            try:
                close_old_connections()
                self._act()
                self.stopping.wait(self._pause)
            except Exception:
                logger.exception("%s stumbled and goes on", self.name)
                connection.close()
                self.stopping.wait(AFTER_TROUBLE)
        connection.close()


class Rounds:
    """Rounds of one worker, which begin and end together."""

    _rounds: list[Round]

    def start(self) -> None:
        """Begin, and return at once."""
        for each in self._rounds:
            each.start()

    def stop(self) -> None:
        """Let what is in hand be finished, then end."""
        for each in self._rounds:
            each.stopping.set()
        for each in self._rounds:
            each.join(timeout=LONGEST_GOODBYE)


class Carrier(Rounds):
    """Carries due letters to the mail server, keeps the tallies fresh, opens and closes campaigns
    on time, each in its own thread: a slow mail server must not hold up a count."""

    def __init__(self) -> None:
        self._outbox = Outbox()
        self._reminders = Reminders()
        self._letters = Round("letters", LETTERS_EVERY, self._drain)
        self._rounds = [
            self._letters,
            Round("tallies", TALLIES_EVERY, refresh_tallies),
            Round("times", TIMES_EVERY, open_and_close_due),
            Round("folding", FOLD_EVERY, fold_old_days),
            Round("reminders", REMIND_EVERY, self._remind),
            Round("expiry", EXPIRE_EVERY, self._expire),
            Round("forgetting", FORGET_EVERY, forget),
            Round("networks", FORGET_NETWORKS_EVERY, OldNetworks().forget),
            Round("alarms", WARN_EVERY, warn_of_rates),
        ]

    def _drain(self) -> None:
        # First, so that a letter whose address was wrong does not leave.
        take_back_mistyped()
        while self._outbox.drain() == BATCH and not self._letters.stopping.is_set():
            close_old_connections()
            take_back_mistyped()
        if self._letters.stopping.is_set():
            self._outbox.close()

    def _remind(self) -> None:
        while self._reminders.remind() == REMINDED_AT_ONCE and not self._letters.stopping.is_set():
            close_old_connections()

    def _expire(self) -> None:
        while expire() == EXPIRED_AT_ONCE and not self._letters.stopping.is_set():
            close_old_connections()
        forget_used_links()
