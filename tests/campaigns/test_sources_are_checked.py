"""Source health: what is due is asked, what is gone is told, and nothing else is touched."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from celery import current_app
from django.db import connection
from django.utils import timezone

from campaigns.checking import check_campaign
from campaigns.models import Campaign, Source
from campaigns.source_health import archives
from campaigns.source_health.asking import Asked, ask_for_check
from campaigns.source_health.examining import HostPace, examine, examine_due
from campaigns.source_health.fetching import Fetcher, Unanswered
from tests.campaigns.strange_web import Serve, StrangeWeb, answering
from tests.factories import make_campaign, make_organization

pytestmark = pytest.mark.django_db

NO_PAUSE = HostPace(0)


@pytest.fixture
def web() -> Iterator[Callable[[Serve], StrangeWeb]]:
    started: list[StrangeWeb] = []

    def start(serve: Serve) -> StrangeWeb:
        started.append(StrangeWeb(serve))
        return started[-1]

    yield start
    for one in started:
        one.stop()


@pytest.fixture
def campaign() -> Campaign:
    return make_campaign(organization=make_organization(checks_links=True))


def make_source(campaign: Campaign, **fields: Any) -> Source:
    defaults = {"key": "a", "title": "Report", "archive_url": "https://web.archive.org/web/1/x"}
    return Source.objects.create(campaign=campaign, **(defaults | fields))


def check(web: StrangeWeb, **options: Any) -> bool:
    return examine_due(fetcher=web.fetcher(), pace=NO_PAUSE, **options)


def days_later(source: Source, days: float) -> None:
    """Let so much time pass for `source`."""
    Source.objects.filter(pk=source.pk).update(
        checked_at=timezone.now() - timedelta(days=days), check_due_at=None
    )


def test_a_source_that_stands_is_asked_once_a_week(web, campaign):
    site = web(answering())
    source = make_source(campaign, url=site.url())
    assert not check(site)
    assert not check(site)
    assert len(site.requests) == 1
    source.refresh_from_db()
    assert (source.http_status, source.fail_count, source.check_problem) == (200, 0, "")
    assert source.last_ok_at == source.checked_at
    assert source.check_due_at
    assert timedelta(days=6) < source.check_due_at - timezone.now() <= timedelta(days=7)


@pytest.mark.parametrize(
    "status", ["404 Not Found", "410 Gone", "500 Oops", "503 Busy", "200 OK", "403 Forbidden"]
)
def test_three_fails_on_three_days_make_a_source_rotten(web, campaign, status):
    site = web(answering(status))
    source = make_source(campaign, url=site.url())
    for _day in range(3):
        check(site)
        days_later(source, 1)
    source.refresh_from_db()
    is_gone = status[0] in "45" and status != "403 Forbidden"
    assert source.is_rotten is is_gone
    assert list(Source.objects.rotten()) == [source] * is_gone


def test_three_clicks_on_a_button_are_not_three_days(web, campaign):
    site = web(answering("404 Not Found"))
    source = make_source(campaign, url=site.url())
    for _click in range(3):
        campaign.sources.make_due()
        check(site)
    source.refresh_from_db()
    assert source.fail_count == 1


@pytest.mark.parametrize("status", ["401 No", "402 Pay", "403 No", "429 Slowly", "451 Law"])
def test_a_paywall_is_not_a_death(web, campaign, status):
    site = web(answering(status))
    source = make_source(campaign, url=site.url(), fail_count=2)
    check(site)
    source.refresh_from_db()
    assert source.fail_count == 0
    assert source.last_ok_at is None
    assert source.http_status == int(status[:3])


def test_a_host_that_is_gone_fails_and_an_address_we_may_not_ask_does_not(campaign):
    gone = make_source(campaign, key="gone", url="http://gone.example/")
    inside = make_source(campaign, key="inside", url="http://169.254.169.254/")
    examine_due(fetcher=Fetcher(lambda host, patience: []), pace=NO_PAUSE)
    gone.refresh_from_db()
    inside.refresh_from_db()
    assert (gone.fail_count, gone.check_problem) == (1, "name")
    assert (inside.fail_count, inside.check_problem) == (0, "address")


def test_one_good_answer_forgives_all(web, campaign):
    site = web(answering())
    source = make_source(campaign, url=site.url(), fail_count=5)
    check(site)
    source.refresh_from_db()
    assert not source.is_rotten


def test_nobody_is_asked_without_the_organizations_leave(web, campaign):
    site = web(answering())
    make_source(campaign, url=site.url())
    campaign.organization.checks_links = False
    campaign.organization.save()
    check(site)
    assert site.requests == []


def test_a_draft_that_nobody_works_on_is_left_alone(web, campaign):
    site = web(answering())
    draft = make_campaign(organization=campaign.organization, published=False)
    make_source(draft, url=site.url())
    Campaign.objects.filter(pk=draft.pk).update(updated_at=timezone.now() - timedelta(days=90))
    check(site)
    assert site.requests == []
    Campaign.objects.filter(pk=draft.pk).update(updated_at=timezone.now())
    check(site)
    assert len(site.requests) == 1


def test_an_address_that_changed_meanwhile_keeps_its_new_beginning(web, campaign):
    site = web(answering("404 Not Found"))
    source = make_source(campaign, url=site.url("/old"))
    Source.objects.filter(pk=source.pk).update(url=site.url("/new"))
    examine(source, fetcher=site.fetcher())
    source.refresh_from_db()
    assert (source.fail_count, source.checked_at) == (0, None)


def test_a_claimed_source_is_nobody_elses_until_its_worker_is_given_up(campaign):
    source = make_source(campaign, url="http://news.example/")
    assert Source.objects.claim_due(5) == [source]
    assert Source.objects.claim_due(5) == []
    Source.objects.update(check_due_at=timezone.now() - timedelta(seconds=1))
    assert Source.objects.claim_due(5) == [source]


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_ask_the_same_source(web):
    site = web(answering())
    campaign = make_campaign(organization=make_organization(checks_links=True))
    for number in range(12):
        make_source(campaign, key=f"s{number}", url=site.url(f"/{number}"))

    def work() -> None:
        try:
            check(site)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(site.requests) == 12
    assert len({head.split()[1] for head in site.requests}) == 12


def test_a_turn_ends_and_says_that_work_is_left(web, campaign):
    site = web(answering())
    make_source(campaign, url=site.url())
    assert examine_due(fetcher=site.fetcher(), pace=NO_PAUSE, seconds=0)
    assert site.requests == []


def test_a_host_is_not_asked_faster_than_its_pace():
    pace = HostPace(0.1)
    start = time.monotonic()
    for host in ("a", "b", "a", "b", "a"):
        pace.wait(host)
    assert 0.2 <= time.monotonic() - start < 0.3


def test_a_rotten_source_is_named_in_the_checklist(campaign):
    make_source(campaign, key="wong-2018", url="http://news.example/", fail_count=3)
    findings = [finding for finding in check_campaign(campaign) if "wong-2018" in finding.text]
    assert any("gone" in finding.text.lower() for finding in findings)
    assert not any(finding.blocks for finding in findings)


class TestArchivedCopies:
    """The Internet Archive is asked with leave, and its answer is believed with care."""

    def snapshot(self, url: str, available: bool = True) -> bytes:
        closest = {"available": available, "url": url, "timestamp": "20180522", "status": "200"}
        return json.dumps({"url": "x", "archived_snapshots": {"closest": closest}}).encode()

    @pytest.fixture
    def ask(self, web, monkeypatch) -> Callable[[bytes], tuple[str, StrangeWeb]]:
        """Call with the archive's answer to get what is made of it."""

        def ask(body: bytes) -> tuple[str, StrangeWeb]:
            site = web(answering(body=body))
            monkeypatch.setattr(archives, "AVAILABILITY", site.url("/available"))
            found = archives.find_copy(
                "https://news.example/a?b=c&d", near=date(2018, 5, 22), fetcher=site.fetcher()
            )
            return found, site

        return ask

    def test_a_copy_is_found(self, ask):
        copy = "http://web.archive.org/web/20180522000000/https://news.example/a"
        found, site = ask(self.snapshot(copy))
        assert found == copy.replace("http:", "https:", 1)
        asked = site.requests[0].split("\r\n")[0]
        assert "url=https%3A%2F%2Fnews.example%2Fa%3Fb%3Dc%26d" in asked
        assert "timestamp=20180522" in asked

    @pytest.mark.parametrize(
        "url",
        [
            "https://web.archive.org.evil.example/web/1/x",
            "javascript:alert(1)//web.archive.org/web/",
            "https://a@web.archive.org/web/1/x",
            "https://web.archive.org/save/x",
            "https://web.archive.org/web/1/" + "x" * 2000,
            "https://web.archive.org/web/1/a\nb c",
            None,
            7,
        ],
    )
    def test_an_address_elsewhere_is_no_copy(self, ask, url):
        assert ask(self.snapshot(url))[0] == ""

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"not json",
            b"[]",
            b'{"archived_snapshots": {}}',
            b'{"archived_snapshots": []}',
            b"[" * 60_000,
            b'{"archived_snapshots": {"closest": {"url": "x"}}}',
            b" " * 70_000,
        ],
    )
    def test_an_answer_that_is_none_finds_no_copy(self, ask, body):
        assert ask(body)[0] == ""

    def test_what_is_found_waits_for_somebody_to_accept_it(self, web, campaign, monkeypatch):
        copy = "https://web.archive.org/web/20180522000000/http://news.example/"
        site = web(answering(body=self.snapshot(copy)))
        monkeypatch.setattr(archives, "AVAILABILITY", site.url("/wayback"))
        source = make_source(campaign, url=site.url("/page"), archive_url="")
        check(site)
        source.refresh_from_db()
        assert (source.archive_url, source.archive_suggestion) == ("", copy)
        assert source.accept_suggestion()
        assert not source.accept_suggestion()
        assert (source.archive_url, source.archive_suggestion) == (copy, "")

    def test_the_archive_is_not_asked_where_there_is_a_copy(self, web, campaign):
        site = web(answering())
        make_source(campaign, url=site.url("/page"))
        check(site)
        assert [head.split()[1] for head in site.requests] == ["/page"]


def test_the_tasks_are_known_to_beat_and_go_where_nothing_waits_for_them():
    current_app.autodiscover_tasks(force=True)
    beat = current_app.conf.beat_schedule["check-sources"]
    assert beat["task"] in current_app.tasks
    assert beat["schedule"] == 3600
    route = current_app.amqp.router.route({}, beat["task"])
    assert route["queue"].name == "events"


@pytest.mark.journey
@pytest.mark.django_db(transaction=True)
def test_a_real_worker_hears_the_bell_and_checks(start_worker):
    campaign = make_campaign(organization=make_organization(checks_links=True))
    source = make_source(campaign, url="http://169.254.169.254/")
    start_worker("tx")
    assert ask_for_check(campaign.sources.all()) == Asked(1, was_heard=True)
    deadline = timezone.now() + timedelta(seconds=20)
    while source.checked_at is None and timezone.now() < deadline:
        threading.Event().wait(0.1)
        source.refresh_from_db()
    assert source.check_problem == "address"


def test_f30_a_name_server_that_is_away_makes_no_source_look_gone(campaign):
    def away(host: str, patience: float) -> Any:
        raise Unanswered(Source.Problem.NAME_SERVER)

    source = make_source(campaign, url="http://news.example/")
    examine_due(fetcher=Fetcher(away), pace=NO_PAUSE)
    source.refresh_from_db()
    assert (source.fail_count, source.check_problem) == (0, "name-server")
    assert source.check_due_at is not None
