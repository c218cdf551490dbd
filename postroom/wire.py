"""One TCP connection, plain or with TLS, on which nothing takes longer than it may."""

import errno
import os
import select
import socket
import ssl
import time
from contextlib import suppress
from functools import partial
from typing import Self

from postroom.switchboard import READABLE, WRITABLE, apart, wait


class Wire:
    """An open connection; for one task. What fails raises OSError, what lasts TimeoutError.

    Beside other tasks of a Switchboard it keeps none of them waiting.
    """

    def __init__(self, connected: socket.socket, *, seconds: float) -> None:
        self.allow(seconds)
        self._use(connected)

    @classmethod
    def connect(cls, host: str, port: int, *, connect_timeout: float, seconds: float) -> Self:
        """Connect; the connection then has so many seconds, as by `allow()`.

        Each address of the host may take `connect_timeout`, the look-up of its name `seconds`.
        """
        look_up = partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
        trouble = OSError(f"{host} has no address")
        for family, kind, protocol, _name, address in apart(look_up, seconds):
            connecting = socket.socket(family, kind, protocol)
            try:
                _reach(connecting, address, connect_timeout)
            except OSError as error:
                connecting.close()
                trouble = error
            else:
                connecting.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                return cls(connecting, seconds=seconds)
        raise trouble

    def _use(self, connected: socket.socket) -> None:
        connected.setblocking(False)
        self._socket = connected
        self._poll = select.poll()
        self._poll.register(connected, select.POLLIN)

    def start_tls(self, context: ssl.SSLContext, host: str) -> None:
        """Shake hands; everything after it is encrypted."""
        encrypted = context.wrap_socket(
            self._socket, server_hostname=host, do_handshake_on_connect=False
        )
        self._use(encrypted)
        while True:
            try:
                encrypted.do_handshake()
                return
            except ssl.SSLWantReadError:
                self._wait(READABLE)
            except ssl.SSLWantWriteError:
                self._wait(WRITABLE)

    @property
    def own_address(self) -> str:
        """This host's address on the connection; behind a gateway the other side sees another."""
        return str(self._socket.getsockname()[0])

    def allow(self, seconds: float) -> None:
        """Everything until the next call of this may take so long in all."""
        self._deadline = time.monotonic() + seconds

    def write(self, data: bytes) -> None:
        """Send all of it; what fails or lasts too long has not sent its last byte."""
        rest = memoryview(data)
        while rest:
            try:
                rest = rest[self._socket.send(rest) :]
            except (BlockingIOError, ssl.SSLWantWriteError):
                self._wait(WRITABLE)
            except ssl.SSLWantReadError:
                self._wait(READABLE)

    def read(self) -> bytes:
        """What has come, at most 4 KB; waits for the first byte. Empty at the end."""
        if not isinstance(self._socket, ssl.SSLSocket):
            # An answer is hardly ever there yet, and to look for it in vain takes its time.
            self._wait(READABLE)
        while True:
            try:
                return self._socket.recv(4096)
            except (BlockingIOError, ssl.SSLWantReadError):
                self._wait(READABLE)
            except ssl.SSLWantWriteError:
                self._wait(WRITABLE)

    @property
    def has_news(self) -> bool:
        """Whether something has come, or the end."""
        decrypted = isinstance(self._socket, ssl.SSLSocket) and self._socket.pending() > 0
        return decrypted or bool(self._poll.poll(0))

    def break_off(self) -> None:
        """Whoever waits on it, in another task, goes on as if the other side had hung up."""
        with suppress(OSError):
            # That of an SSLSocket would also forget what it was encrypted with.
            socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def close(self) -> None:
        """Hang up without a word."""
        self._socket.close()

    def _wait(self, events: int) -> None:
        left = self._deadline - time.monotonic()
        if left <= 0 or not wait(self._socket.fileno(), events, left):
            raise TimeoutError("timed out")


def _reach(connecting: socket.socket, address: object, seconds: float) -> None:
    """Raises OSError when nobody answers there, TimeoutError when nobody does in time."""
    connecting.setblocking(False)
    code = connecting.connect_ex(address)  # type: ignore[arg-type]
    if code == errno.EINPROGRESS:
        if not wait(connecting.fileno(), WRITABLE, seconds):
            raise TimeoutError("timed out")
        code = connecting.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if code:
        raise OSError(code, os.strerror(code))
