"""The visitors of a benchmark: on time, from many networks, with the form that the page shows."""

import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest

from bench import http_client
from bench.form import sign_fields
from bench.http_client import HOLE, Load
from bench.turns import visit
from deploy.local import ports

ANSWER = b"HTTP/1.1 303 See Other\r\nContent-Length: 0\r\n\r\n"


class Door:
    """Answers every request alike, and keeps what it heard; slams shut after so many."""

    def __init__(self, *, slam_after: int = 0) -> None:
        self.heard: list[bytes] = []
        self.slam_after = slam_after
        self.listener = ports.listen()
        threading.Thread(target=self._open, daemon=True).start()

    def _open(self) -> None:
        while True:
            try:
                visitor, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(visitor,), daemon=True).start()

    def _answer(self, visitor: socket.socket) -> None:
        with visitor:
            while request := visitor.recv(1 << 16):
                self.heard.append(request)
                if self.slam_after and len(self.heard) >= self.slam_after:
                    self.slam_after = 0
                    return
                visitor.sendall(ANSWER)


@pytest.fixture
def door() -> Iterator[Door]:
    one = Door()
    yield one
    one.listener.close()


def load(door: Door, ledger: Path, **more: float) -> Load:
    request = http_client.post("/", f"name=Ada&email={HOLE}")
    return Load(
        port=ports.number(door.listener),
        request=request,
        status=303,
        label="t",
        ledger=str(ledger),
        **{"visitors": 4, "seconds": 0.5} | more,  # type: ignore[arg-type]
    )


def test_at_a_rate_exactly_so_many_come_and_each_is_in_the_ledger(
    door: Door, tmp_path: Path
) -> None:
    ledger = tmp_path / "ledger"

    result = visit(load(door, ledger, rate=60))

    assert (result.done, result.errors) == (30, 0)
    assert len(door.heard) == len(set(ledger.read_text().split())) == 30
    networks = {line for heard in door.heard for line in heard.splitlines() if b"Forwarded" in line}
    assert len(networks) == 30


def test_a_request_that_was_cut_off_is_an_error_and_promised_nothing(tmp_path: Path) -> None:
    door = Door(slam_after=5)
    ledger = tmp_path / "ledger"

    result = visit(load(door, ledger, rate=60))

    assert (result.done, result.errors, result.first_error) == (29, 1, "hung up")
    assert len(ledger.read_text().split()) == 29
    door.listener.close()


def test_without_a_rate_each_visitor_asks_again_at_once(door: Door, tmp_path: Path) -> None:
    result = visit(load(door, tmp_path / "ledger", seconds=0.3))

    assert result.done == len(door.heard) > 40
    assert json.dumps(asdict(result))


def test_networks_are_all_different() -> None:
    many = http_client.networks(65_000)

    assert len({next(many).rpartition(".")[0] for _ in range(3_000)}) == 3_000


def test_the_form_is_filled_in_as_the_page_shows_it() -> None:
    page = """
        <form action="/search/"><input name="q" required></form>
        <form method="post"><input type="hidden" name="statement" value="7">
        <input type="hidden" name="notice" value="9&amp;"><input name="name" required>
        <input name="email" type="email" required><input name="website" tabindex="-1">
        <input name="postal_code" required><textarea name="comment"></textarea></form>
    """

    assert sign_fields(page) == (
        f"statement=7&notice=9%26&name=Ada+Lovelace&email={HOLE}&postal_code=20500"
    )
