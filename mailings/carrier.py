"""The threads of the tx worker that take in what comes back, and look after the lists. They need
no broker."""

from collections.abc import Callable

from django.conf import settings
from django.db import close_old_connections

from mailings import arriving, events, following
from mailings.list_health.counting import count_today
from mailings.list_health.silence import BATCH as UNANSWERED_AT_ONCE
from mailings.list_health.silence import ask_the_silent, end_unanswered
from mailings.list_health.warming import move_on
from mailings.mailbox import look_into_mailbox
from signatures.arming import is_armed
from signatures.keeping.carrier import Round, Rounds

EVENTS_EVERY = 1.0
MAILS_EVERY = 2.0
MAILBOX_EVERY = 60.0
HEALTH_EVERY = 3600.0
FORGET_EVERY = 6 * 3600.0


class Returns(Rounds):
    """Applies events, reads mail that came in, and deletes both when they are old."""

    def __init__(self) -> None:
        self._rounds = [
            Round("events", EVENTS_EVERY, self._apply),
            Round("mail that came in", MAILS_EVERY, self._read),
            Round("mailbox", MAILBOX_EVERY, look_into_mailbox),
            Round("list health", HEALTH_EVERY, look_after_lists),
            Round("forgetting what came back", FORGET_EVERY, forget_what_came_back),
        ]

    def _apply(self) -> None:
        self._repeat(lambda: events.apply_waiting() == events.BATCH)

    def _read(self) -> None:
        self._repeat(arriving.read_waiting)

    def _repeat(self, act: Callable[[], bool]) -> None:
        while act() and not self._rounds[0].stopping.is_set():
            close_old_connections()


def look_after_lists() -> None:
    """Count the lists once a day, ask who is silent, end what nobody answered for, warm up."""
    move_on()
    count_today()
    if not is_armed():
        return  # a copy of the database knows nothing of who answered since
    ask_the_silent()
    while end_unanswered() == UNANSWERED_AT_ONCE:
        close_old_connections()


def forget_what_came_back() -> None:
    """Delete events and mails that are older than `KEEP_INBOUND_DAYS`."""
    events.forget_old(days=settings.KEEP_INBOUND_DAYS)
    arriving.forget_old(days=settings.KEEP_INBOUND_DAYS)
    following.forget_old(days=settings.KEEP_CLICKS_DAYS)
