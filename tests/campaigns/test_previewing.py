"""A draft is shown to colleagues by a link that ends, and that nobody can sign at."""

import re
import time
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.core import signing
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from advocacy.logs import mask_tokens
from campaigns.models import Campaign
from campaigns.previewing import preview_url
from signatures.models import Signature
from tests.campaigns.admin_pages import form_on, make_organizer, words
from tests.factories import STATEMENT, make_campaign

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft() -> Campaign:
    return make_campaign(published=False, slug="stop", body="<p>Because.</p>")


@pytest.fixture
def user(draft: Campaign):
    return make_organizer(draft.organization)


@pytest.fixture
def link(draft: Campaign, user) -> str:
    return preview_url(campaign=draft, user=user)


def test_the_page_is_shown_as_saved_to_somebody_without_an_account(client, draft, link):
    page = client.get(link)
    assert page.status_code == 200
    assert STATEMENT in words(page) and "Preview of a draft" in words(page)
    assert page.headers["Cache-Control"] == "private, no-store"
    assert page.headers["X-Robots-Tag"] == "noindex"
    Campaign.objects.filter(pk=draft.pk).update(headline="Tell Amazon: Edited")
    assert "Tell Amazon: Edited" in words(client.get(link))


def test_a_preview_of_a_scheduled_page_says_when_it_opens(client, draft, link):
    draft.schedule(timezone.now() + timedelta(days=1))
    assert "the page opens on" in words(client.get(link))


def test_nobody_signs_at_a_preview(client, draft, link):
    page = BeautifulSoup(client.get(link).content, "html.parser")
    assert page.find("fieldset", disabled=True).find("form")
    typed = {"name": "Ada", "email": "ada@example.org"}
    assert client.post(link, typed).status_code == 405
    assert client.post("/sign/stop/", typed).status_code == 404
    assert not Signature.objects.exists()


def test_once_public_the_link_leads_to_the_page(client, draft, link):
    draft.publish()
    answer = client.get(link)
    assert (answer.status_code, answer.headers["Location"]) == (302, draft.get_absolute_url())


def test_a_link_ends_after_fourteen_days(client, link, monkeypatch):
    ends = time.time() + 14 * 86400
    monkeypatch.setattr(time, "time", lambda: ends - 60)
    assert client.get(link).status_code == 200
    monkeypatch.setattr(time, "time", lambda: ends + 60)
    assert client.get(link).status_code == 404


def test_a_link_ends_when_the_draft_gets_another_address(client, draft, link):
    Campaign.objects.filter(pk=draft.pk).update(slug="other")
    answer = client.get(link)
    assert answer.status_code == 404
    assert "This preview has ended." in words(answer)


def test_a_link_ends_when_whoever_gave_it_leaves(client, user, link):
    user.memberships.all().delete()
    assert client.get(link).status_code == 404


def test_a_link_ends_when_the_account_is_switched_off(client, user, link):
    user.is_active = False
    user.save()
    assert client.get(link).status_code == 404


@pytest.mark.parametrize("change", [lambda t: t[:-3], lambda t: "x" + t, lambda t: t.swapcase()])
def test_a_changed_link_shows_nothing(client, link, change):
    token = link.rstrip("/").rpartition("/")[2]
    assert client.get(reverse("preview", args=[change(token)])).status_code == 404


def test_t14_a_token_made_for_something_else_shows_nothing(client, draft, user):
    stray = signing.dumps([draft.pk, draft.slug, user.pk], salt="signatures.thanks")
    assert client.get(reverse("preview", args=[stray])).status_code == 404


def test_the_change_page_gives_the_link_until_the_page_is_public(client: Client, draft, user):
    client.force_login(user)
    change = reverse("admin:campaigns_campaign_change", args=[draft.pk])
    found = BeautifulSoup(client.get(change).content, "html.parser").find(id="preview-link")
    assert client.get(str(found["value"])).status_code == 200
    draft.publish()
    assert "preview-link" not in client.get(change).content.decode()


def test_a_token_is_masked_in_logs(link):
    assert re.search(r"/preview/…$", mask_tokens(link.rstrip("/")))


def test_what_is_typed_is_shown_by_the_page_itself_and_nothing_of_it_is_saved(client, draft, user):
    client.force_login(user)
    draft.publish()
    change = reverse("admin:campaigns_campaign_change", args=[draft.pk])
    typed = form_on(client.get(change), "campaign_form") | {
        "headline": "Tell Amazon: Typed",
        "statement_text": "Stop it at once.",
        "statement_reason": "Asked.",
        "statement_change_note": "“At once” was added.",
        "_preview": "1",
    }
    page = words(client.post(change, typed))
    assert "nothing of it is saved" in page
    assert "Tell Amazon: Typed" in page and "Stop it at once." in page
    draft.refresh_from_db()
    assert draft.headline == "Tell Amazon: Stop"
    assert [version.text for version in draft.statements.all()] == [STATEMENT]
    assert "Statement, version 2" not in words(client.get(change))
