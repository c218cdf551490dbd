"""T31, T32, F27 at the size of a test: signers, readers and polls at once, a worker killed.

At full size this is `make bench`.
"""

import http.client
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode, urlsplit

import pytest
from django.core.management import call_command
from django.db import connection

from signatures.models import Signature
from tests.factories import make_campaign

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

SIGNERS = 240


class Poller(threading.Thread):
    """Asks for the page and the number in turn, over one connection, until told to stop."""

    def __init__(self, base: str, path: str) -> None:
        super().__init__(daemon=True)
        self.base, self.path = base, path
        self.statuses: set[int] = set()
        self.numbers: list[int] = []
        self.ended = threading.Event()

    def run(self) -> None:
        visitor = http.client.HTTPConnection(urlsplit(self.base).netloc, timeout=30)
        while not self.ended.is_set():
            for path in (self.path, f"{self.path}count.json"):
                visitor.request("GET", path)
                response = visitor.getresponse()
                body = response.read()
                self.statuses.add(response.status)
            self.numbers.append(json.loads(body)["signatures"])


def sign_from_a_network_of_their_own(base: str, path: str, number: int) -> int:
    """The status of one signing, as it comes from the proxy in front of the site."""
    visitor = http.client.HTTPConnection(urlsplit(base).netloc, timeout=30)
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Forwarded-For": f"198.51.{number // 250}.{number % 250}",
    }
    fields = urlencode({"name": "Ada", "email": f"supporter-{number}@example.org"})
    visitor.request("POST", path, fields, headers)
    status = visitor.getresponse().status
    visitor.close()
    return status


def test_t31_t32_f27_nobody_is_turned_away_and_the_number_is_exact(
    start_site, start_worker, monkeypatch, settings
):
    monkeypatch.setenv("TRUSTED_PROXY_COUNT", "1")
    # Without the steps that hide who signs: the number is to be compared with the last signature.
    monkeypatch.setenv("COUNT_AT_ONCE_SECONDS", "0")
    settings.COUNT_AT_ONCE_SECONDS = 0
    campaign = make_campaign(proof="at_once")
    path = campaign.get_absolute_url()
    site = start_site()
    worker = start_worker("tx")
    pollers = [Poller(site.url, path) for _ in range(3)]
    for poller in pollers:
        poller.start()

    def press(number: int) -> int:
        return sign_from_a_network_of_their_own(site.url, path, number)

    with ThreadPoolExecutor(12) as pool:
        first = list(pool.map(press, range(SIGNERS // 2)))
        worker.kill()
        second = list(pool.map(press, range(SIGNERS // 2, SIGNERS)))
    worker.start()
    time.sleep(6)
    for poller in pollers:
        poller.ended.set()
        poller.join(timeout=30)

    assert first + second == [303] * SIGNERS
    for poller in pollers:
        assert poller.statuses == {200}
        assert poller.numbers == sorted(poller.numbers)
        assert poller.numbers[-1] == SIGNERS
    assert Signature.objects.counted().count() == SIGNERS
    connection.close()
    call_command("check_invariants")
