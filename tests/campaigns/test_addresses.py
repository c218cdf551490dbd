"""A page's address may change; the old one leads to it for ever, and to nobody else's."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from campaigns.addresses import is_taken
from campaigns.models import Campaign
from signatures.models import Signature
from tests.campaigns.admin_pages import save, words
from tests.factories import make_campaign

pytestmark = pytest.mark.django_db

FORM = "campaign_form"


@pytest.fixture
def campaign() -> Campaign:
    return make_campaign(slug="first")


def move(staff: Client, campaign: Campaign, slug: str) -> str:
    url = reverse("admin:campaigns_campaign_change", args=[campaign.pk])
    said = words(save(staff, url, FORM, slug=slug))
    campaign.refresh_from_db()
    return said


def test_an_old_address_leads_to_the_new_one_with_what_follows_it(staff, campaign):
    move(staff, campaign, "second")
    assert campaign.slug == "second"
    answer = staff.get("/sign/first/?source=mail&s=abc")
    assert answer.status_code == 301
    assert answer.headers["Location"] == "/sign/second/?source=mail&s=abc"
    move(staff, campaign, "third")
    assert staff.get("/sign/first/").headers["Location"] == "/sign/third/"


def test_somebody_who_had_the_old_page_open_signs_all_the_same(staff, campaign):
    typed = {"name": "Ada", "email": "ada@example.org"}
    move(staff, campaign, "second")
    answer = staff.post("/sign/first/", typed)
    if answer.status_code in (307, 308):
        answer = staff.post(answer.headers["Location"], typed)
    assert answer.status_code == 303
    assert Signature.objects.filter(campaign=campaign).count() == 1


def test_a_campaign_may_take_an_address_back(staff, campaign):
    move(staff, campaign, "second")
    move(staff, campaign, "first")
    assert campaign.slug == "first"
    assert staff.get("/sign/first/").status_code == 200
    assert staff.get("/sign/second/").headers["Location"] == "/sign/first/"


@pytest.mark.parametrize("whose", ["open", "foreign draft", "moved on", "translation"])
def test_a_taken_address_is_refused_in_the_same_words_whoever_has_it(staff, campaign, whose):
    other = make_campaign(slug="theirs", published=whose != "foreign draft", headline="Secret")
    if whose == "moved on":
        Campaign.objects.filter(pk=other.pk).update(slug="elsewhere")
    elif whose == "translation":
        Campaign.objects.filter(pk=other.pk).update(slug="elsewhere")
        other.translations.create(language="es", slug="suya", headline="Secreto")
    said = move(staff, campaign, "suya" if whose == "translation" else "theirs")
    assert campaign.slug == "first"
    assert "This address is taken, now or by a page that has moved on. Choose another." in said
    assert "Secret" not in said and "already exists" not in said


def test_the_address_of_its_own_translation_is_taken_too(campaign):
    campaign.translations.create(language="es", slug="primera", headline="Dile")
    assert is_taken("primera", by=campaign)


def test_the_database_gives_no_address_to_two_campaigns(campaign):
    Campaign.objects.filter(pk=campaign.pk).update(slug="second")
    with pytest.raises(IntegrityError), transaction.atomic():
        make_campaign(slug="first")


def test_an_address_that_only_a_draft_had_is_free_again():
    draft = make_campaign(published=False, slug="first")
    Campaign.objects.filter(pk=draft.pk).update(slug="second")
    assert not is_taken("first")
