"""Fixtures for every test; `tests/README.md` says how to use them."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.db import connection
from psycopg2 import extensions
from pytest_django.live_server_helper import LiveServer
from pytest_django.plugin import DjangoDbBlocker

from tests.rig import browser as browsers
from tests.rig.moved_clock import MovedClock
from tests.rig.own_servers import OwnServers, migrated_template, own_servers
from tests.rig.programs import Program, Site, Worker, environment_for, with_database
from tests.rig.servers import servers
from tests.rig.smtp_sink import SMTPSink
from tests.rig.tcp_proxy import TCPProxy

if TYPE_CHECKING:
    from django.test import Client
    from playwright.sync_api import Browser, Page

    from campaigns.models import Campaign

# Playwright's synchronous interface keeps an event loop in this thread, and Django would refuse
# to speak to the database beside it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


def pytest_configure(config: pytest.Config) -> None:
    # Links in mails carry SITE_URL, so the live server must stand where they lead.
    config.option.liveserver = settings.SITE_URL.removeprefix("http://")


def pytest_unconfigure() -> None:
    servers().stop()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Order: plain tests, journeys, faults. Faults share one worker, so they run one at a time."""

    def turn(item: pytest.Item) -> int:
        return 2 if item.get_closest_marker("fault") else bool(item.get_closest_marker("journey"))

    items.sort(key=turn)
    for item in items:
        if item.get_closest_marker("fault"):
            item.add_marker(pytest.mark.xdist_group("fault"))


@pytest.fixture(autouse=True)
def no_network_is_crowded() -> None:
    """Every test is sent from one address; how often it signed is not carried into the next."""
    from signatures.guarding.limiting import crowded

    crowded.clear()


@pytest.fixture(autouse=True)
def whoever_comes_next_may_copy() -> Iterator[None]:
    """What a slice of mailings switches for its process is switched back, as if that had ended."""
    yield
    if extensions.get_wait_callback() is not None:
        extensions.set_wait_callback(None)


@pytest.fixture
def smtp_sink() -> Iterator[SMTPSink]:
    """The mail server that EMAIL_URL leads to, fresh: no mail, no rules."""
    sink = servers().sink
    sink.forget()
    yield sink
    sink.forget()


@pytest.fixture
def tcp_proxy() -> Iterator[Callable[[str, int], TCPProxy]]:
    """Call with host and port to put a proxy before them."""
    proxies: list[TCPProxy] = []

    def make(host: str, port: int) -> TCPProxy:
        proxy = TCPProxy(host, port)
        proxy.start()
        proxies.append(proxy)
        return proxy

    yield make
    for proxy in proxies:
        proxy.stop()


@pytest.fixture
def moved_clock(db: None) -> MovedClock:
    """The database's clock, to be moved: `moved_clock.advance(timedelta(days=30))`."""
    return MovedClock()


@pytest.fixture
def programs_under_test() -> Iterator[list[Program]]:
    """What was started here ends with the test, however the test ends."""
    started: list[Program] = []
    yield started
    for program in started:
        program.kill()
    for program in started:
        if isinstance(program, Site):
            program.close()


@pytest.fixture
def start_worker(
    request: pytest.FixtureRequest, programs_under_test: list[Program], tmp_path: Path
) -> Callable[..., Worker]:
    """Call with `tx` or `bulk` to start that worker and wait until it is ready.

    It works on the test database, or where `environment=` says.
    """

    def start(name: str, *, environment: dict[str, str] | None = None) -> Worker:
        worker = Worker(name, environment or _test_environment(), tmp_path)
        programs_under_test.append(worker)
        worker.start()
        return worker

    return start


@pytest.fixture
def start_site(programs_under_test: list[Program], tmp_path: Path) -> Callable[..., Site]:
    """Call to start a real gunicorn and wait until it answers; `environment=` as above."""

    def start(*, environment: dict[str, str] | None = None) -> Site:
        site = Site(environment or _test_environment(), tmp_path)
        programs_under_test.append(site)
        site.start()
        return site

    return start


def _test_environment() -> dict[str, str]:
    name = connection.settings_dict["NAME"]
    return environment_for(with_database(os.environ["DATABASE_URL"], name))


@pytest.fixture
def celery_workers(
    transactional_db: None, start_worker: Callable[..., Worker]
) -> dict[str, Worker]:
    """Both workers, ready, on the test database: `celery_workers["bulk"].kill()`."""
    return {name: start_worker(name) for name in ("tx", "bulk")}


@pytest.fixture
def live_site(live_server: LiveServer) -> str:
    """The site in this process on the test database, at SITE_URL: links in mails lead here."""
    assert live_server.url == settings.SITE_URL
    return live_server.url


@pytest.fixture(scope="session")
def migrated_cluster(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A stopped, migrated cluster that `own` copies."""
    return migrated_template(tmp_path_factory.mktemp("template"))


@pytest.fixture
def own(
    migrated_cluster: Path, tmp_path: Path, django_db_blocker: DjangoDbBlocker
) -> Iterator[OwnServers]:
    """A PostgreSQL and a Valkey for this test alone; models in this process use them too."""
    with django_db_blocker.unblock(), own_servers(migrated_cluster, tmp_path) as mine:
        yield mine


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    """A Chromium. Without one the test is skipped; on CI that is a failure."""
    path = browsers.find()
    if path is None and os.environ.get("CI"):
        pytest.fail(browsers.ADVICE)
    if path is None:
        pytest.skip(browsers.ADVICE)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=browsers.flags())
        yield chromium
        chromium.close()


@pytest.fixture
def browser_problems() -> list[str]:
    """What the browser complained of: console errors, uncaught errors, requests to other hosts."""
    return []


@pytest.fixture
def open_page(
    browser: "Browser", live_site: str, browser_problems: list[str]
) -> Iterator[Callable[..., "Page"]]:
    """Call to open a fresh browser profile; options are those of Playwright's `new_context()`.

    Addresses are relative to the live site. Requests to other hosts are stopped and noted.
    """
    contexts = []

    def open_one(**options: object) -> "Page":
        context = browser.new_context(**{"base_url": live_site, **options})  # type: ignore[arg-type]
        context.set_default_timeout(10_000)
        contexts.append(context)

        def gate(route: object, request: object) -> None:
            browser_problems.append(f"asked for {request.url}")  # type: ignore[attr-defined]
            route.abort()  # type: ignore[attr-defined]

        context.route(lambda url: not url.startswith((live_site, "data:", "blob:")), gate)
        page = context.new_page()
        page.on("pageerror", lambda error: browser_problems.append(str(error)))
        page.on(
            "console",
            lambda said: browser_problems.append(said.text) if said.type == "error" else None,
        )
        return page

    yield open_one
    for context in contexts:
        context.close()


@pytest.fixture
def page(open_page: Callable[..., "Page"]) -> "Page":
    """One page at 1280 × 800, with JavaScript."""
    return open_page(viewport={"width": 1280, "height": 800})


@pytest.fixture
def campaign() -> "Campaign":
    """An open campaign with a statement, a notice and a target."""
    from tests.factories import make_campaign

    return make_campaign()


@pytest.fixture
def staff(client: "Client", campaign: "Campaign") -> "Client":
    """A browser in which an organizer of the campaign's organization is logged in."""
    from tests.campaigns.admin_pages import make_organizer

    client.force_login(make_organizer(campaign.organization))
    return client
