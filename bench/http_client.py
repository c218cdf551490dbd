"""Visitors: raw sockets kept open, requests built beforehand, one small process for all of them.

Each visitor asks, waits for the answer, and asks again; or, at a given rate, requests fall due by
the clock, whoever of the visitors is free takes the next, and its time counts from when it was due.
Each request comes from another network. The client shares the machine with what it measures, so it
does as little as it can and reports what it took. As a process:
`python -m bench.http_client LOAD`, which prints a `Result`, both as JSON.
"""

import json
import re
import selectors
import socket
import sys
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import BinaryIO

from deploy.local import ports

PATIENCE = 10.0
HOLE = "ADDRESS"
NETWORK = "NETWORK"
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Load:
    """What to ask, how often. `request` may have the hole ADDRESS, filled with `label` + number.

    Addresses whose request was answered with `status` are appended to the file `ledger`. `rate` is
    requests a second by the clock; 0: each visitor asks again at once. `first_network` is the
    number of the network that the first request comes from.
    """

    port: int
    visitors: int
    seconds: float
    request: str
    status: int
    label: str = ""
    ledger: str = ""
    rate: float = 0.0
    first_network: int = 0


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
        f"X-Forwarded-For: {NETWORK}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(fields) - len(HOLE) + ADDRESS_LENGTH}\r\n\r\n{fields}"
    )


def get(path: str) -> str:
    """A visit."""
    return f"GET {path} HTTP/1.1\r\nHost: {ports.HOST}\r\nAccept: text/html\r\n\r\n"


ADDRESS_LENGTH = 40


def networks(first: int) -> Iterator[str]:
    """Client addresses, each of a network of its own, six million of them."""
    number = first
    while True:
        yield f"{20 + number // 65536 % 100}.{number // 256 % 256}.{number % 256}.7"
        number += 1


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
        head, self.has_address, tail = self.load.request.partition(HOLE)
        before, self.has_network, after = head.partition(NETWORK)
        self.before, self.after, self.tail = before.encode(), after.encode(), tail.encode()
        self.addresses = addresses(self.load.label)
        self.networks = networks(self.load.first_network)
        self.selector = selectors.DefaultSelector()
        self.waiting: dict[int, _Visitor] = {}
        self.asked = 0

    def visit(self) -> Result:
        """Ask until time is up, then wait for what is under way."""
        # Each in its turn: nginx hangs up on whoever says nothing for ten seconds, and a connection
        # that is used in that very moment is the client's fault.
        free = deque(self._arrive() for _ in range(self.load.visitors))
        spent = time.process_time()
        self.began = last = time.perf_counter()
        while True:
            while free and (due := self._due()) is not None:
                self._ask(free.popleft(), due)
            now = time.perf_counter()
            if now - last > PATIENCE or (not self.waiting and self._is_over(now)):
                break
            for key, _ in self.selector.select(0.002 if self.load.rate else 0.5):
                if self._hear(key.data):
                    free.append(key.data)
                last = time.perf_counter()
        for visitor in list(self.waiting.values()):
            self._fail(visitor, "no answer")
        self.result.wall = last - self.began
        self.result.cpu = time.process_time() - spent
        self._summarise()
        return self.result

    def _due(self) -> float | None:
        """When the next request fell due; None while none has."""
        now = time.perf_counter()
        if not self.load.rate:
            return now if now < self.began + self.load.seconds else None
        due = self.began + self.asked / self.load.rate
        return due if due <= now and not self._is_over(due) else None

    def _is_over(self, now: float) -> bool:
        if self.load.rate:
            return self.asked >= self.load.rate * self.load.seconds
        return now >= self.began + self.load.seconds

    def _arrive(self) -> _Visitor:
        visitor = _Visitor(socket.create_connection((ports.HOST, self.load.port), PATIENCE))
        visitor.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.selector.register(visitor.socket, selectors.EVENT_READ, visitor)
        return visitor

    def _ask(self, visitor: _Visitor, due: float) -> None:
        request = self.before
        if self.has_network:
            request += next(self.networks).encode() + self.after
        if self.has_address:
            visitor.address = next(self.addresses)
            request += visitor.address.encode() + self.tail
        self.asked += 1
        self.waiting[id(visitor)] = visitor
        visitor.asked_at = due
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
            was_waiting = id(visitor) in self.waiting
            if was_waiting:
                self._fail(visitor, why)
            self._come_back(visitor)
            return was_waiting
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
