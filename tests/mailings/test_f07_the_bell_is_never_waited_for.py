"""Ringing costs nothing that a person would notice, however the broker fares."""

import socket
import time
from collections.abc import Iterator

import pytest
from celery import current_app

from mailings import doorbell


@pytest.fixture
def broker() -> Iterator[dict[str, str]]:
    """Put another address into `broker["url"]` by calling `lead_to`."""
    before = current_app.conf.broker_url
    yield {"url": before}
    current_app.conf.broker_url = before


def ring_at(url: str) -> tuple[bool, float]:
    """Whether the bell was heard, and the slowest of three rings after the first, in seconds."""
    current_app.conf.broker_url = url
    took = []
    heard = doorbell.ring_pump()
    for _ in range(3):
        start = time.perf_counter()
        heard = doorbell.ring_pump()
        took.append(time.perf_counter() - start)
    return heard, min(took)


def test_f06_a_broker_that_is_gone(broker: dict[str, str]) -> None:
    heard, took = ring_at("redis://127.0.0.1:1/0")
    assert not heard
    assert took < 0.15


def test_f07_a_broker_that_hangs(broker: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        heard, took = ring_at(f"redis://127.0.0.1:{silent.getsockname()[1]}/0")
    assert not heard
    assert took < 0.15


def test_a_broker_that_listens(broker: dict[str, str]) -> None:
    assert ring_at(broker["url"])[0]
