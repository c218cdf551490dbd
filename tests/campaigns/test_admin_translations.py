"""Organizers put a campaign into another language: draft, look, publish, correct."""

import pytest
from bs4 import BeautifulSoup
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


def name_targets(translation):
    for target in translation.campaign.targets.all():
        translation.target_texts.create(row=target, phrase="Jeff Bezos, director de Amazon")


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
    name_targets(translation)
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


def test_the_form_says_where_the_targets_get_their_names_in_that_language(staff):
    assert "How that names the targets is asked for below" in words(staff.get(ADD))


def rows_on(staff, translation):
    """Targets, questions and corrections, each put into Spanish by its organizer."""
    return edit(
        staff,
        translation,
        **{
            "target_texts-0-phrase": "Jeff Bezos, director de Amazon",
            "question_texts-0-label": "Usted es",
            "question_texts-0-help": "Para contarlo a la prensa.",
            "question_texts-0-choices": "Trabajadora\r\nVecina",
            "correction_texts-0-text": "Son tres, no cuatro.",
        },
    )


@pytest.fixture
def with_rows(campaign):
    campaign.custom_fields.create(
        key="role",
        label="You are",
        help="To tell the press.",
        kind="choice",
        choices="Worker\nNear",
    )
    campaign.corrections.create(text="Three, not four.")
    return campaign


def test_targets_questions_and_corrections_have_a_row_each_beside_the_original(staff, with_rows):
    translation = translate(with_rows)
    url = reverse("admin:campaigns_translation_change", args=[translation.pk])
    said = words(staff.get(url))
    for original in ("Amazon CEO Jeff Bezos", "To tell the press.", "Near", "Three, not four."):
        assert original in said
    rows_on(staff, translation)
    assert translation.target_texts.get().phrase == "Jeff Bezos, director de Amazon"
    assert translation.question_texts.get().label == "Usted es"
    assert translation.correction_texts.get().text == "Son tres, no cuatro."
    rows_on(staff, translation)
    assert translation.target_texts.count() == 1


def test_rows_that_say_nothing_are_not_stored(staff, with_rows):
    translation = translate(with_rows)
    edit(staff, translation, closing="Gracias.")
    assert not translation.target_texts.exists()
    assert not translation.question_texts.exists()


def test_answers_are_translated_one_for_one(staff, with_rows):
    translation = translate(with_rows)
    response = edit(staff, translation, **{"question_texts-0-choices": "Vecina"})
    assert "Write 2 answers, one a line, in the order of the original." in words(response)
    assert not translation.question_texts.exists()


def test_the_checklist_names_what_a_translation_leaves_out(staff, with_rows):
    Campaign.objects.filter(pk=with_rows.pk).update(closing="Thanks.", outcome="They stopped.")
    with_rows.refresh_from_db()
    translation = translate(with_rows)
    assert [finding.text for finding in check_translation(translation)] == [
        "The campaign has these, and they are empty here: Closing, Outcome.",
        "Targets that are named as the campaign names them: “Amazon CEO Jeff Bezos”.",
        "Questions that are asked in the language of the campaign: “You are”.",
        "Corrections in the language of the campaign: “Three, not four.”.",
    ]
    rows_on(staff, translation)
    edit(staff, translation, closing="Gracias.", outcome="Pararon.")
    translation.refresh_from_db()
    assert check_translation(translation) == []


def test_a_row_of_another_campaign_is_not_spoken_for(staff, with_rows):
    translation, other = translate(with_rows), make_campaign(organization=with_rows.organization)
    foreign = other.targets.get().pk
    edit(staff, translation, **{"target_texts-0-row": foreign, "target_texts-0-phrase": "x"})
    assert not translation.target_texts.exists()


def test_what_is_added_from_the_list_of_a_campaign_is_of_that_campaign(staff, campaign):
    listed = reverse("admin:campaigns_translation_changelist") + (
        f"?campaign__id__exact={campaign.pk}"
    )
    link = BeautifulSoup(staff.get(listed).content, "html.parser").select_one(
        ".object-tools a.addlink"
    )
    form = BeautifulSoup(staff.get(link["href"]).content, "html.parser")
    assert form.select_one("[name=campaign] option[selected]")["value"] == str(campaign.pk)


def test_the_list_of_a_foreign_campaign_begins_no_row_of_it(staff):
    foreign = make_campaign(headline="Foreign")
    for listed in (foreign.pk, "9" * 30, "x"):
        page = staff.get(ADD, {"_changelist_filters": f"campaign__id__exact={listed}"})
        assert page.status_code == 200
        assert "Foreign" not in words(page)
