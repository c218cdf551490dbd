"""Organizers draft, check, publish and close a campaign in the admin."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from campaigns.models import Campaign, Source, Tally
from campaigns.text.vocabulary import MAX_BODY
from tests.campaigns.admin_pages import form_on, make_organizer, save, words
from tests.factories import NOTICE, STATEMENT, make_campaign, make_organization, make_signature

pytestmark = pytest.mark.django_db

FORM = "campaign_form"


@pytest.fixture
def draft() -> Campaign:
    return make_campaign(published=False, body="<p>Because.</p>")


@pytest.fixture
def staff(client: Client, draft: Campaign) -> Client:
    client.force_login(make_organizer(draft.organization))
    return client


def change_url(campaign: Campaign) -> str:
    return reverse("admin:campaigns_campaign_change", args=[campaign.pk])


def edit(staff: Client, campaign: Campaign, **changes: object) -> str:
    """Save the change page with these changes; what the next page says."""
    return words(save(staff, change_url(campaign), FORM, **changes))


def test_somebody_of_one_organization_adds_a_campaign_without_naming_it(staff, draft):
    url = reverse("admin:campaigns_campaign_add")
    organization = form_on(staff.get(url), FORM)["organization"]
    assert organization == [str(draft.organization_id)]
    scopes = list(draft.organization.scopes.values_list("pk", flat=True))
    save(
        staff,
        url,
        FORM,
        headline="Tell Amazon: Start",
        slug="start",
        statement_text="Start it.",
        notice_text=NOTICE,
        notice_scopes=scopes,
    )
    made = Campaign.objects.get(slug="start")
    assert made.organization == draft.organization
    assert made.current_statement().text == "Start it."
    assert list(made.current_notice().scopes.values_list("pk", flat=True)) == scopes


def test_publish_keeps_the_edits_of_the_form_and_opens_the_page(staff, draft):
    said = edit(staff, draft, headline="Tell Amazon: Stop now", _publish="1")
    draft.refresh_from_db()
    assert (draft.state, draft.headline) == ("open", "Tell Amazon: Stop now")
    assert f"{draft.public_url} takes signatures" in said
    assert staff.get(draft.get_absolute_url()).status_code == 200


def test_publish_says_what_is_missing_and_publishes_nothing(staff, draft):
    draft.targets.all().delete()
    said = edit(staff, draft, _publish="1")
    draft.refresh_from_db()
    assert draft.state == "draft"
    assert "Name at least one target." in said


def test_opening_a_change_page_or_a_preview_changes_nothing(staff, draft):
    before = Campaign.objects.values().get(pk=draft.pk)
    staff.get(change_url(draft))
    assert STATEMENT in staff.get(reverse("admin:preview", args=[draft.pk])).content.decode()
    assert Campaign.objects.values().get(pk=draft.pk) == before
    assert staff.post(reverse("admin:preview", args=[draft.pk])).status_code == 405


def test_saving_an_untouched_form_makes_no_version_of_anything(staff, draft):
    draft.current_statement().delete()
    draft.statements.create(text="First line.\nSecond line.")
    draft.publish()
    edit(staff, draft)
    assert (draft.statements.count(), draft.notices.count()) == (1, 1)


def test_another_statement_on_a_public_page_becomes_a_version_and_says_so(staff, draft):
    draft.publish()
    make_signature(draft)
    said = edit(
        staff,
        draft,
        statement_text="Stop it at once.",
        statement_reason="The target asked when.",
        statement_change_note="“At once” was added.",
    )
    assert "Statement, version 2 is what the page shows from now on." in said
    assert [row.text for row in draft.statements.all()] == [STATEMENT, "Stop it at once."]
    page = words(staff.get(draft.get_absolute_url()))
    assert "“At once” was added." in page
    assert page.index("Stop it at once.") < page.index(STATEMENT)


def test_a_public_statement_changes_only_with_a_reason_and_nothing_typed_is_lost(staff, draft):
    draft.publish()
    response = save(
        staff, change_url(draft), FORM, statement_text="Stop it at once.", headline="Tell them"
    )
    said = words(response)
    assert "Say why the text that people signed changes." in said
    assert "Say what changed, for everyone to read." in said
    typed = form_on(response, FORM)
    assert typed["statement_text"] == ["Stop it at once."] and typed["headline"] == ["Tell them"]
    assert draft.current_statement().text == STATEMENT


def test_a_draft_asks_for_no_reason(staff, draft):
    assert "statement_reason" not in form_on(staff.get(change_url(draft)), FORM)
    edit(staff, draft, statement_text="Stop it at once.")
    assert draft.current_statement().text == "Stop it at once."


def test_a_statement_is_stored_without_the_quotation_marks_around_it(staff, draft):
    edit(staff, draft, statement_text="“Stop it at once.”")
    assert draft.current_statement().text == "Stop it at once."


def test_a_statement_keeps_quotation_marks_that_are_part_of_it(staff, draft):
    edit(staff, draft, statement_text="“Stop” means “stop”")
    assert draft.current_statement().text == "“Stop” means “stop”"


def test_a_statement_that_is_there_cannot_be_emptied(staff, draft):
    edit(staff, draft, statement_text=" ")
    assert draft.current_statement().text == STATEMENT


def test_a_notice_without_a_kind_of_mail_is_refused(staff, draft):
    said = edit(staff, draft, notice_scopes=[])
    assert "Choose what somebody who agrees will get." in said


def test_a_superuser_cannot_promise_mail_of_another_organization(admin_client, draft):
    foreign = make_organization().scopes.first()
    save(admin_client, change_url(draft), FORM, notice_scopes=[foreign.pk])
    assert foreign not in draft.current_notice().scopes.all()


def test_a_pasted_body_is_stored_clean(staff, draft):
    pasted = (
        '<p onclick="x()">Look<script>alert(1)</script>'
        '<sup data-source="wong" style="color:red">7</sup></p><div data-block="ask">old</div>'
    )
    edit(staff, draft, body=pasted)
    draft.refresh_from_db()
    assert draft.body == ('<p>Look<sup data-source="wong"></sup></p>\n<div data-block="ask"></div>')


def test_a_body_that_is_too_long_is_refused_and_not_read(staff, draft):
    said = edit(staff, draft, body="a" * (MAX_BODY + 1))
    assert f"has at most {MAX_BODY:,} characters" in said
    draft.refresh_from_db()
    assert draft.body == "<p>Because.</p>"


def test_sources_are_added_in_rows_and_show_citation_and_marker(staff, draft):
    row = {
        "sources-TOTAL_FORMS": "1",
        "sources-0-key": "wong-2018",
        "sources-0-author": "Julie Carrie Wong",
        "sources-0-title": "Amazon under fire",
        "sources-0-publisher": "The Guardian",
        "sources-0-published_on": "2018-05-22",
        "sources-0-date_precision": "day",
        "sources-0-position": "0",
    }
    edit(staff, draft, **row)
    page = words(staff.get(change_url(draft)))
    assert 'Julie Carrie Wong, "Amazon under fire," The Guardian, May 22, 2018.' in page
    assert "[^wong-2018]" in page
    assert "Never cited: wong-2018." in page


def test_the_citation_of_half_a_source_is_shown_while_it_is_typed(staff):
    answer = staff.get(
        reverse("admin:campaigns_campaign_citation"),
        {"author": "ACLU", "title": "Anti-protest bills", "published_on": "20", "url": "x"},
    )
    assert answer.json() == {"citation": 'ACLU, "Anti-protest bills".'}


def test_who_may_not_see_campaigns_is_told_no_citation(staff, django_user_model):
    django_user_model.objects.get().groups.clear()
    assert staff.get(reverse("admin:campaigns_campaign_citation")).status_code == 403


def test_the_editor_is_offered_the_sources_and_the_ask_of_a_campaign(staff, draft):
    Source.objects.create(campaign=draft, key="wong", title="Amazon", published_on=date(2018, 5, 1))
    answer = staff.get(reverse("admin:campaigns_campaign_material", args=[draft.pk]))
    assert answer.json() == {"sources": [{"key": "wong", "title": "Amazon"}], "ask": "Stop it."}


def test_a_campaign_keeps_its_organization(staff, draft):
    draft.publish()
    assert "organization" not in form_on(staff.get(change_url(draft)), FORM)


def test_a_public_campaign_cannot_be_deleted_and_a_draft_can(staff, draft):
    delete = reverse("admin:campaigns_campaign_delete", args=[draft.pk])
    draft.publish()
    assert staff.post(delete, {"post": "yes"}).status_code == 403
    other = make_campaign(organization=draft.organization, published=False)
    staff.post(reverse("admin:campaigns_campaign_delete", args=[other.pk]), {"post": "yes"})
    assert list(Campaign.objects.all()) == [draft]


def test_the_list_shows_state_and_count_in_a_fixed_number_of_queries(
    staff, draft, django_assert_max_num_queries
):
    url = reverse("admin:campaigns_campaign_changelist")
    for number in range(12):
        campaign = make_campaign(organization=draft.organization)
        Tally.objects.update_or_create(campaign=campaign, defaults={"counted": 4321 + number})
    with django_assert_max_num_queries(9):
        page = words(staff.get(url))
    assert "4,321" in page and "open" in page and "draft" in page


def test_the_landing_page_leads_somebody_new_to_the_first_step(staff, draft):
    draft.delete()
    page = staff.get(reverse("admin:index"))
    assert "No campaign takes signatures yet." in words(page)
    assert reverse("admin:campaigns_campaign_add") in page.content.decode()


def test_the_landing_page_lists_open_campaigns_with_counts_and_drafts(staff, draft):
    campaign = make_campaign(organization=draft.organization, headline="Tell Amazon: Count")
    Tally.objects.update_or_create(campaign=campaign, defaults={"counted": 43218})
    page = words(staff.get(reverse("admin:index")))
    assert "Tell Amazon: Count 43,218 signatures" in page
    assert draft.headline in page


@pytest.mark.parametrize("language", ["EN", "en_US", "zz", "<b>"])
def test_a_language_that_nobody_speaks_is_refused(staff, draft, language):
    save(staff, change_url(draft), "campaign_form", language=language)
    draft.refresh_from_db()
    assert draft.language == "en"


def test_a_source_that_the_text_cites_cannot_be_deleted(staff, draft):
    source = Source.objects.create(campaign=draft, key="wong-2018", title="Title")
    Campaign.objects.filter(pk=draft.pk).update(body='<p>x<sup data-source="wong-2018"></sup></p>')
    response = save(staff, change_url(draft), "campaign_form", **{"sources-0-DELETE": "on"})
    assert "wong-2018: take the marker out first" in words(response)
    assert Source.objects.filter(pk=source.pk).exists()
    save(
        staff, change_url(draft), "campaign_form", **{"sources-0-DELETE": "on", "body": "<p>x</p>"}
    )
    assert not Source.objects.filter(pk=source.pk).exists()
