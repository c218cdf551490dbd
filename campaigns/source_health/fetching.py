"""Asks for a page of the public web within bounds, and for nothing else (T14).

A name is looked up once for each hop, its addresses are checked, and the connection goes to the
very address that was checked: a name that leads somewhere else a moment later wins nothing. No
cookie and no password travels; redirects are followed by hand, each checked like the first.
"""

import io
import socket
import ssl
import time
from collections.abc import Callable, Collection
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from http.client import HTTPConnection, HTTPException, HTTPResponse
from ipaddress import ip_address
from typing import Any
from urllib.parse import urljoin

from django.conf import settings

from campaigns.models.source import SourceProblem as Problem
from campaigns.source_health.addresses import (
    PORTS,
    IPAddress,
    Location,
    NotAllowed,
    is_public,
    locate,
)

MOST_REDIRECTS = 3
MOST_BYTES = 1024 * 1024
PATIENCE = 10.0
LOOKUP_PATIENCE = 4.0
REDIRECTS = (301, 302, 303, 307, 308)
# A server that does not know HEAD, or treats it as an attack, says one of these.
ASK_AGAIN_WITH_GET = (400, 403, 404, 405, 406, 500, 501, 502, 503)

Resolve = Callable[[str, float], list[IPAddress]]


@dataclass(frozen=True)
class Answer:
    """What came back: a status, or the problem that left none. `body` is empty unless asked for."""

    status: int | None = None
    problem: str = ""
    body: bytes = b""


class Unanswered(Exception):
    """No answer, and `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.value)
        self.problem = problem


@dataclass(frozen=True)
class Fetcher:
    """How to ask: whose word on names is taken, which addresses and ports may be asked, how long.

    The defaults are the rules of the public web. Tests pass others to meet servers of their own.
    """

    resolve: Resolve
    permits: Callable[[IPAddress], bool] = is_public
    ports: Collection[int] = PORTS
    patience: float = PATIENCE

    def status_of(self, url: str) -> Answer:
        """Ask with HEAD, and with GET where that is not understood. The body is never read."""
        deadline = time.monotonic() + self.patience
        answer = self._follow("HEAD", url, deadline, 0)
        if answer.status in ASK_AGAIN_WITH_GET or answer.problem == Problem.ANSWER:
            answer = self._follow("GET", url, deadline, 0)
        return answer

    def read(self, url: str, *, most: int) -> Answer:
        """Ask with GET and read up to `most` bytes; more of them is a problem, not a part."""
        return self._follow("GET", url, time.monotonic() + self.patience, min(most, MOST_BYTES))

    def _follow(self, method: str, url: str, deadline: float, most: int) -> Answer:
        try:
            for _hop in range(MOST_REDIRECTS + 1):
                location = locate(url, ports=self.ports)
                answer, target = self._ask(method, location, deadline, most)
                if not target:
                    return answer
                url = urljoin(url, target)
        except NotAllowed:
            return Answer(problem=Problem.ADDRESS)
        except Unanswered as unanswered:
            return Answer(problem=unanswered.problem)
        return Answer(problem=Problem.REDIRECTS)

    def _ask(
        self, method: str, location: Location, deadline: float, most: int
    ) -> tuple[Answer, str]:
        """One hop: the answer, and where it sends us on (empty when it does not)."""
        address = self._checked_address(location.host, deadline)
        try:
            with closing(_connect(address, location, deadline)) as sock:
                response = _exchange(method, location, sock, deadline)
                if response.status in REDIRECTS and (target := response.headers["Location"]):
                    return Answer(response.status), _as_utf8(target)
                body = response.read(most + 1) if most else b""
        except ssl.SSLCertVerificationError as error:
            raise Unanswered(Problem.CERTIFICATE) from error
        except (TimeoutError, ConnectionRefusedError) as error:
            slow = isinstance(error, TimeoutError)
            raise Unanswered(Problem.TIME if slow else Problem.REFUSED) from error
        except (HTTPException, ConnectionError, ssl.SSLError, ValueError) as error:
            raise Unanswered(Problem.ANSWER) from error
        except OSError as error:
            raise Unanswered(Problem.NETWORK) from error
        if len(body) > most:
            raise Unanswered(Problem.ANSWER)
        return Answer(response.status, body=body), ""

    def _checked_address(self, host: str, deadline: float) -> IPAddress:
        """The address to connect to. One bad address among several damns the name."""
        addresses = self.resolve(host, _left(deadline))
        if not addresses:
            raise Unanswered(Problem.NAME)
        if not all(map(self.permits, addresses)):
            raise NotAllowed("leads into a private network")
        return addresses[0]


def look_up(host: str, patience: float) -> list[IPAddress]:
    """The addresses of a host, IPv4 first. Raises `Unanswered` when nobody knows.

    Asked of the name servers directly: the system's own look-up cannot be told to hurry, and
    believes /etc/hosts.
    """
    try:
        return [ip_address(host)]
    except ValueError:
        pass
    # Web processes know this module too, and never look a name up.
    import dns.exception
    import dns.resolver

    try:
        answers = dns.resolver.resolve_name(
            host, lifetime=min(patience, LOOKUP_PATIENCE), search=False
        )
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer) as error:
        raise Unanswered(Problem.NAME) from error
    except (dns.exception.DNSException, OSError) as error:
        raise Unanswered(Problem.NAME_SERVER) from error
    return sorted(map(ip_address, answers.addresses()), key=lambda address: address.version)


def public_web() -> Fetcher:
    """The fetcher that production uses."""
    return Fetcher(resolve=look_up)


def _left(deadline: float) -> float:
    """Seconds until `deadline`. Raises `Unanswered` when there are none."""
    if (left := deadline - time.monotonic()) <= 0:
        raise Unanswered(Problem.TIME)
    return left


def _connect(address: IPAddress, location: Location, deadline: float) -> socket.socket:
    """A connection to `address` itself, encrypted in the name of the host that was asked for."""
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    sock = socket.socket(family)
    try:
        sock.settimeout(_left(deadline))
        sock.connect((str(address), location.port))
        if not location.is_https:
            return sock
        sock.settimeout(_left(deadline))
        return _tls().wrap_socket(sock, server_hostname=location.host)
    except BaseException:
        sock.close()
        raise


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


def _exchange(
    method: str, location: Location, sock: socket.socket, deadline: float
) -> HTTPResponse:
    """Send the request and read the head of the answer."""
    connection = HTTPConnection(location.host, location.port)
    connection.default_port = 443 if location.is_https else 80  # part of `Host:` only if unusual
    connection.sock = _Watched(sock, deadline)
    sock.settimeout(_left(deadline))
    connection.request(
        method,
        location.path,
        headers={
            "User-Agent": f"advocacy link check (+{settings.SITE_URL})",
            "Accept": "*/*",
            "Accept-Encoding": "identity",
            "Connection": "close",
        },
    )
    return connection.getresponse()


def _as_utf8(header: str) -> str:
    """A header that holds raw UTF-8, which `http.client` read as Latin-1."""
    return header.encode("latin-1", "replace").decode(errors="replace")


class _Watched:
    """A socket as `http.client` uses one, that gives up at a moment and after so many bytes."""

    def __init__(self, sock: socket.socket, deadline: float) -> None:
        self.sock, self.deadline = sock, deadline

    def sendall(self, data: Any) -> None:
        self.sock.sendall(data)

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Reader(self.sock, self.deadline))

    def close(self) -> None:
        """The socket belongs to whoever opened it."""


class _Reader(io.RawIOBase):
    def __init__(self, sock: socket.socket, deadline: float) -> None:
        self.sock, self.deadline, self.room = sock, deadline, MOST_BYTES

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        """As of `RawIOBase`. A server that drips is given what is left of the time, not more."""
        self.sock.settimeout(_left(self.deadline))
        count = self.sock.recv_into(buffer)
        self.room -= count
        if self.room < 0:
            raise Unanswered(Problem.ANSWER)
        return count
