"""One TCP connection, plain or with TLS, on which nothing takes longer than it may."""

import select
import socket
import ssl
import struct
import time
from typing import Self

# A wait may be as many seconds longer than what is left: that saves setting it for every call.
_MOMENT = 0.5


class Wire:
    """An open connection; for one thread. What fails raises OSError, what lasts TimeoutError."""

    def __init__(self, connected: socket.socket, *, seconds: float) -> None:
        self.allow(seconds)
        self._use(connected)

    @classmethod
    def connect(cls, host: str, port: int, *, connect_timeout: float, seconds: float) -> Self:
        """Connect; the connection then has so many seconds, as by `allow()`."""
        connected = socket.create_connection((host, port), connect_timeout)
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return cls(connected, seconds=seconds)

    def _use(self, connected: socket.socket) -> None:
        self._socket = connected
        self._kernel_minds = not isinstance(connected, ssl.SSLSocket)
        self._armed = 0.0
        self._poll = select.poll()
        self._poll.register(connected, select.POLLIN)
        if self._kernel_minds:
            connected.settimeout(None)

    def start_tls(self, context: ssl.SSLContext, host: str) -> None:
        """Shake hands; everything after it is encrypted."""
        self._socket.settimeout(self._left())
        self._use(context.wrap_socket(self._socket, server_hostname=host))

    @property
    def own_address(self) -> str:
        """This host's address on the connection; behind a gateway the other side sees another."""
        return str(self._socket.getsockname()[0])

    def allow(self, seconds: float) -> None:
        """Everything until the next call of this may take so long in all."""
        self._deadline = time.monotonic() + seconds

    def write(self, data: bytes) -> None:
        """Send all of it."""
        rest = memoryview(data)
        try:
            while rest:
                self._arm()
                rest = rest[self._socket.send(rest) :]
        except BlockingIOError:
            raise TimeoutError("timed out") from None

    def read(self) -> bytes:
        """What has come, at most 4 KB; waits for the first byte. Empty at the end."""
        self._arm()
        try:
            return self._socket.recv(4096)
        except BlockingIOError:
            raise TimeoutError("timed out") from None

    @property
    def has_news(self) -> bool:
        """Whether something has come, or the end."""
        return bool(self._poll.poll(0))

    def close(self) -> None:
        """Hang up without a word."""
        self._socket.close()

    def _left(self) -> float:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        return left

    def _arm(self) -> None:
        """Let the next call wait no longer than is left."""
        left = self._left()
        if not self._kernel_minds:
            self._socket.settimeout(left)
        elif not left <= self._armed < left + _MOMENT:
            # With a timeout of Python's, each call would be two: it asks before whether it may.
            self._armed = left + _MOMENT / 2
            limit = struct.pack("ll", int(self._armed), int(self._armed % 1 * 1_000_000))
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, limit)
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, limit)
