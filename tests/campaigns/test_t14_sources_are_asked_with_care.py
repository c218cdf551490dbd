"""T14, B38: whatever address a source has, this server asks no neighbour and waits for nobody."""

import socket
import ssl
import time
from collections.abc import Callable, Iterator
from ipaddress import ip_address
from typing import Any

import dns.resolver
import pytest

from campaigns.source_health.addresses import NotAllowed, is_public, locate
from campaigns.source_health.fetching import Fetcher, Unanswered, look_up
from tests.campaigns.strange_web import Serve, StrangeWeb, answering, recorded_sockets
from tests.corpus import cases, named
from tests.postroom.tls_server import CERTIFICATE

CASES = cases("source_urls")


@pytest.fixture
def web() -> Iterator[Callable[..., StrangeWeb]]:
    """Call with what the server does."""
    started: list[StrangeWeb] = []

    def start(serve: Serve, **options: Any) -> StrangeWeb:
        started.append(StrangeWeb(serve, **options))
        return started[-1]

    yield start
    for one in started:
        one.stop()


@pytest.mark.parametrize("case", CASES, ids=named)
def test_b38_an_address_gets_its_verdict(case):
    url = case["typed"] * case.get("times", 1)
    if case["verdict"] == "reject":
        is_never_asked(url, case.get("leads_to", []))
    else:
        location = locate(url)
        assert location.host == case.get("becomes", location.host)


def is_never_asked(url: str, leads_to: list[str]) -> None:
    answers = iter(leads_to)
    with recorded_sockets() as sockets:
        fetcher = Fetcher(lambda host, patience: [ip_address(a) for a in next(answers).split()])
        answer = fetcher.status_of(url)
    assert sockets == []
    assert answer.status is None
    assert answer.problem == "address"


def test_b38_the_file_has_thirty_addresses_that_are_never_asked():
    assert sum(case["verdict"] == "reject" for case in CASES) >= 30


def test_the_recorder_would_have_seen_a_connection(web):
    site = web(answering())
    with recorded_sockets() as sockets:
        assert site.fetcher().status_of(site.url()).status == 200
    assert sockets == [("socket.connect", ("127.0.0.1", site.port))]


@pytest.mark.parametrize(
    "target",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://127.0.0.2/",
        "http://[::1]/",
        "//2130706433/",
        "file:///etc/passwd",
        "http://a:b@example.org/",
        "http://example.org:6379/",
    ],
)
def test_t14_a_redirect_into_the_house_is_not_followed(web, target):
    site = web(answering("302 Found", f"Location: {target}"))
    # A name leads to the site; an address that the redirect names is what it is.
    with recorded_sockets() as sockets:
        answer = site.fetcher(resolve=lambda host, patience: [_as_named(host, site)]).status_of(
            site.url()
        )
    assert (answer.status, answer.problem) == (None, "address")
    assert sockets == [("socket.connect", ("127.0.0.1", site.port))]


def _as_named(host: str, site: StrangeWeb) -> object:
    return ip_address(site.host if host.endswith(".example") else host)


def test_t14_a_name_that_leads_elsewhere_a_moment_later_wins_nothing(web):
    honest = web(answering("302 Found", "Location: /again"), host="127.0.0.2")
    answers = iter(["127.0.0.2", "127.0.0.1", "127.0.0.1"])
    fetcher = honest.fetcher(resolve=lambda host, patience: [ip_address(next(answers))])
    with recorded_sockets() as sockets:
        answer = fetcher.status_of(honest.url(host="rebinding.example"))
    # One look-up a hop: the first connection went to what was checked, the second was not made.
    assert sockets == [("socket.connect", ("127.0.0.2", honest.port))]
    assert answer.problem == "address"
    assert f"Host: rebinding.example:{honest.port}" in honest.requests[0]


def test_t14_at_most_three_redirects_are_followed(web):
    site = web(answering("301 Moved", "Location: /round/and/round"))
    answer = site.fetcher().status_of(site.url())
    assert (answer.status, answer.problem) == (None, "redirects")
    assert len(site.requests) == 4


def test_t14_a_redirect_is_followed_to_its_end(web):
    def serve(client: socket.socket, head: str) -> None:
        moved = answering("308 Moved", "Location: /ende-für-immer")
        (answering() if "ende-f%C3%BCr-immer" in head else moved)(client, head)

    site = web(serve)
    assert site.fetcher().status_of(site.url("/start")).status == 200
    assert [head.split()[0] for head in site.requests] == ["HEAD", "HEAD"]


def test_b38_ten_gigabytes_are_not_read(web):
    def serve(client: socket.socket, head: str) -> None:
        client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n")
        for _ in range(200_000):
            client.sendall(b"x" * 50_000)

    site = web(serve)
    start = time.monotonic()
    assert site.fetcher().status_of(site.url()).status == 200
    assert site.fetcher().read(site.url(), most=64 * 1024).problem == "answer"
    assert time.monotonic() - start < 2
    assert site.hung_up.wait(5)


def test_b38_a_head_without_end_is_given_up(web):
    def serve(client: socket.socket, head: str) -> None:
        while True:
            client.sendall(b"HTTP/1.1 100 Continue\r\n\r\n" * 1000)

    site = web(serve)
    assert site.fetcher(patience=2).status_of(site.url()).problem in ("answer", "time")


@pytest.mark.parametrize("drip", [b"H", b"HTTP/1.1 200 OK\r\nX: 1\r\n"])
def test_b38_a_server_that_drips_is_left_when_the_time_is_up(web, drip):
    def serve(client: socket.socket, head: str) -> None:
        client.sendall(drip)
        while True:
            time.sleep(0.02)
            client.sendall(b"X")

    site = web(serve)
    start = time.monotonic()
    answer = site.fetcher(patience=0.4).status_of(site.url())
    assert answer.problem == "time"
    assert time.monotonic() - start < 1
    assert site.hung_up.wait(5)


def test_b38_a_server_that_says_nothing_is_left_when_the_time_is_up(web):
    site = web(lambda client, head: time.sleep(3))
    start = time.monotonic()
    assert site.fetcher(patience=0.3).status_of(site.url()).problem == "time"
    assert time.monotonic() - start < 1


def test_f30_a_name_server_that_is_away_costs_no_more_than_the_time():
    before = dns.resolver.default_resolver
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        dns.resolver.default_resolver = resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers, resolver.port = ["127.0.0.1"], silent.getsockname()[1]
        start = time.monotonic()
        try:
            with pytest.raises(Unanswered, match="name-server"):
                look_up("news.example", 0.3)
        finally:
            dns.resolver.default_resolver = before
    assert time.monotonic() - start < 1


def test_t14_nothing_but_the_question_travels(web):
    site = web(answering("200 OK", "Set-Cookie: a=b"))
    site.fetcher().status_of(site.url("/page?q=1"))
    lines = site.requests[0].split("\r\n")
    assert lines[0] == "HEAD /page?q=1 HTTP/1.1"
    names = {line.split(":")[0] for line in lines[1:] if line}
    assert names == {"Host", "User-Agent", "Accept", "Accept-Encoding", "Connection"}


def test_a_server_that_refuses_head_is_asked_with_get(web):
    def serve(client: socket.socket, head: str) -> None:
        status = "405 Not Allowed" if head.startswith("HEAD") else "200 OK"
        answering(status)(client, head)

    site = web(serve)
    assert site.fetcher().status_of(site.url()).status == 200


@pytest.mark.parametrize("nonsense", [b"", b"\x00\x01\x02", b"SSH-2.0-x\r\n", b"HTTP/9 x\r\n\r\n"])
def test_what_is_no_web_server_is_a_problem_and_no_error(web, nonsense):
    site = web(lambda client, head: client.sendall(nonsense))
    answer = site.fetcher(patience=1).status_of(site.url())
    assert answer.status is None
    assert answer.problem == "answer"


def test_a_certificate_that_is_not_the_hosts_is_a_problem(web):
    names: list[str] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    context.sni_callback = lambda _socket, name, _context: names.append(name)
    site = web(answering(), tls=context)
    answer = site.fetcher().status_of(site.url().replace("http:", "https:"))
    assert (answer.status, answer.problem) == (None, "certificate")
    assert names == ["news.example"]
    assert site.requests == []


def test_public_addresses_are_public():
    for address in ("93.184.216.34", "1.1.1.1", "2606:2800:21f::1", "2a00:1450::1"):
        assert is_public(ip_address(address)), address


def test_the_message_says_which_rule_was_broken():
    with pytest.raises(NotAllowed, match="user name"):
        locate("http://a:b@example.org/")
