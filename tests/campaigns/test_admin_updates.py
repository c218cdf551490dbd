"""Organizers write news on a campaign and put it on the page."""

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from campaigns.models import Update
from tests.campaigns.admin_pages import form_on, make_organizer, save, words

pytestmark = pytest.mark.django_db

FORM = "update_form"
ADD = "admin:campaigns_update_add"


def change_url(update: Update) -> str:
    return reverse("admin:campaigns_update_change", args=[update.pk])


def test_an_update_is_written_from_its_campaign_and_published_in_one_step(staff, campaign):
    url = f"{reverse(ADD)}?campaign={campaign.pk}"
    page = save(staff, url, FORM, title="They listened", body="<p>Yes!</p>", _publish="1")
    update = Update.objects.get()
    assert (update.campaign, update.author.username) == (campaign, "alice")
    assert update.published_at
    assert "Published: the news stands on the page" in words(page)
    assert "They listened" in staff.get(campaign.get_absolute_url()).content.decode()


def test_a_saved_update_stays_a_draft(staff, campaign):
    url = f"{reverse(ADD)}?campaign={campaign.pk}"
    save(staff, url, FORM, title="They listened", body="<p>Yes!</p>")
    assert Update.objects.get().published_at is None


def test_an_update_stays_with_its_campaign(staff, campaign):
    update = Update.objects.create(campaign=campaign, title="News", body="<p>Yes.</p>")
    assert "campaign" not in form_on(staff.get(change_url(update)), FORM)


def test_the_body_of_an_update_is_stored_clean_and_cannot_be_empty(staff, campaign):
    update = Update.objects.create(campaign=campaign, title="News", body="<p>Yes.</p>")
    save(staff, change_url(update), FORM, body="<p>No<script>x()</script></p>")
    update.refresh_from_db()
    assert update.body == "<p>No</p>"
    said = words(save(staff, change_url(update), FORM, body="<script>x()</script>"))
    assert "This field is required." in said


def test_a_published_update_is_corrected_and_never_deleted(staff, campaign):
    update = Update.objects.create(campaign=campaign, title="News", body="<p>Yes.</p>")
    update.publish()
    delete = reverse("admin:campaigns_update_delete", args=[update.pk])
    assert staff.post(delete, {"post": "yes"}).status_code == 403
    save(staff, change_url(update), FORM, title="News, corrected")
    update.refresh_from_db()
    assert update.title == "News, corrected"


def test_a_citation_that_leads_nowhere_is_said_on_the_page(staff, campaign):
    body = '<p>So.<sup data-source="nobody"></sup></p>'
    update = Update.objects.create(campaign=campaign, title="News", body=body)
    page = words(staff.get(change_url(update)))
    assert "Cited, and no source has this key: nobody." in page


def test_what_is_on_the_page_is_changed_by_those_who_may_publish(client, campaign):
    update = Update.objects.create(campaign=campaign, title="News", body="<p>As it was.</p>")
    text = update.texts.create(language="es", title="Noticias", body="<p>Como era.</p>")
    author = make_organizer(campaign.organization, "author")
    author.groups.set([Group.objects.get(name="Authors")])
    client.force_login(author)
    save(client, change_url(update), FORM, title="Better news")
    update.refresh_from_db()
    assert update.title == "Better news", "while it is a draft they write it"

    update.publish()
    spanish = reverse("admin:campaigns_updatetext_change", args=[text.pk])
    typed = {"title": "Other news", "body": "<p>What nobody else has read.</p>"}
    for address in (change_url(update), spanish):
        assert client.get(address).status_code == 200, "they read it"
        assert client.post(address, typed).status_code == 403
    delete = reverse("admin:campaigns_updatetext_delete", args=[text.pk])
    assert client.post(delete, {"post": "yes"}).status_code == 403
    page = client.get(campaign.get_absolute_url()).content.decode()
    assert "Better news" in page
    assert "Other news" not in page
