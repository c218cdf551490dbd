"""What search engines are told: robots.txt, the sitemap's parts, every language of a page."""

import re
import xml.etree.ElementTree as ET

import pytest
from django.conf import settings

from campaigns import sitemaps
from campaigns.models import Campaign, Topic
from signatures.page_cache import pages
from tests.campaigns.languages import translate
from tests.factories import make_campaign

pytestmark = pytest.mark.django_db
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
LINK = "{http://www.w3.org/1999/xhtml}link"


@pytest.fixture(autouse=True)
def nothing_kept():
    pages._pages.clear()


def read(client, address):
    response = client.get(address)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/xml; charset=utf-8"
    return ET.fromstring(response.content)


def addresses(client):
    """Every address of every part that the index names."""
    index = read(client, "/sitemap.xml")
    found = []
    for part in index.iter(f"{MAP}loc"):
        path = part.text.removeprefix(settings.SITE_URL)
        found += [loc.text for loc in read(client, path).iter(f"{MAP}loc")]
    return found


def test_robots_txt_names_the_sitemap_and_keeps_personal_pages_out(client):
    text = client.get("/robots.txt").content.decode()
    assert f"Sitemap: {settings.SITE_URL}/sitemap.xml" in text
    assert {line.partition(": ")[2] for line in text.splitlines() if "Disallow" in line} == {
        *("/admin/", "/preview/", "/my-data/", "/sign/*/thanks/", "/sign/*/you/", "/sign/*/as/"),
        *(f"/{purpose}/" for purpose in ("confirm", "not-me", "withdraw")),
        *("/unsubscribe/", "/preferences/", "/stay/", "/go/", "/read/"),
    }
    assert not re.search(r"^Disallow: /(sign/)?$", text, re.M)


def test_the_sitemap_names_every_public_page_and_no_other(client):
    campaign = make_campaign()
    topic = Topic.objects.create(organization=campaign.organization, name="P", slug="p")
    campaign.topics.add(topic)
    make_campaign(published=False)
    withdrawn = make_campaign()
    Campaign.objects.filter(pk=withdrawn.pk).update(
        state="withdrawn", closed_at=withdrawn.published_at, ended_at=withdrawn.published_at
    )
    organization = f"{settings.SITE_URL}/by/{campaign.organization.slug}/"
    assert sorted(addresses(client)) == sorted(
        [f"{settings.SITE_URL}/", organization, f"{organization}p/", campaign.public_url]
    )


def test_every_address_in_the_sitemap_answers(client):
    translate(make_campaign())
    for address in addresses(client):
        assert client.get(address.removeprefix(settings.SITE_URL)).status_code == 200


def test_each_language_of_a_page_names_all_of_them_and_itself(client):
    campaign = make_campaign()
    spanish = translate(campaign)
    translate(campaign, language="de", slug="auf-deutsch", published=False)
    tree = read(client, f"/sitemap/{campaign.pk // sitemaps.RANGE}.xml")
    pages_of_it = [
        {link.get("hreflang"): link.get("href") for link in url.iter(LINK)}
        for url in tree.iter(f"{MAP}url")
    ]
    both = {"en": campaign.public_url, "es": spanish.public_url, "x-default": campaign.public_url}
    assert pages_of_it == [both, both]


def test_a_part_is_bounded_and_others_follow(client, monkeypatch):
    monkeypatch.setattr(sitemaps, "RANGE", 2)
    campaigns = [make_campaign() for _ in range(5)]
    parts = [part.text for part in read(client, "/sitemap.xml").iter(f"{MAP}loc")]
    assert len(parts) >= 1 + 3
    assert {c.public_url for c in campaigns} <= set(addresses(client))


@pytest.mark.parametrize("part", ["999999999", "0000000000001", "-1", "x", "1e9"])
def test_parts_that_do_not_exist_are_not_found(client, part):
    assert client.get(f"/sitemap/{part}.xml").status_code == 404
