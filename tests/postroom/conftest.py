"""Servers that say what a test tells them, whatever they hear."""

import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from tests.postroom.conversing import Dialogue


@pytest.fixture
def accept_raw() -> Iterator[Callable[[bytes], int]]:
    """Call with all that a server will ever say; it says so at once and reads nothing."""
    opened: list[socket.socket] = []

    def start(says: bytes) -> int:
        listener = socket.create_server(("127.0.0.1", 0))
        opened.append(listener)

        def serve() -> None:
            connection, _ = listener.accept()
            opened.append(connection)
            connection.sendall(says)

        threading.Thread(target=serve, daemon=True).start()
        return int(listener.getsockname()[1])

    yield start
    for one in opened:
        one.close()


@pytest.fixture
def converse() -> Iterator[Callable[[Dialogue], int]]:
    """Call with what a server says after the lines that begin so; returns its port."""
    opened: list[socket.socket] = []

    def start(dialogue: Dialogue) -> int:
        listener = socket.create_server(("127.0.0.1", 0))
        opened.append(listener)

        def serve() -> None:
            connection, _ = listener.accept()
            opened.append(connection)
            reader = connection.makefile("rb")
            for last_line, answer in dialogue:
                while last_line and not (line := reader.readline()).startswith(last_line):
                    if not line:
                        return
                connection.sendall(answer)
                if answer.startswith(b"421"):
                    reader.close()
                    connection.close()
                    return

        threading.Thread(target=serve, daemon=True).start()
        return int(listener.getsockname()[1])

    yield start
    for one in opened:
        one.close()
