"""Everything that a campaign says and asks is filled in on its change page."""

import pytest
from django.test import Client
from django.urls import reverse

from campaigns.models import Campaign, Organization
from tests.campaigns.admin_pages import form_on, make_organizer, save, words
from tests.factories import make_campaign, make_organization

pytestmark = pytest.mark.django_db

FORM = "campaign_form"


@pytest.fixture
def draft() -> Campaign:
    return make_campaign(published=False)


@pytest.fixture
def staff(client: Client, draft: Campaign) -> Client:
    client.force_login(make_organizer(draft.organization))
    return client


def change_url(campaign: Campaign) -> str:
    return reverse("admin:campaigns_campaign_change", args=[campaign.pk])


def row(prefix: str, **fields: str) -> dict[str, str]:
    return {f"{prefix}-TOTAL_FORMS": "1"} | {f"{prefix}-0-{k}": v for k, v in fields.items()}


def test_allies_and_corrections_are_written_in_rows_and_stand_on_the_page(staff, draft):
    ally = row("allies", name="Center for Media Justice", url="https://example.org", position="0")
    was_wrong = row("corrections", text="Not 19 states but 20.", corrected_on="2027-05-01")
    save(staff, change_url(draft), FORM, **ally, **was_wrong, body="<p>So.</p>", _publish="1")
    page = words(staff.get(draft.get_absolute_url()))
    assert "With this petition stand Center for Media Justice" in page
    assert "May 1, 2027 Not 19 states but 20." in page
    assert page.index("So.") < page.index("Not 19 states")


def test_a_question_of_its_own_is_written_in_a_row(staff, draft):
    question = row(
        "custom_fields",
        label="Do you work there?",
        key="works-there",
        kind="choice",
        choices="Yes\nNo",
        position="0",
    )
    save(staff, change_url(draft), FORM, **question)
    made = draft.custom_fields.get()
    assert (made.key, made.options) == ("works-there", ["Yes", "No"])


@pytest.mark.parametrize(
    ("choices", "says"),
    [("Yes", "at least two answers"), ("", "at least two"), ("Yes\nNo\nYes", "each answer once")],
)
def test_a_choice_that_is_none_is_refused(staff, draft, choices, says):
    question = row(
        "custom_fields", label="Q", key="q", kind="choice", choices=choices, position="0"
    )
    assert says in words(save(staff, change_url(draft), FORM, **question))
    assert not draft.custom_fields.exists()


def test_the_key_that_answers_are_stored_under_stays_once_it_is_public(staff, draft):
    draft.custom_fields.create(key="works-there", label="Do you work there?")
    draft.publish()
    answer = save(staff, change_url(draft), FORM, **{"custom_fields-0-key": "other"})
    assert "Answers are stored under “works-there”" in words(answer)
    assert draft.custom_fields.get().key == "works-there"


def test_topics_and_the_next_campaign_are_chosen_among_the_organizations_own(staff, draft):
    topic = draft.organization.topics.create(name="Privacy", slug="privacy")
    following = make_campaign(organization=draft.organization)
    save(staff, change_url(draft), FORM, topics=[topic.pk], next_campaign=following.pk)
    draft.refresh_from_db()
    assert (list(draft.topics.all()), draft.next_campaign) == ([topic], following)


def test_t16_a_superuser_mixes_no_organizations(admin_client, draft):
    other = make_organization()
    topic = other.topics.create(name="Privacy", slug="privacy")
    following = make_campaign(organization=other)
    url = change_url(draft)
    for choice in ({"topics": [topic.pk]}, {"next_campaign": following.pk}):
        answer = save(admin_client, url, FORM, **choice)
        assert set(choice) <= set(answer.context["adminform"].form.errors)
    draft.refresh_from_db()
    assert draft.next_campaign is None and not draft.topics.exists()


def test_a_campaign_does_not_follow_itself(staff, draft):
    answer = save(staff, change_url(draft), FORM, next_campaign=draft.pk)
    assert "next_campaign" in answer.context["adminform"].form.errors


def test_a_campaign_that_has_ended_follows_none_and_stays_where_it_was_chosen(staff, draft):
    following = make_campaign(organization=draft.organization, headline="Tell them: Later")
    Campaign.objects.filter(pk=draft.pk).update(next_campaign=following)
    following.close()
    save(staff, change_url(draft), FORM)
    draft.refresh_from_db()
    assert draft.next_campaign == following
    other = make_campaign(organization=draft.organization, published=False)
    page = staff.get(change_url(other)).content.decode()
    assert "Tell them: Later" not in page


def test_what_a_share_shows_the_country_and_the_zone_are_stored(staff, draft):
    typed = {
        "share_title": "Sign: stop it",
        "share_text": "Because.",
        "default_country": "US",
        "time_zone": "America/New_York",
        "asks_to_show_name": "on",
    }
    save(staff, change_url(draft), FORM, **typed)
    draft.refresh_from_db()
    assert {name: getattr(draft, name) for name in typed} == typed | {"asks_to_show_name": True}


def test_a_zone_that_is_stored_under_an_old_name_is_kept(staff, draft):
    Campaign.objects.filter(pk=draft.pk).update(time_zone="GB")
    save(staff, change_url(draft), FORM, headline="Tell them")
    draft.refresh_from_db()
    assert (draft.time_zone, draft.headline) == ("GB", "Tell them")


def test_the_outcome_is_asked_for_once_there_is_one(staff, draft):
    draft.publish()
    assert "outcome" not in form_on(staff.get(change_url(draft)), FORM)
    draft.win()
    save(staff, change_url(draft), FORM, outcome="They stopped.")
    draft.refresh_from_db()
    assert draft.outcome == "They stopped."


def test_the_enter_key_saves_and_takes_no_step(staff, draft):
    """Browsers press the first button of a form."""
    page = staff.get(change_url(draft)).content.decode()
    form = page[page.index('id="campaign_form"') :]
    assert form.index('name="_save"') < form.index('name="_step"')
    assert form.index('name="_save"') < form.index('name="_publish"')


def test_what_stands_in_the_way_of_publishing_is_told_apart_from_advice(staff, draft):
    draft.targets.all().delete()
    page = words(staff.get(change_url(draft)))
    assert "Needed before it is published: Name at least one target." in page
    assert "Advice: The organization has no privacy notice to link to. Mend it there" in page


def test_without_a_kind_of_mail_the_form_leads_to_where_they_are_made(staff, draft):
    draft.notices.all().delete()
    draft.organization.scopes.all().delete()
    address = reverse("admin:campaigns_organization_change", args=[draft.organization_id])
    link = f'“Kinds of mail” are made on <a href="{address}">'
    opened = staff.get(change_url(draft))
    assert opened.content.decode().count(link) == 1
    refused = save(staff, change_url(draft), FORM, notice_text="We will write.", _publish="1")
    assert refused.content.decode().count(link) == 2
    assert "Kinds of mail, and how often each is promised" in words(staff.get(address))


@pytest.mark.parametrize(
    ("language", "kinds"), [("en", ["Activism", "Offers"]), ("es", ["Activismo", "Ofertas"])]
)
def test_a_new_organization_begins_with_the_usual_kinds_of_mail(admin_client, language, kinds):
    typed = {"name": "New", "slug": "new", "language": language}
    save(admin_client, "/admin/campaigns/organization/add/", "organization_form", **typed)
    scopes = Organization.objects.get(slug="new").scopes
    assert list(scopes.values_list("name", flat=True)) == kinds
    assert set(scopes.values_list("cadence", flat=True)) == {"monthly"}


def test_kinds_of_mail_that_somebody_typed_are_left_alone(admin_client):
    own = row("scopes", key="news", name="News", cadence="weekly")
    typed = {"name": "New", "slug": "new", **own}
    save(admin_client, "/admin/campaigns/organization/add/", "organization_form", **typed)
    scopes = Organization.objects.get(slug="new").scopes
    assert list(scopes.values_list("key", flat=True)) == ["news"]
