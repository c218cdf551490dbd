"""The numbers for everyone: history by the hour, badge, and the page that explains them."""

import csv
import io
import json
import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.utils import timezone

from campaigns.models import Campaign, Tally, TallyHour
from campaigns.open_data import chart_points
from signatures.counting import refresh_tallies
from signatures.page_cache import pages
from tests.campaigns.languages import translate
from tests.factories import make_campaign, make_signature

pytestmark = pytest.mark.django_db
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def campaign():
    return make_campaign()


def history(client, campaign):
    pages._pages.clear()
    return json.loads(client.get(f"/sign/{campaign.slug}/history.json").content)


def test_the_history_ends_with_the_number_that_the_page_shows(client, campaign):
    for signatures in (2, 1):
        for _ in range(signatures):
            make_signature(campaign)
        refresh_tallies()
        refresh_tallies()
        shown = history(client, campaign)
        counted = Tally.objects.get(campaign=campaign).counted
        assert shown["hours"][-1]["signatures"] == shown["signatures"] == counted
    assert counted == 3
    assert len(shown["hours"]) <= 2  # one, unless the clock struck meanwhile
    assert shown["campaign"] == campaign.public_url


def test_an_hour_in_which_nothing_changes_has_no_row(campaign):
    make_signature(campaign)
    refresh_tallies()
    before = TallyHour.objects.count()
    TallyHour.objects.update(hour=timezone.now() - timedelta(days=2))
    refresh_tallies()
    assert TallyHour.objects.count() == before == 1


def test_each_hour_keeps_its_last_number(client, campaign):
    begin = datetime(2026, 5, 1, 12, tzinfo=UTC)
    for number in range(3):
        hour = begin + timedelta(hours=number)
        TallyHour.objects.create(campaign=campaign, hour=hour, counted=10 * number)
    hours = history(client, campaign)["hours"]
    assert hours[0] == {"hour": "2026-05-01T12:00:00Z", "signatures": 0}
    assert [hour["signatures"] for hour in hours] == [0, 10, 20]
    lines = client.get(f"/sign/{campaign.slug}/history.csv")
    assert lines["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(lines.content.decode())))
    assert rows == [{k: str(v) for k, v in hour.items()} for hour in hours]


@pytest.mark.parametrize("name", ["history.json", "history.csv", "badge.svg", "badge-dark.svg"])
def test_any_site_may_read_and_show_them_and_shared_caches_keep_them(client, campaign, name):
    response = client.get(f"/sign/{campaign.slug}/{name}")
    assert response.status_code == 200
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert response["Cache-Control"].startswith("public, max-age=60")
    assert not response.cookies
    assert client.post(f"/sign/{campaign.slug}/{name}").status_code == 405


@pytest.mark.parametrize("name", ["badge", "badge-dark"])
def test_the_badge_is_a_picture_of_the_count(client, name):
    campaign = make_campaign(headline="Tell <Amazon> & Co: Stop")
    Tally.objects.update_or_create(campaign=campaign, defaults={"counted": 43_218})
    response = client.get(f"/sign/{campaign.slug}/{name}.svg")
    assert response["Content-Type"] == "image/svg+xml"
    svg = ET.fromstring(response.content)
    texts = [text.text for text in svg.iter(f"{SVG}text")]
    assert texts == ["43,218 signed", "Tell <Amazon> & Co: Stop"]
    assert not list(svg.iter(f"{SVG}script"))
    assert "style=" not in response.content.decode()
    assert campaign.organization.signal_color in response.content.decode()


def test_the_badge_of_a_language_speaks_it_and_has_the_same_count(client, campaign):
    Tally.objects.update_or_create(campaign=campaign, defaults={"counted": 43_218})
    spanish = translate(campaign)
    svg = client.get(f"/sign/{spanish.slug}/badge.svg").content.decode()
    assert spanish.headline in svg
    assert "43" in svg
    assert history(client, spanish)["signatures"] == 43_218


def test_the_page_about_the_numbers_has_a_snippet_for_each_badge_and_a_table_beside_the_chart(
    client, campaign
):
    now = timezone.now().replace(minute=0, second=0, microsecond=0)
    for days in (2, 1, 0):
        hour = now - timedelta(days=days)
        TallyHour.objects.create(campaign=campaign, hour=hour, counted=100 - days)
    page = client.get(f"/sign/{campaign.slug}/data/")
    soup = BeautifulSoup(page.content, "html.parser")
    snippets = [BeautifulSoup(s.get_text(), "html.parser") for s in soup.select(".share-link")]
    assert [s.a["href"] for s in snippets] == [campaign.public_url] * 2
    for snippet in snippets:
        assert client.get(snippet.img["src"].removeprefix(settings.SITE_URL)).status_code == 200
    assert len(soup.select("tbody tr")) == 3
    assert len(soup.select_one("polyline")["points"].split()) == 3
    link = BeautifulSoup(client.get(campaign.get_absolute_url()).content, "html.parser")
    assert link.select_one(f'footer a[href="/sign/{campaign.slug}/data/"]')


def test_a_chart_begins_at_zero_and_needs_two_days():
    day = datetime(2026, 5, 1, tzinfo=UTC)
    assert chart_points([(day, 5)]) == ""
    assert chart_points([(day, 0), (day + timedelta(days=1), 0)]) == ""
    days = [(day, 0), (day + timedelta(days=1), 50), (day + timedelta(days=4), 100)]
    assert chart_points(days, width=400, height=100) == "0.0,100.0 100.0,50.0 400.0,0.0"


def test_nothing_is_told_of_drafts_and_withdrawn_campaigns(client, campaign):
    draft = make_campaign(published=False)
    Campaign.objects.filter(pk=campaign.pk).update(
        state="withdrawn", closed_at=timezone.now(), ended_at=timezone.now()
    )
    for slug in (draft.slug, campaign.slug, "no-such-campaign"):
        for name in ("history.json", "history.csv", "badge.svg", "data/"):
            assert client.get(f"/sign/{slug}/{name}").status_code == 404
