"""Kept-open connections of this process, handed from task to task and from slice to slice."""

import threading
from collections import defaultdict
from contextlib import suppress

from django.conf import settings

from postroom.transport import Envelope, Kind, Outcome, Transport
from postroom.ways import open_way

# How long a mail server may take over the answer to the final dot: to hang up earlier would only
# leave one more recipient in doubt.
DOT_SECONDS = 300

_idle: dict[str, list[Transport]] = defaultdict(list)
_lock = threading.Lock()


class WayOut:
    """One connection at a time, for one task: taken from those kept open, or made."""

    def __init__(self) -> None:
        self._url = settings.EMAIL_URL
        self._transport: Transport | None = None

    def send(self, envelope: Envelope, message: bytes) -> Outcome:
        """Send a message; what nobody got is tried once more, on a new connection."""
        outcome = (self._transport or self._usable()).send(envelope, message)
        if outcome.kind is Kind.NOT_SENT and not outcome.whole_lane:
            outcome = self._usable().send(envelope, message)
        return outcome

    def make_ready(self) -> Outcome | None:
        """Connect where there is no connection; what went wrong, or None.

        One that has ended meanwhile, or has served its time, is found out by `send`.
        """
        return self._usable().open() if self._transport is None else None

    def keep(self) -> None:
        """Leave the connection to whoever sends next."""
        if self._transport is not None:
            with _lock:
                _idle[self._url].append(self._transport)
            self._transport = None

    def drop(self) -> None:
        """Hang up, and use this connection for nothing more: nobody knows how far it is."""
        transport, self._transport = self._transport, None
        if transport is not None:
            # What has just gone wrong in it may do so again.
            with suppress(Exception):
                transport.close()

    def _usable(self) -> Transport:
        while self._transport is None or not self._transport.usable:
            if self._transport is not None:
                self._transport.close()
            with _lock:
                waiting = _idle[self._url]
                self._transport = waiting.pop() if waiting else None
            if self._transport is None:
                self._transport = open_way(self._url, dot_timeout=DOT_SECONDS)
        return self._transport


def hang_up() -> None:
    """Say goodbye on every connection that nobody uses; the next message opens a new one."""
    with _lock:
        idle = [transport for waiting in _idle.values() for transport in waiting]
        _idle.clear()
    for transport in idle:
        transport.close()
