"""Atom feeds: what a reader gets, sources included, and when there is no more to get."""

import xml.etree.ElementTree as ET
from datetime import datetime

import pytest
from bs4 import BeautifulSoup

from campaigns.models import Campaign, Update
from signatures.page_cache import pages
from tests.campaigns.languages import translate
from tests.factories import make_campaign

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"
CITED = '<p>A claim.<sup data-source="{}"></sup></p>'


@pytest.fixture
def campaign():
    campaign = make_campaign(body=CITED.format("wong"))
    campaign.sources.create(key="wong", author="Wong", title="Recipe", url="https://example.org/r")
    campaign.sources.create(key="acm", author="ACM", title="Letter", url="https://example.org/l")
    return campaign


def read(client, address):
    """The feed, with what RFC 4287 asks of every feed and entry checked."""
    response = client.get(address)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    feed = ET.fromstring(response.content)
    for element in (feed, *feed.findall(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert element.findtext(ATOM + name)
        assert datetime.fromisoformat(str(element.findtext(f"{ATOM}updated"))).tzinfo
    assert feed.find(f"{ATOM}author/{ATOM}name").text
    assert feed.find(f'{ATOM}link[@rel="self"]').get("href").endswith(address)
    ids = [entry.findtext(f"{ATOM}id") for entry in feed.findall(f"{ATOM}entry")]
    assert len(ids) == len(set(ids))
    return feed


def entries(feed):
    return {e.findtext(f"{ATOM}title"): e for e in feed.findall(f"{ATOM}entry")}


def content(entry):
    return BeautifulSoup(entry.findtext(f"{ATOM}content"), "html.parser")


def test_a_campaigns_feed_holds_its_statement_its_letter_and_its_updates_with_sources(
    client, campaign
):
    Update.objects.create(
        campaign=campaign, title="Amazon <answers> & more", body=CITED.format("acm")
    ).publish()
    Update.objects.create(campaign=campaign, title="Not yet", body="<p>Draft.</p>")
    found = entries(read(client, f"/sign/{campaign.slug}/feed.atom"))
    assert set(found) == {campaign.headline, "Amazon <answers> & more"}
    letter = content(found[campaign.headline])
    assert letter.blockquote.get_text(strip=True) == campaign.current_statement().text
    assert letter.select_one("ol li").get_text() == 'Wong, "Recipe".'
    assert letter.select_one('sup a[href$="#n1"]').get_text() == "[1]"
    news = content(found["Amazon <answers> & more"])
    assert news.select_one("ol li a")["href"] == "https://example.org/l"
    assert all(a["href"].startswith("http") for a in news.select("a"))


def test_an_organizations_feed_brings_the_news_of_all_its_campaigns_newest_first(client, campaign):
    other = make_campaign(organization=campaign.organization, headline="The other")
    Update.objects.create(campaign=campaign, title="News", body="<p>N.</p>").publish()
    make_campaign(headline="Somebody else's")
    feed = read(client, f"/by/{campaign.organization.slug}/feed.atom")
    assert list(entries(feed)) == ["News", "The other", campaign.headline]
    assert other.public_url == entries(feed)["The other"].find(f"{ATOM}link").get("href")


def test_a_withdrawn_campaign_is_gone_from_every_feed(client, campaign):
    Update.objects.create(campaign=campaign, title="News", body="<p>N.</p>").publish()
    Campaign.objects.filter(pk=campaign.pk).update(
        state="withdrawn", closed_at=campaign.published_at, ended_at=campaign.published_at
    )
    gone = client.get(f"/sign/{campaign.slug}/feed.atom")
    assert gone.status_code == 410
    assert "This was withdrawn." in gone.content.decode()
    assert "no-store" in gone["Cache-Control"]
    assert entries(read(client, f"/by/{campaign.organization.slug}/feed.atom")) == {}


def test_drafts_have_no_feed(client):
    draft = make_campaign(published=False)
    assert client.get(f"/sign/{draft.slug}/feed.atom").status_code == 404


def test_an_entry_keeps_its_id_when_its_address_changes(client, campaign):
    before = entries(read(client, f"/sign/{campaign.slug}/feed.atom"))[campaign.headline]
    Campaign.objects.filter(pk=campaign.pk).update(slug="another-address")
    after = entries(read(client, "/sign/another-address/feed.atom"))[campaign.headline]
    assert before.findtext(f"{ATOM}id") == after.findtext(f"{ATOM}id")
    assert before.find(f"{ATOM}link").get("href") != after.find(f"{ATOM}link").get("href")


def test_a_language_has_a_feed_of_its_own(client, campaign):
    spanish = translate(campaign, body=CITED.format("wong"))
    feed = read(client, f"/sign/{spanish.slug}/feed.atom")
    assert feed.get("{http://www.w3.org/XML/1998/namespace}lang") == "es"
    assert content(entries(feed)[spanish.headline]).select_one("ol li")


def test_pages_lead_to_their_feeds(client, campaign):
    pages._pages.clear()
    feed = 'link[rel="alternate"][type="application/atom+xml"]'
    for address, wanted in (
        (campaign.get_absolute_url(), f"/sign/{campaign.slug}/feed.atom"),
        (f"/by/{campaign.organization.slug}/", f"/by/{campaign.organization.slug}/feed.atom"),
        ("/", f"/by/{campaign.organization.slug}/feed.atom"),
    ):
        soup = BeautifulSoup(client.get(address).content, "html.parser")
        assert soup.select_one(feed)["href"].endswith(wanted)


@pytest.mark.parametrize("bad", ["\x0b", "\x08", "\x1f", "\ufffe"])
def test_what_no_xml_may_have_is_left_out_of_titles(client, campaign, bad):
    Update.objects.create(
        campaign=campaign,
        title=f"News{bad}here",
        body="<p>x</p>",
        published_at=campaign.published_at,
    )
    feed = read(client, f"/sign/{campaign.slug}/feed.atom")
    assert "News here" in [entry.findtext(f"{ATOM}title") for entry in feed.iter(f"{ATOM}entry")]
