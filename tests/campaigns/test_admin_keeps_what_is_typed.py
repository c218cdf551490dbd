"""Whoever writes in an editor loses nothing, and two people do not write over each other."""

from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Campaign, EditLock, TextVersion, Update
from tests.campaigns.admin_pages import form_on, make_organizer, save, words
from tests.factories import make_campaign

pytestmark = pytest.mark.django_db

FORM = "update_form"


@pytest.fixture
def update(campaign: Campaign) -> Update:
    return Update.objects.create(
        campaign=campaign, title="They listened", body="<p>First.</p>", published_at=timezone.now()
    )


def logged_in(name: str, campaign: Campaign) -> Client:
    client = Client()
    client.force_login(make_organizer(campaign.organization, name))
    return client


@pytest.fixture
def ada(campaign: Campaign) -> Client:
    return logged_in("ada", campaign)


@pytest.fixture
def grace(campaign: Campaign) -> Client:
    return logged_in("grace", campaign)


def url(name: str, pk: int) -> str:
    return reverse(f"admin:campaigns_update_{name}", args=[pk])


def type_in(client: Client, pk: int, body: str) -> Any:
    typed = {"title": "They listened", "preheader": "", "body": body}
    return client.post(url("typed", pk), typed)


def test_what_was_typed_and_not_saved_is_offered_and_is_nowhere_else(ada, grace, update):
    assert "not saved yet" in type_in(ada, update.pk, "<p>Second.</p>").json()["said"]

    update.refresh_from_db()
    assert update.body == "<p>First.</p>"
    assert "Second" not in ada.get(update.campaign.get_absolute_url()).content.decode()
    page = ada.get(url("change", update.pk))
    assert "you typed something that was not saved" in words(page)
    assert "Second" not in "".join(form_on(page, FORM)["body"])
    back = ada.get(url("change", update.pk) + "?version=typed")
    assert form_on(back, FORM)["body"] == ["<p>Second.</p>"]
    assert "you typed something" not in words(grace.get(url("change", update.pk)))

    save(ada, url("change", update.pk) + "?version=typed", FORM)
    update.refresh_from_db()
    assert update.body == "<p>Second.</p>"
    assert "you typed something" not in words(ada.get(url("change", update.pk)))


def test_what_was_typed_before_there_was_a_row_comes_back_too(ada, campaign):
    type_in(ada, 0, "<p>Fresh.</p>")
    add = reverse("admin:campaigns_update_add")

    assert "you typed something that was not saved" in words(ada.get(add))
    assert form_on(ada.get(f"{add}?version=typed"), FORM)["body"] == ["<p>Fresh.</p>"]
    save(ada, f"{add}?version=typed", FORM, campaign=campaign.pk)
    assert Update.objects.get().body == "<p>Fresh.</p>"
    assert "you typed something" not in words(ada.get(add))


def test_news_begun_for_two_campaigns_are_two_and_each_comes_back_with_its_campaign(ada, campaign):
    other = make_campaign(organization=campaign.organization)
    add = reverse("admin:campaigns_update_add")
    for each in (campaign, other):
        page = ada.get(f"{add}?campaign={each.pk}")
        kept_at = BeautifulSoup(page.content, "html.parser").select_one("[data-typed]")
        typed = {"title": "News", "body": f"<p>{each.pk}.</p>", "campaign": other.pk}
        assert kept_at
        assert "not saved yet" in ada.post(str(kept_at["data-typed"]), typed).json()["said"]

    assert "you typed something" not in words(ada.get(add))
    page = ada.get(f"{add}?campaign={campaign.pk}")
    link = BeautifulSoup(page.content, "html.parser").find("a", string="Put it back")
    assert link
    back = str(link["href"])
    form = form_on(ada.get(add + back), FORM)
    assert form["body"] == [f"<p>{campaign.pk}.</p>"]
    assert form["campaign"] == [str(other.pk)]

    save(ada, add + back, FORM)
    assert Update.objects.get().campaign == other
    assert "you typed something" not in words(ada.get(f"{add}?campaign={campaign.pk}"))
    assert "you typed something" in words(ada.get(f"{add}?campaign={other.pk}"))


def test_what_is_no_campaign_is_not_kept_as_one(ada):
    ada.post(url("typed", 0), {"title": "News", "campaign": "no-number"})

    page = ada.get(reverse("admin:campaigns_update_add") + "?version=typed")
    assert form_on(page, FORM)["title"] == ["News"]


def test_every_saved_version_is_shown_with_what_changed_and_can_come_back(ada, update):
    save(ada, url("change", update.pk), FORM, body="<p>First and best.</p>")
    save(ada, url("change", update.pk), FORM, body="<p>Quite another.</p>")

    page = ada.get(url("versions", update.pk))
    shown = BeautifulSoup(page.content, "html.parser")
    newest = shown.select_one("section.version")
    assert newest
    assert [word.get_text() for word in newest.select("del")] == ["First and best."]
    assert [word.get_text() for word in newest.select("ins")] == ["Quite another."]
    assert len(shown.select("section.version")) == 3
    first = ada.get(url("change", update.pk) + "?version=1")
    assert form_on(first, FORM)["body"] == ["<p>First.</p>"]
    save(ada, url("change", update.pk) + "?version=1", FORM)
    update.refresh_from_db()
    assert update.body == "<p>First.</p>"
    assert TextVersion.objects.count() == 4


def test_f32_saving_over_what_somebody_else_saved_is_a_decision(ada, grace, update):
    opened = form_on(ada.get(url("change", update.pk)), FORM) | {"body": "<p>Mine.</p>"}
    save(grace, url("change", update.pk), FORM, body="<p>Hers.</p>")

    page = ada.post(url("change", update.pk), opened | {"_save": "Save"})
    assert "grace saved another version" in words(page)
    again = form_on(page, FORM)
    assert again["body"] == ["<p>Mine.</p>"]
    update.refresh_from_db()
    assert update.body == "<p>Hers.</p>"
    ada.post(url("change", update.pk), again | {"_save": "Save"})
    update.refresh_from_db()
    assert update.body == "<p>Mine.</p>"


def test_f32_one_edits_the_other_sees_it_and_may_take_over(ada, grace, update):
    type_in(ada, update.pk, "<p>Second.</p>")

    page = grace.get(url("change", update.pk))
    assert "ada is editing this" in words(page)
    refused = save(grace, url("change", update.pk), FORM, body="<p>Hers.</p>")
    assert "ada is editing this now" in words(refused)
    assert form_on(refused, FORM)["body"] == ["<p>Hers.</p>"]
    assert grace.get(url("take_over", update.pk)).status_code == 405
    grace.post(url("take_over", update.pk))
    assert type_in(ada, update.pk, "<p>Third.</p>").json()["other"]
    save(grace, url("change", update.pk), FORM, body="<p>Hers.</p>")
    update.refresh_from_db()
    assert update.body == "<p>Hers.</p>"


def test_a_lock_lapses_when_nothing_is_heard_of_its_holder(ada, grace, update):
    type_in(ada, update.pk, "<p>Second.</p>")
    EditLock.objects.update(seen_at=timezone.now() - timedelta(minutes=4))

    assert "is editing this" not in words(grace.get(url("change", update.pk)))
    save(grace, url("change", update.pk), FORM, body="<p>Hers.</p>")
    update.refresh_from_db()
    assert update.body == "<p>Hers.</p>"


def test_t16_nobody_else_s_text_is_read_or_kept(update):
    stranger = logged_in("eve", make_campaign())
    reader = Client()
    user = User.objects.create_user("reader", is_staff=True)
    update.campaign.organization.memberships.create(user=user)
    reader.force_login(user)

    for name in ("typed", "take_over"):
        assert stranger.post(url(name, update.pk)).status_code == 404
        assert reader.post(url(name, update.pk)).status_code == 403
    assert stranger.get(url("versions", update.pk)).status_code == 404
    assert reader.post(url("typed", 0)).status_code == 403
    assert not TextVersion.objects.exists()
