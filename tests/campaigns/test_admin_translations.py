"""Organizers put a campaign into another language: draft, look, publish, correct."""

import pytest
from django.urls import reverse

from campaigns.models import Campaign, PageAddress, Statement, Translation
from campaigns.revising import revise_notice
from campaigns.translating import check_translation
from signatures.page_cache import pages
from tests.campaigns.admin_pages import make_organizer, save, words
from tests.campaigns.languages import NOTICE_ES, STATEMENT_ES, translate
from tests.factories import make_campaign

pytestmark = pytest.mark.django_db
ADD = "/admin/campaigns/translation/add/"


@pytest.fixture
def campaign():
    pages._pages.clear()
    return make_campaign()


@pytest.fixture
def staff(client, campaign):
    client.force_login(make_organizer(campaign.organization))
    return client


def add(staff, campaign, **changes):
    typed = {
        "campaign": campaign.pk,
        "language": "es",
        "headline": "Díganle a Amazon: basta",
        "slug": "amazon-basta",
        "statement_text": f"«{STATEMENT_ES}»",
        "notice_text": NOTICE_ES,
        "body": "<p>Por qué.</p>",
    }
    return save(staff, ADD, "translation_form", **(typed | changes))


def edit(staff, translation, **changes):
    address = reverse("admin:campaigns_translation_change", args=[translation.pk])
    return save(staff, address, "translation_form", **changes)


def test_a_translation_is_written_and_published_on_one_page(staff, campaign):
    said = words(add(staff, campaign, _publish="Save and publish"))
    translation = Translation.objects.get()
    assert translation.published_at
    assert "Published: it stands at" in said
    assert translation.current_statement().text == STATEMENT_ES
    assert translation.current_statement().frozen_at
    own, notice = campaign.current_notice(), translation.current_notice()
    assert (notice.text, notice.kind) == (NOTICE_ES, own.kind)
    assert set(notice.scopes.all()) == set(own.scopes.all())
    assert staff.get("/sign/amazon-basta/").status_code == 200


def test_it_is_not_public_before_it_is_published_nor_without_its_texts(staff, campaign):
    add(staff, campaign, statement_text="", notice_text="")
    translation = Translation.objects.get()
    assert staff.get("/sign/amazon-basta/").status_code == 404
    said = words(edit(staff, translation, _publish="Save and publish"))
    assert "Write the statement that people sign, in this language." in said
    assert "Write the opt-in notice in this language." in said
    translation.refresh_from_db()
    assert translation.published_at is None


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"language": "en"}, "The campaign itself is in this language."),
        ({"language": "xx"}, "Select a valid choice"),
        ({"headline": ""}, "This field is required."),
        ({"slug": "two words"}, "Enter a valid"),
    ],
)
def test_a_mistake_is_said_and_nothing_is_made(staff, campaign, typed, said):
    assert said in words(add(staff, campaign, **typed))
    assert not Translation.objects.exists()


def test_no_translation_takes_the_address_of_a_page_of_its_own_campaign_or_another(staff, campaign):
    other = make_campaign()
    for slug in (campaign.slug, other.slug):
        assert "This address is taken" in words(add(staff, campaign, slug=slug))
    assert not Translation.objects.exists()
    assert PageAddress.objects.get(slug=campaign.slug).language == ""


def test_there_is_one_translation_into_a_language(staff, campaign):
    translate(campaign)
    assert "There is a translation into this language already." in words(add(staff, campaign))


def test_a_published_statement_changes_with_a_reason_and_keeps_the_earlier_version(staff, campaign):
    translation = translate(campaign)
    assert "people have seen the text" in words(
        edit(staff, translation, statement_text="Basta ya.")
    )
    assert Statement.objects.filter(language="es").count() == 1
    edit(
        staff,
        translation,
        statement_text="Basta ya.",
        statement_reason="A mistake",
        statement_change_note="Una errata.",
    )
    first, second = Statement.objects.filter(language="es").order_by("version")
    assert (first.text, second.text) == (STATEMENT_ES, "Basta ya.")
    assert (second.change_note, second.version) == ("Una errata.", 2)
    assert Statement.objects.filter(language="").count() == 1


def test_a_draft_changes_in_place(staff, campaign):
    translation = translate(campaign, published=False)
    edit(staff, translation, statement_text="Basta ya.")
    assert list(Statement.objects.filter(language="es").values_list("text", flat=True)) == [
        "Basta ya."
    ]


def test_the_page_shows_what_is_translated_and_what_to_look_at(staff, campaign):
    campaign.sources.create(key="wong", title="Recipe")
    Campaign.objects.filter(pk=campaign.pk).update(
        body='<p>A claim.<sup data-source="wong"></sup></p>'
    )
    translation = translate(campaign, published=False, body='<p>x<sup data-source="y"></sup></p>')
    page = staff.get(reverse("admin:campaigns_translation_change", args=[translation.pk]))
    said = words(page)
    assert campaign.current_statement().text in said
    assert "Cited by the campaign and not here: wong." in said
    assert "Cited, and no source has this key: y." in said


def test_a_newer_statement_or_another_meaning_of_the_notice_is_pointed_out(campaign):
    translation = translate(campaign)
    assert check_translation(translation) == []
    Statement.objects.create(campaign=campaign, version=2, text="Another.")
    own = campaign.current_notice()
    revise_notice(campaign=campaign, text=own.text, kind="yes_no", scopes=own.scopes.all())
    found = [finding.text for finding in check_translation(translation)]
    assert found == [
        "The statement of the campaign is newer than this one.",
        "The notice of the campaign means something else now: save this one again.",
    ]


def test_a_published_translation_is_never_deleted_and_a_draft_may_be(staff, campaign):
    public = translate(campaign)
    draft = translate(campaign, language="de", slug="auf-deutsch", published=False)
    for translation, status in ((public, 403), (draft, 302)):
        address = reverse("admin:campaigns_translation_delete", args=[translation.pk])
        assert staff.post(address, {"post": "yes"}).status_code == status
    assert list(Translation.objects.all()) == [public]
    assert not PageAddress.objects.filter(slug="auf-deutsch").exists()


def test_the_form_says_that_a_lead_in_may_name_the_targets_in_that_language(staff):
    assert "Write the targets out here" in words(staff.get(ADD))
