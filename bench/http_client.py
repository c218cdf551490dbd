"""Visitors: raw sockets kept open, requests built beforehand, one small process for all of them.

Each visitor asks, waits for the answer, and asks again. The client shares the machine with what it
measures, so it does as little as it can and reports what it took. As a process:
`python -m bench.http_client LOAD`, which prints a `Result`, both as JSON.
"""

import json
import re
import selectors
import socket
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import BinaryIO

from deploy.local import ports

PATIENCE = 10.0
HOLE = "ADDRESS"
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Load:
    """What to ask, how often. `request` may have the hole ADDRESS, filled with `label` + number.

    Addresses whose request was answered with `status` are appended to the file `ledger`.
    """

    port: int
    visitors: int
    seconds: float
    request: str
    status: int
    label: str = ""
    ledger: str = ""


@dataclass
class Result:
    """What came of it. Times are milliseconds, `wall` and `cpu` (of the client) seconds."""

    done: int = 0
    errors: int = 0
    wall: float = 0.0
    cpu: float = 0.0
    p50: float = 0.0
    p95: float = 0.0
    p99: float = 0.0
    first_error: str = ""


def post(path: str, fields: str) -> str:
    """A form as a browser on this site sends it. Addresses all have the length of ADDRESS."""
    return (
        f"POST {path} HTTP/1.1\r\nHost: {ports.HOST}\r\nSec-Fetch-Site: same-origin\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(fields) - len(HOLE) + ADDRESS_LENGTH}\r\n\r\n{fields}"
    )


def get(path: str) -> str:
    """A visit."""
    return f"GET {path} HTTP/1.1\r\nHost: {ports.HOST}\r\nAccept: text/html\r\n\r\n"


ADDRESS_LENGTH = 40


def addresses(label: str) -> Iterator[str]:
    """Addresses of one length, never the same twice under one label."""
    number = 0
    while True:
        domain = "@example.org"
        yield f"{label}{number:0{ADDRESS_LENGTH - len(label) - len(domain)}d}{domain}"
        number += 1


@dataclass
class _Visitor:
    socket: socket.socket
    answer: bytes = b""
    address: str = ""
    asked_at: float = 0.0


@dataclass
class _Crowd:
    """All visitors of a load, in one loop."""

    load: Load
    ledger: BinaryIO | None
    result: Result = field(default_factory=Result)
    times: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        head, self.hole, tail = self.load.request.partition(HOLE)
        self.head, self.tail = head.encode(), tail.encode()
        self.addresses = addresses(self.load.label)
        self.selector = selectors.DefaultSelector()
        self.waiting: dict[int, _Visitor] = {}

    def visit(self) -> Result:
        """Ask until time is up, then wait for what is under way."""
        visitors = [self._arrive() for _ in range(self.load.visitors)]
        spent = time.process_time()
        began = time.perf_counter()
        end = began + self.load.seconds
        for visitor in visitors:
            self._ask(visitor)
        last = began
        while self.waiting and last < end + PATIENCE:
            for key, _ in self.selector.select(0.5):
                visitor = key.data
                finished = self._hear(visitor)
                if finished and time.perf_counter() < end:
                    self._ask(visitor)
            last = time.perf_counter()
        for visitor in list(self.waiting.values()):
            self._fail(visitor, "no answer")
        self.result.wall = last - began
        self.result.cpu = time.process_time() - spent
        self._summarise()
        return self.result

    def _arrive(self) -> _Visitor:
        visitor = _Visitor(socket.create_connection((ports.HOST, self.load.port), PATIENCE))
        visitor.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.selector.register(visitor.socket, selectors.EVENT_READ, visitor)
        return visitor

    def _ask(self, visitor: _Visitor) -> None:
        request = self.head
        if self.hole:
            visitor.address = next(self.addresses)
            request = self.head + visitor.address.encode() + self.tail
        self.waiting[id(visitor)] = visitor
        visitor.asked_at = time.perf_counter()
        visitor.socket.sendall(request)

    def _hear(self, visitor: _Visitor) -> bool:
        """Take what has come; True when the answer is complete."""
        try:
            heard = visitor.socket.recv(1 << 18)
        except OSError as error:
            heard, why = b"", str(error)
        else:
            why = "hung up"
        if not heard:
            if id(visitor) in self.waiting:
                self._fail(visitor, why)
            self._come_back(visitor)
            return True
        visitor.answer += heard
        if not _is_complete(visitor.answer):
            return False
        self._note(visitor)
        visitor.answer = b""
        return True

    def _note(self, visitor: _Visitor) -> None:
        now = time.perf_counter()
        if visitor.answer[9:12] != b"%d" % self.load.status:
            self._fail(visitor, visitor.answer[:200].decode(errors="replace"))
            return
        if self.ledger:
            # On disk before it counts.
            self.ledger.write(visitor.address.encode() + b"\n")
        self.times.append(now - visitor.asked_at)
        del self.waiting[id(visitor)]

    def _fail(self, visitor: _Visitor, why: str) -> None:
        self.result.errors += 1
        self.result.first_error = self.result.first_error or why
        del self.waiting[id(visitor)]

    def _come_back(self, visitor: _Visitor) -> None:
        self.selector.unregister(visitor.socket)
        visitor.socket.close()
        visitor.answer = b""
        visitor.socket = socket.create_connection((ports.HOST, self.load.port), PATIENCE)
        self.selector.register(visitor.socket, selectors.EVENT_READ, visitor)

    def _summarise(self) -> None:
        times = sorted(self.times)
        self.result.done = len(times)
        if times:
            for name, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99)):
                setattr(
                    self.result, name, 1000 * times[min(int(share * len(times)), len(times) - 1)]
                )


def _is_complete(answer: bytes) -> bool:
    end = answer.find(b"\r\n\r\n")
    if end < 0:
        return False
    length = _LENGTH.search(answer, 0, end)
    assert length, f"an answer without a length cannot be measured: {answer[:end]!r}"
    return len(answer) >= end + 4 + int(length[1])


def main() -> None:
    """Put one load on."""
    load = Load(**json.loads(sys.argv[1]))
    if load.ledger:
        with Path(load.ledger).open("ab", buffering=0) as ledger:
            result = _Crowd(load, ledger).visit()
    else:
        result = _Crowd(load, None).visit()
    print(json.dumps(asdict(result)))


if __name__ == "__main__":
    main()
