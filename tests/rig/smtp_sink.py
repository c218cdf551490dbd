"""A mail server that does what a test tells it: accept, refuse, stall, vanish.

In a test, use the `smtp_sink` fixture. For a benchmark run it as a process of its own:
`python -m tests.rig.smtp_sink --port 0 --log FILE`, which prints its port on the first line.
"""

import argparse
import asyncio
import email
import email.policy
import json
import os
import re
import socket
import struct
import sys
import threading
import time
from dataclasses import asdict, dataclass
from email.message import EmailMessage
from pathlib import Path

from deploy.local import ports
from deploy.local.smtp import BODY, CONNECT, Envelope, SMTPServerProtocol
from tests.rig.smtp_rules import Rule, Rules

MESSAGE_ID = re.compile(rb"^Message-ID:\s*(<[^>\r\n]*>)", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True)
class Mail:
    """One accepted mail. `time` is the wall clock, `monotonic` that of time.monotonic()."""

    sender: str
    recipients: list[str]
    message_id: str
    time: float
    monotonic: float
    body: bytes

    @property
    def message(self) -> EmailMessage:
        """The mail, parsed."""
        return email.message_from_bytes(self.body, policy=email.policy.default)

    @property
    def text(self) -> str:
        """The plain text part, decoded."""
        part = self.message.get_body(("plain",))
        return part.get_content() if part else ""

    @property
    def html(self) -> str:
        """The HTML part, decoded."""
        part = self.message.get_body(("html",))
        return part.get_content() if part else ""


class SMTPSink:
    """The server: rules, what it accepted, and a thread or a loop to run in.

    `latency` delays every reply, `most_connections` turns further ones away with 421, without
    `pipelining` or `chunking` it does not offer that, `split_replies` sends them byte by byte,
    `multiline` makes every reply two lines long.
    """

    def __init__(self, *, log: Path | None = None, keep_bodies: bool = True) -> None:
        self.mails: list[Mail] = []
        self.keep_bodies = keep_bodies
        self._log = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600) if log else None
        self._changed = threading.Condition()
        self._connections: set[_Connection] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self.port = 0
        self.connections_seen = 0
        self.forget()

    def forget(self) -> None:
        """Back to a fresh server: no mail, no rules, every nicety on."""
        self.mails.clear()
        self.rules = Rules()
        self.latency = 0.0
        self.most_connections: int | None = None
        self.pipelining = True
        self.chunking = True
        self.split_replies = False
        self.multiline = False

    @property
    def url(self) -> str:
        """Its EMAIL_URL."""
        return f"smtp://{ports.HOST}:{self.port}"

    # What tests tell it.

    def reply(
        self, step: str, reply: str, *, recipient: str | None = None, times: int | None = None
    ) -> None:
        """Answer a step with `reply`, for instance `sink.reply("RCPT", "550 5.1.1 unknown")`."""
        self.rules.append(Rule(step, reply=reply, recipient=recipient, times=times))

    def drop(
        self,
        step: str,
        *,
        recipient: str | None = None,
        times: int | None = None,
        recorded: bool = False,
        reset: bool = True,
    ) -> None:
        """Vanish at a step. At END with `recorded=True` the mail was taken but nobody is told."""
        how = "reset" if reset else "close"
        self.rules.append(Rule(step, recipient=recipient, drop=how, recorded=recorded, times=times))

    def stall(self, step: str, *, recipient: str | None = None, times: int | None = None) -> None:
        """Never answer a step; the connection stays open."""
        self.rules.append(Rule(step, recipient=recipient, stall=True, times=times))

    def delay(
        self, step: str, seconds: float, *, recipient: str | None = None, times: int | None = None
    ) -> None:
        """Answer a step as usual, but late."""
        self.rules.append(Rule(step, recipient=recipient, delay=seconds, times=times))

    def hang_up(self) -> None:
        """Close every connection, as a server does on which nothing has happened for long."""
        assert self._loop
        for one in list(self._connections):
            self._loop.call_soon_threadsafe(one.transport.close)

    # What tests ask it.

    @property
    def open_connections(self) -> int:
        """How many there are now."""
        return len(self._connections)

    def to(self, recipient: str) -> list[Mail]:
        """The mails accepted for one address, in the order of their coming."""
        return [mail for mail in self.mails if recipient in mail.recipients]

    def wait(self, count: int = 1, *, to: str | None = None, timeout: float = 10.0) -> list[Mail]:
        """Wait until `count` mails (to one address) have come; return all of them.

        Raises AssertionError when they do not come in time.
        """

        def come() -> list[Mail]:
            return self.to(to) if to else list(self.mails)

        with self._changed:
            if not self._changed.wait_for(lambda: len(come()) >= count, timeout):
                raise AssertionError(f"{count} mails awaited in {timeout} s, {len(come())} came")
        return come()

    # Running.

    def start(self) -> None:
        """Serve in a thread, on a port of its own."""
        ready = threading.Event()
        listener = ports.listen(self.port)
        self.port = ports.number(listener)

        async def run() -> None:
            self._loop = asyncio.get_running_loop()
            self._stopping = asyncio.Event()
            server = await self.serve(listener)
            ready.set()
            await self._stopping.wait()
            server.close()
            for connection in list(self._connections):
                connection.transport.abort()

        self._thread = threading.Thread(target=asyncio.run, args=(run(),), daemon=True)
        self._thread.start()
        ready.wait()

    def stop(self) -> None:
        """Close the port and every connection; `start()` takes the same port again."""
        if self._loop and self._thread:
            self._loop.call_soon_threadsafe(self._stopping.set)
            self._thread.join()
            self._loop = None

    async def serve(self, listener: socket.socket) -> asyncio.Server:
        """Serve on a socket in the running loop."""
        return await asyncio.get_running_loop().create_server(
            lambda: _Connection(self), sock=listener
        )

    # What its connections use.

    def rule_for(self, step: str, recipients: list[str]) -> Rule | None:
        """The first rule that holds; one with a count is used up by one."""
        rule = self.rules.first(step, recipients)
        if rule and rule.times is not None:
            rule.times -= 1
        return rule

    def record(self, envelope: Envelope) -> None:
        """Write a mail down, on disk first where there is a log."""
        found = MESSAGE_ID.search(envelope.body)
        mail = Mail(
            sender=envelope.sender,
            recipients=envelope.recipients,
            message_id=found[1].decode(errors="replace") if found else "",
            time=time.time(),
            monotonic=time.monotonic(),
            body=envelope.body if self.keep_bodies else b"",
        )
        if self._log is not None:
            line = asdict(mail) | {"body": mail.body.decode("latin-1")}
            os.write(self._log, json.dumps(line).encode() + b"\n")
        if self._log is None or self.keep_bodies:
            with self._changed:
                self.mails.append(mail)
                self._changed.notify_all()


class _Connection(SMTPServerProtocol):
    """One connection to the sink."""

    def __init__(self, sink: SMTPSink) -> None:
        super().__init__()
        self.sink = sink
        self.pipelining, self.chunking = sink.pipelining, sink.chunking
        self._crumbs = bytearray()
        self._ending = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.sink.connections_seen += 1
        self.sink._connections.add(self)
        super().connection_made(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self.sink._connections.discard(self)

    def accept(self, envelope: Envelope) -> None:
        self.sink.record(envelope)

    def judge(self, step: str, argument: bytes) -> bytes | None:
        sink = self.sink
        most = sink.most_connections
        if step == CONNECT and most is not None and len(sink._connections) > most:
            self._end("close", b"421 4.7.0 too many connections")
            return None
        rule = sink.rule_for(step, self._recipients(step, argument)) if sink.rules else None
        wait = (rule.delay if rule else 0.0) + (sink.latency if step != BODY else 0.0)
        if rule and rule.recorded and self.envelope:
            self.accept(self.envelope)
        if rule and rule.drop:
            self._end(rule.drop)
        elif rule and rule.stall:
            self.hold()
        elif wait:
            self._later(wait, step, argument, self._said(rule))
        return self._said(rule)

    def _recipients(self, step: str, argument: bytes) -> list[str]:
        if step == "RCPT":
            return [argument.partition(b"<")[2].partition(b">")[0].decode(errors="replace")]
        return self.envelope.recipients if self.envelope else []

    @staticmethod
    def _said(rule: Rule | None) -> bytes | None:
        return rule.reply.encode() if rule and rule.reply else None

    def _later(self, wait: float, step: str, argument: bytes, reply: bytes | None) -> None:
        def go_on() -> None:
            if not self.transport.is_closing():
                if step != BODY:
                    self.answer(step, argument, reply)
                self.release()

        self.hold()
        asyncio.get_running_loop().call_later(wait, go_on)

    def _end(self, how: str, last_words: bytes = b"") -> None:
        if last_words:
            self.send(last_words)
        self.flush()
        if how == "close":
            self.transport.close()
            return
        # Linger 0 turns the close into a reset, as from a machine that lost power.
        connection = self.transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()

    def send(self, reply: bytes) -> None:
        if self.sink.multiline and b"\r\n" not in reply:
            reply = reply[:3] + b"-and so on\r\n" + reply
        super().send(reply)

    def flush(self) -> None:
        if not self.sink.split_replies:
            super().flush()
            return
        dripping = bool(self._crumbs)
        self._crumbs += b"".join(self._replies)
        self._replies.clear()
        if not dripping:
            self._drip()

    def end(self) -> None:
        self.flush()
        if self._crumbs:
            self.hold()
            self._ending = True
        else:
            self.transport.close()

    def _drip(self) -> None:
        """Write one byte at a time, each in a packet of its own."""
        if self.transport.is_closing():
            return
        self.transport.write(self._crumbs[:1])
        del self._crumbs[:1]
        if self._crumbs:
            asyncio.get_running_loop().call_later(0.0005, self._drip)
        elif self._ending:
            self.transport.close()


def main() -> None:
    """Run a sink as a process; its port is the first line it prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--log", type=Path, help="append one JSON object for every accepted mail")
    parser.add_argument("--bodies", action="store_true", help="log whole mails")
    parser.add_argument("--script", type=Path, help="JSON list of rules, keys as in Rule")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds before every reply")
    parser.add_argument("--most-connections", type=int)
    options = parser.parse_args()
    sink = SMTPSink(log=options.log, keep_bodies=options.bodies)
    sink.latency = options.latency
    sink.most_connections = options.most_connections
    if options.script:
        sink.rules = Rules(Rule(**rule) for rule in json.loads(options.script.read_text()))
    listener = ports.listen(options.port)
    print(ports.number(listener), flush=True)

    async def run() -> None:
        server = await sink.serve(listener)
        await server.serve_forever()

    try:
        asyncio.run(run())
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
