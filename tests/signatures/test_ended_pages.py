"""After the end: what came of it stands first, nothing is signed, and late confirmations count."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.test import Client

from campaigns.models import Campaign, Update
from campaigns.revising import revise_statement
from signatures import links
from signatures.counting import refresh_tallies
from signatures.models import Signature
from tests.campaigns.admin_pages import words
from tests.factories import STATEMENT, make_campaign, make_signature

pytestmark = pytest.mark.django_db

TYPED = {"name": "Ada Lovelace", "email": "ada@example.org"}


@pytest.fixture
def campaign() -> Campaign:
    campaign = make_campaign(body="<p>Because of this.</p>")
    update = Update.objects.create(campaign=campaign, title="They answered", body="<p>Yes.</p>")
    update.publish()
    make_signature(campaign)
    refresh_tallies()
    return campaign


def shown(client: Client, campaign: Campaign) -> str:
    page = client.get(campaign.get_absolute_url())
    assert page.status_code == 200
    assert b"<form" not in page.content
    return words(page)


@pytest.mark.parametrize(
    ("step", "heading"), [("deliver", "Delivered"), ("win", "Won"), ("lose", "Not won")]
)
def test_the_outcome_stands_first_then_the_news_then_the_petition(client, campaign, step, heading):
    getattr(campaign, step)(outcome="What came of it.")
    page = shown(client, campaign)
    parts = [heading, "What came of it.", "1 signed", "They answered"]
    places = [page.index(part) for part in parts]
    assert places == sorted(places)
    assert page.index("They answered") < page.index(STATEMENT) < page.index("Because of this.")


def test_a_closed_page_says_since_when(client, campaign):
    campaign.close()
    page = shown(client, campaign)
    assert "This petition is closed" in page and "It has taken no more signatures since" in page


def test_a_withdrawn_page_shows_its_note_and_nothing_else(client, campaign):
    campaign.withdraw(outcome="It named the wrong company.")
    page = shown(client, campaign)
    assert "This petition was withdrawn It named the wrong company." in page
    source = client.get(campaign.get_absolute_url()).content.decode()
    for gone in (STATEMENT, "Because of this.", "They answered", "1 signed", "ld+json"):
        assert gone not in source
    assert '<meta name="robots" content="noindex">' in source


def test_f22_past_its_closing_time_a_page_without_a_worker_looks_closed(client, campaign):
    Campaign.objects.filter(pk=campaign.pk).update(closes_at=Now() - timedelta(minutes=1))
    assert "This petition is closed" in shown(client, campaign)


@pytest.mark.parametrize("by", ["hand", "time"])
def test_f28_a_form_that_comes_after_the_end_is_answered_honestly(client, campaign, by):
    if by == "hand":
        campaign.close()
    else:
        Campaign.objects.filter(pk=campaign.pk).update(closes_at=Now() - timedelta(seconds=1))
    answer = client.post(campaign.get_absolute_url(), TYPED)
    assert answer.status_code == 409
    assert "came after the end and was not counted" in words(answer)
    assert not Signature.objects.filter(supporter__email="ada@example.org").exists()


def test_a_draft_answers_a_form_as_if_it_were_not_there(client):
    draft = make_campaign(published=False)
    assert client.post(draft.get_absolute_url(), TYPED).status_code == 404


def confirm(client: Client, signature: Signature) -> None:
    token = links.confirm_token(signature_id=signature.pk)
    client.post(links.address(links.CONFIRM, token), {"name": "Ada Lovelace", "consent": "on"})
    signature.refresh_from_db()


@pytest.mark.parametrize("step", ["close", "deliver", "win", "lose"])
def test_what_was_typed_before_the_end_is_confirmed_after_it(client, campaign, step):
    waiting = make_signature(campaign, confirmed=False)
    getattr(campaign, step)()
    confirm(client, waiting)
    assert waiting.state == "counted"


def test_a_confirmation_that_comes_eight_days_late_is_told_so_and_not_counted(client, campaign):
    waiting = make_signature(campaign, confirmed=False)
    campaign.close()
    days = timedelta(days=8)
    Signature.objects.filter(pk=waiting.pk).update(created_at=Now() - 2 * days)
    Campaign.objects.filter(pk=campaign.pk).update(closed_at=Now() - days)
    confirm(client, waiting)
    assert waiting.state == "pending"


def test_nothing_is_confirmed_on_a_withdrawn_page(client, campaign):
    waiting = make_signature(campaign, confirmed=False)
    campaign.withdraw(outcome="It named the wrong company.")
    confirm(client, waiting)
    assert waiting.state == "pending"


def test_the_page_after_signing_still_works_when_the_end_came_in_between(client, campaign):
    client.post(campaign.get_absolute_url(), TYPED)
    campaign.close()
    page = client.get(f"{campaign.get_absolute_url()}thanks/")
    assert page.status_code == 200 and "check your inbox" in words(page)


def test_a_changed_text_tells_when_what_and_what_it_was(client, campaign):
    revise_statement(
        campaign=campaign, text="Stop it at once.", reason="Asked.", change_note="Added “at once”."
    )
    page = words(client.get(campaign.get_absolute_url()))
    assert "Added “at once”." in page
    assert page.index("Stop it at once.") < page.index("Added “at once”.") < page.index(STATEMENT)
    assert "Asked." not in page
