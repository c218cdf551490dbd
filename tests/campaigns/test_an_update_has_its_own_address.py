"""News that can be linked to: an update alone on a page, with the notes that it has everywhere."""

import re

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.utils import timezone

from campaigns.models import Campaign, Source, Update
from tests.factories import make_campaign

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign() -> Campaign:
    made = make_campaign(headline="Tell Amazon: Stop")
    Source.objects.create(campaign=made, key="wong", title="Recipe", url="https://g.example/w")
    Source.objects.create(campaign=made, key="aclu", title="Faces", url="https://a.example/f")
    return made


@pytest.fixture
def update(campaign: Campaign) -> Update:
    body = '<p>One.<sup data-source="aclu"></sup> Two.<sup data-source="wong"></sup></p>'
    return Update.objects.create(
        campaign=campaign, title="They stopped", body=body, published_at=timezone.now()
    )


def path(update: Update, number: int | None = None) -> str:
    return f"/sign/{update.campaign.slug}/updates/{number or update.pk}/"


def test_it_has_the_same_words_and_the_same_notes_as_on_the_campaign_s_page(
    client: Client, campaign: Campaign, update: Update
) -> None:
    own = BeautifulSoup(client.get(path(update)).content, "html.parser")
    on_page = BeautifulSoup(client.get(campaign.get_absolute_url()).content, "html.parser")

    assert own.h1
    assert own.h1.get_text() == "They stopped"
    there = on_page.select_one(f"#{update.anchor}")
    assert there
    for part in (".prose", ".sources ol"):
        here, copy = own.select_one(part), there.select_one(part)
        assert here
        assert copy
        assert str(here) == str(copy)
    assert path(update) in str(there.h3)


def test_it_leads_to_the_petition_and_names_its_own_address(
    client: Client, campaign: Campaign, update: Update
) -> None:
    page = client.get(path(update)).content.decode()
    assert f'rel="canonical" href="{update.address_on(campaign)}"' in page
    assert f'href="{campaign.get_absolute_url()}#sign"' in page
    assert re.search(r'<html lang="en"', page)


def test_what_is_not_public_is_not_there(
    client: Client, campaign: Campaign, update: Update
) -> None:
    assert client.get(path(update, 999_999)).status_code == 404
    assert client.get(f"/sign/{campaign.slug}/updates/{'9' * 30}/").status_code == 404
    assert client.get(f"/sign/{campaign.slug}/updates/x/").status_code == 404
    other = make_campaign()
    assert client.get(f"/sign/{other.slug}/updates/{update.pk}/").status_code == 404
    draft = Update.objects.create(campaign=campaign, title="Soon", body="<p>Soon.</p>")
    assert client.get(path(draft)).status_code == 404
    campaign.withdraw(outcome="We were wrong.")
    assert client.get(path(update)).status_code == 410
