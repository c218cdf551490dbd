"""The shipped nginx configuration before the real site: what it keeps, refuses and hides."""

import os
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from email.message import Message
from pathlib import Path
from typing import Any

import psutil
import pytest
from django.db import connection

from campaigns.models import Campaign
from deploy.local import ports
from signatures.models import Signature
from tests.factories import make_campaign
from tests.rig import nginx
from tests.rig.programs import Site, environment_for, with_database

pytestmark = [
    pytest.mark.journey,
    pytest.mark.django_db(transaction=True),
    nginx.NEEDED,
]

HASTY = {"client_header_timeout 10s": "client_header_timeout 1s"}
# Nothing of this chooses between two kept pages.
UNKEYED_HEADERS = {
    "Accept": "application/json",
    "Accept-Encoding": "identity",
    "Accept-Language": "de",
    "Authorization": "Basic YTpi",
    "Cache-Control": "no-cache",
    "Cookie": "session=1; typed=2; campaign=3",
    "Forwarded": "host=evil.example",
    "If-Modified-Since": "Mon, 01 Jan 2001 00:00:00 GMT",
    "If-Range": '"x"',
    "Origin": "https://evil.example",
    "Pragma": "no-cache",
    "Referer": "https://evil.example/",
    "Sec-Fetch-Site": "cross-site",
    "User-Agent": "Mozilla/5.0 (iPhone)",
    "X-Forwarded-For": "203.0.113.9",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Port": "1",
    "X-Forwarded-Prefix": "/evil",
    "X-Forwarded-Proto": "http",
    "X-Forwarded-Server": "evil.example",
    "X-Host": "evil.example",
    "X-HTTP-Method-Override": "POST",
    "X-Original-URL": "/admin/",
    "X-Requested-With": "XMLHttpRequest",
    "X-Rewrite-URL": "/admin/",
    "X-Script-Name": "/evil",
}
UNKEYED_QUERIES = (
    "?utm_source=x",
    "?source=mail",
    "?fbclid=1",
    "?slug=other",
    "?page=2",
    "?lang=de",
    "?format=json",
    "?_method=POST",
    "?callback=x",
    "?<script>",
    "?%00",
    "?" + "x=1&" * 500,
)


@pytest.fixture
def campaign() -> Campaign:
    return make_campaign(slug="clean-air")


@pytest.fixture
def behind(
    start_site: Callable[..., Site], tmp_path: Path
) -> Iterator[Callable[..., tuple[nginx.Nginx, Site]]]:
    """Call to start nginx before a gunicorn; keywords replace parts of the shipped text."""
    started = []

    def start(changes: dict[str, str] | None = None) -> tuple[nginx.Nginx, Site]:
        url = with_database(os.environ["DATABASE_URL"], connection.settings_dict["NAME"])
        site = start_site(environment=environment_for(url, TRUSTED_PROXY_COUNT="1"))
        proxy = nginx.Nginx(tmp_path, site_port=ports.number(site.listener), changes=changes)
        started.append(proxy)
        proxy.start()
        return proxy, site

    yield start
    for proxy in started:
        proxy.kill()


def ask(
    proxy: nginx.Nginx, path: str, *, method: str = "GET", body: bytes | None = None, **more: Any
) -> tuple[int, bytes, Message]:
    """Status, body and headers; `more` are headers with their hyphens as underscores."""
    headers = {name.replace("_", "-"): str(value) for name, value in more.items()}
    request = urllib.request.Request(proxy.url + path, body, headers, method=method)
    try:
        with urllib.request.build_opener(Stay()).open(request, timeout=20) as answer:
            return answer.status, answer.read(), answer.headers
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read(), refused.headers


class Stay(urllib.request.HTTPRedirectHandler):
    """A visitor who looks at redirects."""

    def redirect_request(self, *_: object) -> None:
        return None


def test_t18_nothing_a_visitor_sends_changes_what_the_next_one_gets(
    behind: Callable[..., tuple[nginx.Nginx, Site]], campaign: Campaign
) -> None:
    proxy, _ = behind()
    path = campaign.get_absolute_url()
    page = ask(proxy, path)[1]

    for name, value in UNKEYED_HEADERS.items():
        sent: dict[str, Any] = {name: value}
        assert ask(proxy, path, **sent)[1] == page, name
    for query in UNKEYED_QUERIES:
        assert ask(proxy, path + query)[1] == page, query
    assert ask(proxy, path, body=b"slug=other&email=x", method="GET")[1] == page
    assert ask(proxy, path)[1] == page
    assert ask(proxy, path, method="HEAD")[0] == 200

    time.sleep(1.5)
    outcomes = [line.split()[-1] for line in proxy.log.splitlines() if " 200 " in line]
    assert len(outcomes) > 40
    assert outcomes.count("MISS") == 1, "they all have one key"


def test_t17_answers_for_one_visitor_and_errors_are_never_kept(
    behind: Callable[..., tuple[nginx.Nginx, Site]], campaign: Campaign
) -> None:
    proxy, _ = behind()
    path = campaign.get_absolute_url()
    form = b"name=Ada&email=ada%40only-hers.example.org"
    signed = ask(proxy, path, method="POST", body=form, Sec_Fetch_Site="same-origin")
    cookie = signed[2]["Set-Cookie"].split(";")[0]

    hers = ask(proxy, f"{path}thanks/", Cookie=cookie)[1]
    theirs = ask(proxy, f"{path}thanks/")[1]
    assert signed[0] == 303
    assert b"only-hers" in hers
    assert b"only-hers" not in theirs

    assert ask(proxy, "/sign/not-yet/")[0] == 404
    make_campaign(slug="not-yet")
    assert ask(proxy, "/sign/not-yet/")[0] == 200


def test_t28_t29_large_bodies_and_slow_visitors_are_shown_out(
    behind: Callable[..., tuple[nginx.Nginx, Site]], campaign: Campaign
) -> None:
    proxy, _ = behind(HASTY)
    path = campaign.get_absolute_url()

    assert ask(proxy, path, method="POST", body=b"x" * 70_000)[0] == 413

    with socket.create_connection((ports.HOST, proxy.port), timeout=10) as slow:
        began = time.monotonic()
        slow.sendall(f"GET {path} HTTP/1.1\r\nHost: 127".encode())
        with suppress(ConnectionResetError):
            assert slow.recv(1) == b""
        assert time.monotonic() - began < 5
    shipped = nginx.SHIPPED.read_text()
    assert "client_header_timeout 10s;" in shipped
    assert "client_body_timeout 15s;" in shipped


def test_readers_keep_the_last_page_while_the_site_is_away(
    behind: Callable[..., tuple[nginx.Nginx, Site]], campaign: Campaign
) -> None:
    proxy, site = behind()
    path = campaign.get_absolute_url()
    page = ask(proxy, path)[1]

    site.close()
    time.sleep(5)
    assert ask(proxy, path)[:2] == (200, page)
    assert ask(proxy, f"{path}?source=post")[:2] == (200, page)
    assert ask(proxy, "/sign/never-read/")[0] == 502


def test_a_change_and_a_takedown_show_within_five_seconds(
    behind: Callable[..., tuple[nginx.Nginx, Site]], campaign: Campaign
) -> None:
    proxy, _ = behind()
    path = campaign.get_absolute_url()
    ask(proxy, path)

    Campaign.objects.filter(pk=campaign.pk).update(headline="Cleaner air, sooner")
    deadline = time.monotonic() + 5
    while b"Cleaner air, sooner" not in ask(proxy, path)[1]:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    # When nobody asked in between, the next one is not shown what stood there long ago.
    Campaign.objects.filter(pk=campaign.pk).update(state=Campaign.State.DRAFT)
    time.sleep(5)
    assert ask(proxy, path)[0] == 404


def test_a_form_that_met_a_dying_process_is_given_to_the_next_one(
    behind: Callable[..., tuple[nginx.Nginx, Site]], campaign: Campaign
) -> None:
    proxy, site = behind()
    path = campaign.get_absolute_url()

    def sign(number: int) -> int:
        if number == 100:
            psutil.Process(site.child.pid).children()[0].kill()
        form = f"name=Ada&email=ada{number}%40example.org".encode()
        return ask(proxy, path, method="POST", body=form, X_Forwarded_For=f"10.1.{number}.1")[0]

    with ThreadPoolExecutor(8) as visitors:
        answers = list(visitors.map(sign, range(250)))

    assert set(answers) == {303}
    assert Signature.objects.filter(campaign=campaign).count() == 250


def test_t04_tokens_stay_out_of_the_log(
    behind: Callable[..., tuple[nginx.Nginx, Site]], campaign: Campaign
) -> None:
    proxy, site = behind()
    kinds = ("confirm", "not-me", "withdraw", "unsubscribe", "preferences", "preview", "my-data")
    paths = [*kinds, "sign/clean-air/as", "admin/signatures/export/7/download"]
    for path in paths:
        ask(proxy, f"/{path}/secret-token/?also=secret-token")
    ask(proxy, "/?email=secret-token%40example.org")
    site.close()
    for path in paths:
        ask(proxy, f"/{path}/secret-token/?also=secret-token")

    time.sleep(1.5)
    assert "/confirm/..." in proxy.log
    assert "/sign/clean-air/as/..." in proxy.log
    assert "/admin/signatures/export/7/download/..." in proxy.log
    assert "secret" not in proxy.log
    assert "secret" not in proxy.error_log
