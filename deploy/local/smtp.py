"""The receiving side of SMTP (RFC 5321), with PIPELINING, CHUNKING, SIZE and 8BITMIME, for asyncio.

Subclasses say what to do with a mail by overriding `accept()`, and may rule on every step by
overriding `judge()`. Commands are parsed from one buffer, and everything that arrived in one piece
is answered in one piece: that is what makes it fast.
"""

import asyncio
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

CONNECT, BODY, END = "CONNECT", "BODY", "END"
ADDRESS = re.compile(rb"^(?:FROM|TO):\s*<([^<>\r\n]*)>\s*(.*)$", re.IGNORECASE)
SIZE = re.compile(rb"\bSIZE=(\d{1,18})\b", re.IGNORECASE)
CHUNK = re.compile(rb"^(\d{1,18})( LAST)?$", re.IGNORECASE)
LONGEST_LINE = 2048


@dataclass
class Envelope:
    """One mail as it came over the wire. `body` has its dots unstuffed and ends in CRLF."""

    sender: str
    recipients: list[str] = field(default_factory=list)
    body: bytes = b""


class SMTPServerProtocol(asyncio.Protocol, ABC):
    """One connection. Steps have the names of the verbs, and CONNECT, BODY (text of the mail
    begins to arrive) and END (the final dot arrived, nothing is answered yet)."""

    hostname = "localhost"
    largest = 50 * 1024 * 1024
    pipelining = True
    chunking = True

    def __init__(self) -> None:
        self.transport: asyncio.Transport
        self.envelope: Envelope | None = None
        self._buffer = bytearray()
        self._replies: list[bytes] = []
        self._in_body = False
        self._body_begun = False
        self._searched = 0
        self._chunk: tuple[int, bool] | None = None
        self._held = False

    # What subclasses decide.

    @abstractmethod
    def accept(self, envelope: Envelope) -> None:
        """Take responsibility for a mail. It is answered with 250 only after this returns."""

    def judge(self, step: str, argument: bytes) -> bytes | None:
        """Return a reply such as `b"550 5.1.1 no such user"` to refuse a step, or None.

        May close or abort the transport. May `hold()` the connection, and then owes the step an
        `answer()` and a `release()`. A reply to BODY is never sent.
        """
        return None

    def send(self, reply: bytes) -> None:
        """Queue one reply. Lines are parted by CRLF and carry their code already."""
        self._replies.append(reply + b"\r\n")

    # The connection.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self._take(CONNECT, b"")
        self.flush()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        self.advance()

    def hold(self) -> None:
        """Read on, but work on nothing more until `release()`."""
        self._held = True

    def release(self) -> None:
        """Go on with what arrived in the meantime."""
        self._held = False
        self.advance()

    def advance(self) -> None:
        """Work through the buffer as far as it goes, then send all replies at once."""
        while not self._held and not self.transport.is_closing():
            if not self._read()():
                break
        self.flush()

    def flush(self) -> None:
        """Write out the queued replies."""
        if self._replies and not self.transport.is_closing():
            self.transport.write(b"".join(self._replies))
        self._replies.clear()

    def end(self) -> None:
        """Say what is still to be said, and close."""
        self.flush()
        self.transport.close()

    def _read(self) -> Callable[[], bool]:
        """What is to be read next: it returns whether there was enough of it."""
        if self._chunk:
            return self._read_chunk
        return self._read_body if self._in_body else self._read_command

    def _read_command(self) -> bool:
        end = self._buffer.find(b"\n")
        if end < 0 and len(self._buffer) <= LONGEST_LINE:
            return False
        if end < 0 or end > LONGEST_LINE:
            self.send(b"500 5.5.6 line too long")
            self.end()
            return False
        line = bytes(self._buffer[:end]).rstrip(b"\r")
        del self._buffer[: end + 1]
        verb, _, argument = line.partition(b" ")
        if self.chunking and verb.upper() == b"BDAT":
            return self._expect_chunk(argument.strip())
        self._take(verb.upper().decode("ascii", "replace"), argument.strip())
        return True

    def _expect_chunk(self, argument: bytes) -> bool:
        """BDAT (RFC 3030 §2): so many bytes follow, whatever is thought of the envelope."""
        match = CHUNK.match(argument)
        before = len(self.envelope.body) if self.envelope else 0
        if not match or before + int(match[1]) > self.largest:
            # Nobody can say where the next command begins.
            self.send(b"552 5.3.4 message too big" if match else b"501 5.5.4 BDAT size [LAST]")
            self.end()
            return False
        self._chunk = int(match[1]), bool(match[2])
        return True

    def _read_chunk(self) -> bool:
        assert self._chunk
        if not self._begin_body():
            return False
        size, last = self._chunk
        if len(self._buffer) < size:
            return False
        piece = bytes(self._buffer[:size])
        del self._buffer[:size]
        self._chunk, self._body_begun = None, False
        if refusal := self._lacks_envelope():
            self.send(refusal)
            return True
        assert self.envelope
        self.envelope.body += piece
        if last:
            self._take(END, b"")
        else:
            self.send(b"250 2.0.0 go on")
        return True

    def _begin_body(self) -> bool:
        """Let a subclass rule on the first bytes; False when it wants no more."""
        if self._buffer and not self._body_begun:
            self._body_begun = True
            self.judge(BODY, b"")
        return not self._held and not self.transport.is_closing()

    def _read_body(self) -> bool:
        """Cut the mail at its final dot, looking again only at what is new."""
        if not self._begin_body():
            return False
        if self._buffer.startswith(b".\r\n"):
            end, after = 0, 3
        else:
            found = self._buffer.find(b"\r\n.\r\n", self._searched)
            if found < 0:
                self._searched = max(0, len(self._buffer) - 4)
                if len(self._buffer) > self.largest + LONGEST_LINE:
                    self.send(b"552 5.3.4 message too big")
                    self.end()
                return False
            end, after = found + 2, found + 5
        body = bytes(self._buffer[:end])
        del self._buffer[:after]
        self._in_body, self._body_begun, self._searched = False, False, 0
        if body.startswith(b"."):
            body = body[1:]
        assert self.envelope
        self.envelope.body = body.replace(b"\r\n.", b"\r\n")
        self._take(END, b"")
        return True

    # The steps.

    def _take(self, step: str, argument: bytes) -> None:
        reply = self.judge(step, argument)
        if not self._held and not self.transport.is_closing():
            self.answer(step, argument, reply)

    def answer(self, step: str, argument: bytes, reply: bytes | None) -> None:
        """Answer a step: with the reply given, or by doing what it asks for."""
        self.send(reply if reply is not None else self.usual(step, argument))
        if step == END:
            self.envelope = None
        elif step == "QUIT":
            self.end()

    def usual(self, step: str, argument: bytes) -> bytes:
        """Do what a step asks for and return the reply, as a server that refuses only nonsense."""
        match step:
            case "MAIL":
                return self._mail(argument)
            case "RCPT":
                return self._rcpt(argument)
            case "DATA":
                return self._data()
            case "END":
                assert self.envelope
                self.accept(self.envelope)
                return b"250 2.0.0 accepted"
            case "CONNECT":
                return b"220 %b ESMTP" % self.hostname.encode()
            case "EHLO":
                return b"\r\n".join(self._greeting())
            case "HELO":
                return b"250 %b" % self.hostname.encode()
            case "RSET":
                self.envelope = None
                return b"250 2.0.0 forgotten"
            case "NOOP":
                return b"250 2.0.0 still here"
            case "QUIT":
                return b"221 2.0.0 goodbye"
            case _:
                return b"500 5.5.1 unknown command"

    def _greeting(self) -> Iterator[bytes]:
        yield b"250-%b" % self.hostname.encode()
        if self.pipelining:
            yield b"250-PIPELINING"
        if self.chunking:
            yield b"250-CHUNKING"
        yield b"250-8BITMIME"
        yield b"250-ENHANCEDSTATUSCODES"
        yield b"250 SIZE %d" % self.largest

    def _mail(self, argument: bytes) -> bytes:
        if self.envelope:
            return b"503 5.5.1 one mail at a time"
        match = ADDRESS.match(argument)
        if not match:
            return b"501 5.5.4 MAIL FROM:<address>"
        size = SIZE.search(match[2])
        if size and int(size[1]) > self.largest:
            return b"552 5.3.4 message too big"
        self.envelope = Envelope(match[1].decode(errors="replace"))
        return b"250 2.1.0 sender taken"

    def _rcpt(self, argument: bytes) -> bytes:
        match = ADDRESS.match(argument)
        if not self.envelope:
            return b"503 5.5.1 MAIL first"
        if not match or not match[1]:
            return b"501 5.5.4 RCPT TO:<address>"
        self.envelope.recipients.append(match[1].decode(errors="replace"))
        return b"250 2.1.5 recipient taken"

    def _data(self) -> bytes:
        if refusal := self._lacks_envelope():
            return refusal
        self._in_body = True
        return b"354 go on, end with a dot"

    def _lacks_envelope(self) -> bytes | None:
        if not self.envelope:
            return b"503 5.5.1 MAIL first"
        if not self.envelope.recipients:
            return b"554 5.5.1 no recipient was taken"
        return None
