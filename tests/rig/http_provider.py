"""A mail provider with an HTTP interface, for a test: it plays Mailgun."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, quote

from deploy.local import ports

Answer = Callable[["Provider"], None]


class Provider(BaseHTTPRequestHandler):
    """One request to the provider. What it answers is set by the test."""

    answer: Answer
    url: str
    requests: list[tuple[str, Message, bytes]]
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.requests.append((self.path, self.headers, body))
        type(self).answer(self)

    def say(self, status: int, said: dict[str, Any]) -> None:
        """Answer with a status and JSON."""
        written = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(written)))
        self.end_headers()
        self.wfile.write(written)

    def hang_up(self) -> None:
        """Vanish without an answer."""
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, *_args: Any) -> None:
        """Nothing: the test looks at the requests."""


def takes_it(provider: Provider) -> None:
    """What Mailgun says of a mail that it has taken."""
    provider.say(200, {"id": "<made-up@example.org>", "message": "Queued. Thank you."})


@contextmanager
def playing() -> Iterator[type[Provider]]:
    """A provider that listens at `url`; each has `requests` of its own."""

    class Mine(Provider):
        answer = staticmethod(takes_it)
        requests: list[tuple[str, Message, bytes]] = []

    server = ThreadingHTTPServer((ports.HOST, 0), Mine)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    Mine.url = f"http://{ports.HOST}:{server.server_port}/v3"
    try:
        yield Mine
    finally:
        server.shutdown()
        server.server_close()


def email_url(address: str) -> str:
    """EMAIL_URL for Mailgun's interface at this address."""
    return f"anymail+mailgun://?api_key=secret&sender_domain=example.org&api_url={quote(address)}"


def fields(request: tuple[str, Message, bytes]) -> dict[str, str]:
    """The form that a request carries."""
    return dict(parse_qsl(request[2].decode()))
