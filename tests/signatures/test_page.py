"""The campaign page as everybody gets it: the same bytes, no cookie, cacheable, whole."""

import json
import re
import threading
import time

import pytest
from bs4 import BeautifulSoup

from campaigns.models import Update
from signatures import page_cache
from signatures.counting import refresh_tallies
from tests.factories import make_campaign, make_signature

pytestmark = pytest.mark.django_db


def later():
    """The second for which a process keeps a page is over."""
    for page in page_cache.pages._pages.values():
        page.rendered_at -= page_cache.FRESH_SECONDS


def test_everyone_gets_the_same_bytes_and_no_cookie(client, campaign):
    first = client.get(campaign.get_absolute_url())
    client.cookies["sessionid"] = "x"
    second = client.get(campaign.get_absolute_url(), HTTP_ACCEPT_LANGUAGE="de")
    assert first.content == second.content
    assert not first.cookies
    assert not second.cookies
    assert "Vary" not in first or "Cookie" not in first["Vary"]


def test_the_page_may_be_cached_for_two_seconds_and_shown_when_we_are_down(client, campaign):
    page = client.get(campaign.get_absolute_url())
    assert page["Cache-Control"] == (
        "public, max-age=2, stale-while-revalidate=2, stale-if-error=600"
    )
    again = client.get(campaign.get_absolute_url(), HTTP_IF_NONE_MATCH=page["ETag"])
    assert again.status_code == 304
    assert not again.content


def test_a_second_reader_within_a_second_costs_no_query(
    client, campaign, django_assert_num_queries
):
    client.get(campaign.get_absolute_url())
    with django_assert_num_queries(0):
        client.get(campaign.get_absolute_url())


def test_a_change_shows_when_the_second_is_over(client, campaign):
    client.get(campaign.get_absolute_url())
    type(campaign).objects.filter(pk=campaign.pk).update(headline="Another headline")
    later()
    assert "Another headline" in client.get(campaign.get_absolute_url()).content.decode()


def test_drafts_and_unknown_campaigns_are_not_found(client):
    draft = make_campaign(published=False)
    assert client.get(draft.get_absolute_url()).status_code == 404
    assert client.get("/sign/no-such-campaign/").status_code == 404


def test_a_closed_campaign_keeps_its_page_without_the_form(client, campaign):
    campaign.close()
    page = client.get(campaign.get_absolute_url()).content.decode()
    assert "This petition is closed" in page
    assert "<form" not in page


def test_the_order_is_headline_ask_form_letter_sources(client, campaign):
    campaign.sources.create(key="wong-2018", author="Wong", title="Title", publisher="Guardian")
    type(campaign).objects.filter(pk=campaign.pk).update(
        body='<p>A claim.<sup data-source="wong-2018"></sup></p>'
    )
    html = client.get(campaign.get_absolute_url()).content.decode()
    places = [html.index(mark) for mark in ("<h1", "<blockquote", "<form", "A claim.", 'id="n1"')]
    assert places == sorted(places)


def test_every_marker_leads_to_its_note_and_back(client, campaign):
    campaign.sources.create(key="one", title="First", url="https://example.org/1")
    campaign.sources.create(key="two", title="Second")
    Update.objects.create(
        campaign=campaign, title="News", body='<p>N.<sup data-source="two"></sup></p>'
    ).publish()
    marker = '<sup data-source="{}"></sup>'
    type(campaign).objects.filter(pk=campaign.pk).update(
        body=f"<p>A{marker.format('two')} b{marker.format('one')} c{marker.format('two')}</p>"
    )
    soup = BeautifulSoup(client.get(campaign.get_absolute_url()).content, "html.parser")
    ids = [element["id"] for element in soup.select("[id]")]
    assert len(ids) == len(set(ids))
    links = soup.select("[role=doc-noteref], [role=doc-backlink]")
    assert len(links) == 8
    assert {link["href"].removeprefix("#") for link in links} <= set(ids)


def test_nothing_on_the_page_comes_from_elsewhere_or_runs(client, campaign):
    response = client.get(campaign.get_absolute_url())
    html = response.content.decode()
    data_only = r"<script(?! type=\"application/ld\+json\")"
    assert not re.search(rf"{data_only}|style=|onload|javascript:", html)
    loaded = re.findall(
        r'<(?:link[^>]+rel="(?:stylesheet|icon)"[^>]+href|img[^>]+src)="([^"]+)', html
    )
    assert all(address.startswith("/") for address in loaded)
    assert "default-src 'self'" in response["Content-Security-Policy"]


def test_the_style_sheet_is_kept_for_ever_and_has_the_organizations_colours(client):
    from tests.factories import make_organization

    campaign = make_campaign(organization=make_organization(signal_color="#AABBCC"))
    html = client.get(campaign.get_absolute_url()).content.decode()
    address = re.search(r'rel="stylesheet" href="([^"]+)"', html)[1]
    sheet = client.get(address)
    assert b"--signal:#AABBCC" in sheet.content
    assert "immutable" in sheet["Cache-Control"]


def test_the_count_follows_within_one_tally_and_is_open_to_badges(client, campaign):
    for _ in range(3):
        make_signature(campaign)
    make_signature(campaign, confirmed=False)
    refresh_tallies()
    response = client.get(f"/sign/{campaign.slug}/count.json")
    assert json.loads(response.content) == {"signatures": 3, "on_paper": 0, "goal": 100}
    assert response["Access-Control-Allow-Origin"] == "*"
    assert "public" in response["Cache-Control"]


@pytest.mark.parametrize(
    ("counted", "goal"), [(0, 100), (99, 100), (100, 200), (43_218, 50_000), (999_999, 1_000_000)]
)
def test_the_goal_is_the_next_step_of_the_ladder(counted, goal):
    from signatures.goals import goal_for

    assert goal_for(counted, None) == goal


def test_the_page_is_light(client, campaign):
    import gzip

    html = client.get(campaign.get_absolute_url()).content
    address = re.search(rb'rel="stylesheet" href="([^"]+)"', html)[1].decode()
    weight = len(gzip.compress(html)) + len(gzip.compress(client.get(address).content))
    assert weight < 40_000


def test_one_thread_renders_while_the_others_get_the_last_page():
    cache = page_cache.PageCache()
    rendered = []

    def render():
        rendered.append(time.monotonic())
        return b"page", "text/html"

    for _ in range(5):
        assert cache.get("x", render).body == b"page"
    assert len(rendered) == 1


def test_a_page_that_nobody_read_for_long_is_not_served_while_it_is_rendered_anew():
    cache = page_cache.PageCache()
    cache.get("x", lambda: (b"old", "text/html"))
    cache._pages["x"].rendered_at -= 3600
    started = threading.Event()

    def slow():
        started.set()
        time.sleep(0.2)
        return b"new", "text/html"

    renderer = threading.Thread(target=cache.get, args=("x", slow))
    renderer.start()
    started.wait()
    assert cache.get("x", slow).body == b"new"
    renderer.join()


def test_made_up_addresses_leave_nothing_behind():
    cache = page_cache.PageCache()
    for number in range(100):
        assert cache.get(f"page:{number}", lambda: None) is None
    assert not cache._locks


def test_no_header_changes_where_the_page_says_it_stands(client, campaign):
    plain = client.get(campaign.get_absolute_url()).content
    later()
    strange = client.get(
        campaign.get_absolute_url(), SCRIPT_NAME="/evil", HTTP_X_FORWARDED_HOST="evil.example"
    )
    assert strange.content == plain


def test_a_condition_on_another_version_is_no_error(client, campaign):
    page = client.get(campaign.get_absolute_url(), HTTP_IF_MATCH='"x"', HTTP_IF_NONE_MATCH='"y"')
    assert page.status_code == 200


def test_the_form_names_the_versions_that_it_shows(client, campaign):
    soup = BeautifulSoup(client.get(campaign.get_absolute_url()).content, "html.parser")
    named = {name: soup.select_one(f"[name={name}]")["value"] for name in ("statement", "notice")}
    assert named == {
        "statement": str(campaign.current_statement().pk),
        "notice": str(campaign.current_notice().pk),
    }
