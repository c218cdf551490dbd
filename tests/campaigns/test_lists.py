"""The home page, the page of an organization and of a topic: what is open, won, and past."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone

from campaigns import listing
from campaigns.models import Campaign, Tally, Topic
from signatures.page_cache import pages
from tests.campaigns.languages import translate
from tests.factories import make_campaign, make_organization

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_kept():
    pages._pages.clear()


def end(campaign, state, **fields):
    now = timezone.now()
    fields = {"closed_at": now, "ended_at": now} | fields
    Campaign.objects.filter(pk=campaign.pk).update(state=state, **fields)


def read(client, address):
    response = client.get(address)
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def headlines(soup, part):
    return [link.get_text(strip=True) for link in soup.select(f"{part} :is(h2, h3) a")]


def test_what_closes_soon_comes_first_then_the_newest(client):
    organization = make_organization()
    now = timezone.now()
    for headline, closes in [
        ("Old", None),
        ("Closes next year", now + timedelta(days=300)),
        ("Closes tomorrow", now + timedelta(days=1)),
        ("Closes today", now + timedelta(hours=2)),
        ("New", None),
    ]:
        make_campaign(organization=organization, headline=headline, closes_at=closes)
    soup = read(client, f"/by/{organization.slug}/")
    expected = ["Closes today", "Closes tomorrow", "New", "Closes next year", "Old"]
    assert headlines(soup, ".campaigns") == expected
    assert headlines(read(client, "/"), ".campaigns") == expected


def test_a_won_campaign_is_shown_as_a_victory_with_what_came_of_it(client):
    organization = make_organization()
    make_campaign(organization=organization, headline="Open")
    won = make_campaign(organization=organization, headline="Save the night bus")
    end(won, "won", outcome="It stays for five years.")
    soup = read(client, f"/by/{organization.slug}/")
    assert headlines(soup, ".victories") == ["Save the night bus"]
    assert "It stays for five years." in soup.select_one(".victories").get_text()
    assert headlines(soup, ".campaigns") == ["Open"]


def test_drafts_and_withdrawn_campaigns_are_in_no_list(client):
    organization = make_organization()
    make_campaign(organization=organization, headline="A draft", published=False)
    end(make_campaign(organization=organization, headline="Taken back"), "withdrawn")
    page = client.get(f"/by/{organization.slug}/").content.decode()
    assert "A draft" not in page
    assert "Taken back" not in page
    assert "has no petition yet" in page


def test_closed_delivered_and_lost_ones_stay_in_sight(client):
    organization = make_organization()
    for state in ("closed", "delivered", "lost"):
        end(make_campaign(organization=organization, headline=f"It is {state}"), state)
    earlier = read(client, f"/by/{organization.slug}/").select_one(".earlier").get_text()
    assert all(f"It is {state}" in earlier for state in ("closed", "delivered", "lost"))


def test_the_home_page_of_one_organization_speaks_in_its_name_and_of_two_names_both(client):
    first = make_campaign()
    soup = read(client, "/")
    assert soup.select_one(".masthead .name").get_text(strip=True) == first.organization.name
    pages._pages.clear()
    second = make_campaign()
    soup = read(client, "/")
    assert soup.select_one(".masthead .name").get_text(strip=True) == "Petitions"
    names = soup.select_one(".campaigns").get_text()
    assert first.organization.name in names
    assert second.organization.name in names


def test_an_empty_site_says_so(client):
    assert "No petition is open at the moment." in read(client, "/").get_text()


def test_a_list_has_a_length_and_says_that_there_is_more(client, monkeypatch):
    organization = make_organization()
    for _ in range(3):
        make_campaign(organization=organization)
    monkeypatch.setattr(listing, "OPEN", 2)
    soup = read(client, f"/by/{organization.slug}/")
    assert len(headlines(soup, ".campaigns")) == 2
    assert "2 of 3 open petitions" in soup.get_text()


def test_a_list_costs_the_same_queries_however_long_it_is(client, django_assert_num_queries):
    organization = make_organization()
    for number in range(5):
        translate(make_campaign(organization=organization, headline=str(number)))
    with django_assert_num_queries(7):
        client.get(f"/by/{organization.slug}/")


def test_a_topic_lists_its_own_campaigns_and_is_not_there_before_its_first(client):
    organization = make_organization()
    topic = Topic.objects.create(organization=organization, name="Privacy", slug="privacy")
    address = f"/by/{organization.slug}/privacy/"
    assert client.get(address).status_code == 404
    about = make_campaign(organization=organization, headline="About privacy")
    about.topics.add(topic)
    buses = make_campaign(organization=organization, headline="About buses")
    buses.topics.add(Topic.objects.create(organization=organization, name="Buses", slug="buses"))
    soup = read(client, address)
    assert headlines(soup, ".campaigns") == ["About privacy"]
    assert soup.select_one("nav.topics [aria-current]").get_text() == "Privacy"
    assert read(client, f"/by/{organization.slug}/").select_one(f'a[href="{address}"]')


def test_a_topic_of_one_organization_is_nothing_to_another(client):
    topic = Topic.objects.create(organization=make_organization(), name="Privacy", slug="privacy")
    make_campaign(organization=topic.organization).topics.add(topic)
    assert client.get(f"/by/{make_organization().slug}/privacy/").status_code == 404


def test_unknown_organizations_are_not_found(client):
    assert client.get("/by/nobody/").status_code == 404
    assert client.get("/by/nobody/feed.atom").status_code == 404


def test_lists_are_served_like_pages_from_memory_to_everyone(client, django_assert_num_queries):
    campaign = make_campaign()
    Tally.objects.update_or_create(campaign=campaign, defaults={"counted": 43_218})
    address = f"/by/{campaign.organization.slug}/"
    first = client.get(address)
    assert "43,218 signed" in first.content.decode()
    assert first["Cache-Control"].startswith("public, max-age=2,")
    assert not first.cookies
    with django_assert_num_queries(0):
        assert client.get(address, HTTP_IF_NONE_MATCH=first["ETag"]).status_code == 304
    assert client.post(address).status_code == 405
