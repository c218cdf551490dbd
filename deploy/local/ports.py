"""Loopback ports: taken before they are announced, so that nobody else can come between."""

import socket

HOST = "127.0.0.1"


class PortBusy(Exception):
    """The port asked for is taken; `free` is the next one that is not."""

    def __init__(self, port: int, free: int) -> None:
        super().__init__(f"port {port} is busy, {free} is free")
        self.port = port
        self.free = free


def listen(port: int = 0) -> socket.socket:
    """Listen on a loopback port; 0 lets the system choose.

    Raises OSError when the port is taken. The socket is inheritable, so that a server can be
    restarted on it while visitors wait in its queue instead of being refused.
    """
    # The protocol is named: only then does asyncio send small answers at once (TCP_NODELAY).
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        listener.listen(512)
    except OSError:
        listener.close()
        raise
    listener.set_inheritable(True)
    return listener


def listen_near(port: int) -> socket.socket:
    """Listen on `port`, or on the first free one of the hundred after it."""
    for candidate in range(port, min(port + 100, 65536)):
        try:
            return listen(candidate)
        except OSError:
            continue
    return listen()


def listen_exactly(port: int) -> socket.socket:
    """Listen on `port`. Raises PortBusy, which names a free one, when it is taken."""
    try:
        return listen(port)
    except OSError as error:
        with listen_near(port + 1) as other:
            raise PortBusy(port, number(other)) from error


def number(listener: socket.socket) -> int:
    """The port a socket listens on."""
    return int(listener.getsockname()[1])


def unused() -> int:
    """A port that was free a moment ago, for a server that must bind it by itself."""
    with listen() as listener:
        return number(listener)
