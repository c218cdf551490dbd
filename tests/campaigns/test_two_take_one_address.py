"""Two people want one name at the same moment: the second hears it in words and loses nothing."""

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from campaigns.cloning import clone
from campaigns.importing.creating import create_campaign
from campaigns.importing.parsing import parse_campaign
from campaigns.models import Campaign, MailScope, Organization, Source, Translation
from signatures.page_cache import pages
from tests.campaigns.admin_pages import form_on, words
from tests.campaigns.languages import translate
from tests.factories import make_campaign, make_organization
from tests.signatures.meanwhile import Tab, just_before

pytestmark = pytest.mark.django_db(transaction=True)
TAKEN = "This address is taken, now or by a page that has moved on."


@pytest.fixture
def organization():
    pages._pages.clear()
    return make_organization()


@pytest.fixture
def staff(client, organization):
    client.force_login(User.objects.create_superuser("alice"))
    return client


def meanwhile(sql, act):
    """`act` is committed by somebody else just before this thread writes."""
    return just_before(sql, lambda: Tab(act).done())


def submit(staff, url, form_id, **typed):
    data = form_on(staff.get(url), form_id) | typed | {"_save": "Save"}
    return staff.post(url, data)


def test_the_second_campaign_at_an_address_is_asked_for_another(staff, organization):
    typed = {"organization": organization.pk, "headline": "Stop it", "slug": "stop-it"}
    with meanwhile(
        'INSERT INTO "campaigns_campaign"',
        lambda: Campaign.objects.create(organization=organization, slug="stop-it", headline="x"),
    ):
        response = submit(
            staff, reverse("admin:campaigns_campaign_add"), "campaign_form", closing="Go.", **typed
        )
    assert response.status_code == 200
    assert TAKEN in words(response)
    assert form_on(response, "campaign_form")["closing"] == ["Go."]
    assert Campaign.objects.get().headline == "x"


def test_an_address_that_a_page_had_once_is_lost_as_politely(staff, organization):
    campaign = make_campaign(organization=organization, slug="mine")
    other = make_campaign(slug="theirs")
    url = reverse("admin:campaigns_campaign_change", args=[campaign.pk])
    with meanwhile(
        'UPDATE "campaigns_campaign" SET "slug"',
        lambda: Campaign.objects.filter(pk=other.pk).update(slug="wanted"),
    ):
        response = submit(staff, url, "campaign_form", slug="wanted", closing="Go.")
    assert TAKEN in words(response)
    assert form_on(response, "campaign_form")["closing"] == ["Go."]
    campaign.refresh_from_db()
    assert campaign.slug == "mine"


def test_the_second_translation_into_a_language_is_told_so(staff, organization):
    campaign = make_campaign(organization=organization)
    typed = {"campaign": campaign.pk, "language": "es", "headline": "Basta", "slug": "basta"}
    with meanwhile('INSERT INTO "campaigns_translation"', lambda: translate(campaign)):
        response = submit(
            staff, reverse("admin:campaigns_translation_add"), "translation_form", **typed
        )
    assert "There is a translation into this language already." in words(response)
    assert Translation.objects.count() == 1


def test_the_second_organization_at_an_address_is_told_so(staff):
    with meanwhile(
        'INSERT INTO "campaigns_organization"',
        lambda: Organization.objects.create(name="First", slug="first"),
    ):
        response = submit(
            staff,
            reverse("admin:campaigns_organization_add"),
            "organization_form",
            name="Second",
            slug="first",
        )
    assert "Organization with this Slug already exists." in words(response)
    assert Organization.objects.filter(slug="first").get().name == "First"


@pytest.mark.parametrize(
    ("row", "sql", "make"),
    [
        (
            {"name": "Second", "cadence": "weekly", "key": "news"},
            'INSERT INTO "campaigns_mailscope"',
            lambda one: MailScope.objects.create(organization=one, key="news", name="First"),
        ),
        (
            {"name": "Second", "slug": "news"},
            'INSERT INTO "campaigns_topic"',
            lambda one: one.topics.create(slug="news", name="First"),
        ),
    ],
)
def test_the_second_kind_of_mail_or_topic_of_a_name_is_told_so(staff, organization, row, sql, make):
    prefix = "scopes" if "cadence" in row else "topics"
    url = reverse("admin:campaigns_organization_change", args=[organization.pk])
    number = int(form_on(staff.get(url), "organization_form")[f"{prefix}-TOTAL_FORMS"][0])
    typed = {f"{prefix}-{number}-{name}": value for name, value in row.items()}
    typed |= {f"{prefix}-{number}-organization": organization.pk}
    typed |= {f"{prefix}-TOTAL_FORMS": number + 1}
    with meanwhile(sql, lambda: make(organization)):
        response = submit(staff, url, "organization_form", **typed)
    assert response.status_code == 200
    assert "already exists." in words(response)
    assert form_on(response, "organization_form")[f"{prefix}-{number}-name"] == ["Second"]


def test_the_second_source_of_a_key_is_told_so(staff, organization):
    campaign = make_campaign(organization=organization)
    url = reverse("admin:campaigns_campaign_change", args=[campaign.pk])
    row = {"key": "wong", "title": "Second", "date_precision": "day", "position": 0, "id": ""}
    typed = {f"sources-0-{name}": value for name, value in row.items()}
    typed |= {"sources-TOTAL_FORMS": 1, "sources-0-campaign": campaign.pk}
    with meanwhile(
        'INSERT INTO "campaigns_source"',
        lambda: Source.objects.create(campaign=campaign, key="wong", title="First"),
    ):
        response = submit(staff, url, "campaign_form", **typed)
    assert response.status_code == 200
    assert "already exists." in words(response)
    assert form_on(response, "campaign_form")["sources-0-title"] == ["Second"]


def test_two_copies_made_at_once_get_an_address_each(organization):
    campaign, author = make_campaign(slug="stop"), User.objects.create_user("bea")
    with meanwhile(
        'INSERT INTO "campaigns_campaign"', lambda: clone(campaign=campaign, author=author)
    ):
        made = clone(campaign=campaign, author=author)
    assert made.slug == "stop-copy-2"


def test_a_text_that_loses_its_address_takes_the_next(organization):
    text = "Example\n\nTell Amazon: Stop it\n\nThe petition to Amazon reads:\n\n“Stop it.”\n"
    draft = parse_campaign(text)
    with meanwhile(
        'INSERT INTO "campaigns_campaign"', lambda: make_campaign(slug=draft.slug, published=False)
    ):
        made = create_campaign(draft=draft, organization=organization)
    assert made.created
    assert made.campaign.slug == f"{draft.slug}-2"
