"""The way out of one connection of a slice: opened before it is needed, replaced when it ends."""

import time
from contextlib import suppress

from django.conf import settings

from postroom.transport import Envelope, Outcome, Transport
from postroom.ways import open_way

# How long a mail server may take over the answer to the final dot: to hang up earlier would only
# leave one more recipient in doubt.
DOT_SECONDS = 300


class WayOut:
    """One connection at a time to where mail is handed in; for one task."""

    def __init__(self) -> None:
        self._url = settings.EMAIL_URL
        self._transport: Transport | None = None
        self._waits_since: float | None = None

    @property
    def waits(self) -> float:
        """For how many seconds the other side has been waited for; 0 when it is not."""
        return 0.0 if self._waits_since is None else time.monotonic() - self._waits_since

    def make_ready(self) -> Outcome | None:
        """Connect where there is no connection any more; what went wrong, or None.

        To be called before a message is declared: what is declared is to leave at once.
        """
        if self._transport is None or not self._transport.usable:
            self.drop()
            self._transport = open_way(self._url, dot_timeout=DOT_SECONDS)
        self._waits_since = time.monotonic()
        try:
            return self._transport.open()
        finally:
            self._waits_since = None

    def send(self, envelope: Envelope, message: bytes) -> Outcome:
        """Send a message over what was made ready."""
        assert self._transport is not None
        self._waits_since = time.monotonic()
        try:
            return self._transport.send(envelope, message)
        finally:
            self._waits_since = None

    def break_off(self) -> None:
        """From another task: whoever waits for the other side has waited long enough."""
        if self._transport is not None and self._waits_since is not None:
            self._transport.break_off()

    def drop(self) -> None:
        """Hang up. Safe to call twice."""
        transport, self._transport = self._transport, None
        if transport is not None:
            # What has just gone wrong in it may do so again.
            with suppress(Exception):
                transport.close()
