"""SMTP replies as they come off the wire: multi-line, split and coalesced (RFC 5321 §4.2)."""

import re
from collections.abc import Callable
from typing import NamedTuple

_MOST_BYTES = 64 * 1024  # of one reply; EHLO's is the longest and under 1 KB
_WHOLE = re.compile(rb"([2-5]\d\d) ([^\r\n]*)\r?\n").match
_LINE = re.compile(rb"([2-5]\d\d)(?:([ -])(.*))?").fullmatch
_ENHANCED = re.compile(r"([245]\.\d{1,3}\.\d{1,3})(?: |$)").match


class BadReply(Exception):
    """The server said something that is not an SMTP reply, or closed the connection."""


class Reply(NamedTuple):
    code: int
    lines: tuple[str, ...]

    @property
    def positive(self) -> bool:
        return 200 <= self.code < 300

    @property
    def temporary(self) -> bool:
        return 400 <= self.code < 500

    @property
    def enhanced(self) -> str | None:
        """The status code of RFC 3463 that the text begins with, when the server gives one."""
        found = _ENHANCED(self.lines[0])
        return found[1] if found else None

    @property
    def text(self) -> str:
        return " ".join(self.lines)


class Replies:
    """Cuts what `receive()` returns into replies; `receive()` gives b"" at the end."""

    def __init__(self, receive: Callable[[], bytes]) -> None:
        self._receive = receive
        self._waiting = bytearray()

    @property
    def waiting(self) -> bool:
        """Whether bytes beyond the last reply have already been read."""
        return bool(self._waiting)

    def next(self) -> Reply:
        """The next whole reply. Raises BadReply, and whatever `receive()` raises."""
        if not self._waiting:
            self._waiting += self._receive()
        if found := _WHOLE(self._waiting):
            code, text = found.groups()
            del self._waiting[: found.end()]
            return Reply(int(code), (text.decode("utf-8", "replace"),))
        return self._pieced_together()

    def _pieced_together(self) -> Reply:
        """One that has several lines, or has not come whole."""
        code, lines, size = b"", [], 0
        while True:
            line = self._next_line()
            size += len(line)
            parsed = _LINE(line)
            if parsed is None or (code and parsed[1] != code) or size > _MOST_BYTES:
                raise BadReply("not an SMTP reply")
            code = parsed[1]
            lines.append((parsed[3] or b"").decode("utf-8", "replace"))
            if parsed[2] != b"-":
                return Reply(int(code), tuple(lines))

    def _next_line(self) -> bytes:
        while (end := self._waiting.find(b"\n")) < 0:
            if len(self._waiting) > _MOST_BYTES:
                raise BadReply("a reply without end")
            received = self._receive()
            if not received:
                raise BadReply("the server closed the connection")
            self._waiting += received
        line = bytes(self._waiting[:end]).rstrip(b"\r")
        del self._waiting[: end + 1]
        return line
