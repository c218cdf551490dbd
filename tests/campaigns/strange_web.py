"""A web of our own on 127.0.0.1 with servers that misbehave, and a record of every connection."""

import socket
import ssl
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from ipaddress import ip_address
from typing import Any

from campaigns.source_health.addresses import PORTS, IPAddress, is_public
from campaigns.source_health.fetching import Fetcher

Serve = Callable[[socket.socket, str], None]

_recorded: list[tuple[str, Any]] | None = None
_thread = 0


def _audit(event: str, arguments: tuple[Any, ...]) -> None:
    if _recorded is not None and threading.get_ident() == _thread and event in _WATCHED:
        _recorded.append((event, arguments[-1] if event == "socket.connect" else arguments[0]))


_WATCHED = {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"}
sys.addaudithook(_audit)


@contextmanager
def recorded_sockets() -> Iterator[list[tuple[str, Any]]]:
    """Every connection and look-up that Python makes in this thread, as (what, address)."""
    global _recorded, _thread
    _recorded, _thread = [], threading.get_ident()
    try:
        yield _recorded
    finally:
        _recorded = None


class StrangeWeb:
    """One server on an address of this machine; `serve(socket, head of the request)` answers."""

    def __init__(
        self, serve: Serve, host: str = "127.0.0.1", tls: ssl.SSLContext | None = None
    ) -> None:
        self.requests: list[str] = []
        self.hung_up = threading.Event()
        self._serve, self._tls = serve, tls
        self._listener = socket.create_server((host, 0))
        self.host, self.port = self._listener.getsockname()
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def _accept(self) -> None:
        while True:
            try:
                client, _address = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=[client], daemon=True).start()

    def _answer(self, client: socket.socket) -> None:
        with suppress(OSError), client:
            if self._tls:
                client = self._tls.wrap_socket(client, server_side=True)
            head = b""
            while b"\r\n\r\n" not in head and (part := client.recv(4096)):
                head += part
            self.requests.append(head.decode())
            with suppress(OSError):
                self._serve(client, head.decode())
            self.hung_up.set()

    def stop(self) -> None:
        self._listener.close()

    def url(self, path: str = "/", host: str = "news.example") -> str:
        return f"http://{host}:{self.port}{path}"

    def fetcher(self, *, patience: float = 5.0, **rules: Any) -> Fetcher:
        """The rules of the public web, but every name leads here, and here may be asked."""

        def permits(address: IPAddress) -> bool:
            return str(address) == self.host or is_public(address)

        return Fetcher(
            **{
                "resolve": lambda host, patience: [ip_address(self.host)],
                "permits": permits,
                "ports": PORTS | {self.port},
                "patience": patience,
                **rules,
            }
        )


def answering(status: str = "200 OK", *headers: str, body: bytes = b"") -> Serve:
    """A server that says the same to everybody."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]

    def serve(client: socket.socket, head: str) -> None:
        client.sendall("\r\n".join(lines).encode())
        if not head.startswith("HEAD"):
            client.sendall(body)

    return serve
