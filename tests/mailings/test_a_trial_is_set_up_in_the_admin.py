"""A trial has something to try, in one language: who sets it up is told so at once."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from mailings.drafting import draft_from_update
from mailings.models import Mailing, Trial
from tests.campaigns.admin_pages import form_on, make_organizer, words
from tests.factories import make_campaign
from tests.mailings.making import make_update

pytestmark = pytest.mark.django_db


@pytest.fixture
def mailing(client: Client) -> Mailing:
    campaign = make_campaign()
    organizer = make_organizer(campaign.organization)
    client.force_login(organizer)
    return draft_from_update(update=make_update(campaign, title="Subject A"), user=organizer)


def page_of(mailing: Mailing) -> str:
    return reverse("admin:mailings_mailing_change", args=[mailing.pk])


def begin(client: Client, mailing: Mailing, *texts: dict[str, str]) -> Any:
    typed: dict[str, Any] = {"share": 20, "hours": 5, "measure": "staying"}
    typed |= {"texts-TOTAL_FORMS": len(texts), "texts-INITIAL_FORMS": 0}
    for number, text in enumerate(texts):
        typed |= {f"texts-{number}-{name}": said for name, said in text.items()}
    url = f"{reverse('admin:mailings_trial_add')}?mailing={mailing.pk}"
    return client.post(url, typed, follow=True)


@pytest.mark.parametrize("texts", [(), ({"subject": ""},), ({"body": "<p></p>"},)])
def test_a_trial_without_a_text_of_its_own_is_not_saved(
    client: Client, mailing: Mailing, texts: tuple[dict[str, str], ...]
) -> None:
    page = begin(client, mailing, *texts)

    assert "Write at least one other text: another subject is enough." in words(page)
    assert form_on(page, "trial_form")["hours"] == ["5"]
    assert not Trial.objects.exists()


def test_a_text_that_was_emptied_is_to_be_deleted(client: Client, mailing: Mailing) -> None:
    begin(client, mailing, {"subject": "Subject B"}, {"subject": "Subject C"})
    trial = Trial.objects.get()
    change = reverse("admin:mailings_trial_change", args=[trial.pk])
    form = form_on(client.get(change), "trial_form")

    page = client.post(change, form | {"texts-1-subject": ""}, follow=True)
    assert "This text says nothing of its own: delete it." in words(page)

    client.post(change, form | {"texts-1-DELETE": "on"}, follow=True)
    assert [text.subject for text in trial.texts.all()] == ["Subject B"]
    page = client.post(change, form_on(client.get(change), "trial_form") | {"texts-0-DELETE": "on"})
    assert "Write at least one other text" in words(page)


def test_a_field_that_is_none_is_named_at_the_text(client: Client, mailing: Mailing) -> None:
    page = begin(client, mailing, {"subject": "Dear {firstname|you}"})
    assert "{firstname|you} is no field" in words(page)
    assert not Trial.objects.exists()


def test_a_mailing_in_several_languages_is_told_before_a_text_is_typed(
    client: Client, mailing: Mailing
) -> None:
    assert "Try several texts" in words(client.get(page_of(mailing)))
    mailing.translations.create(language="es", subject="Hola", body="<p>Hola.</p>")
    assert "Try several texts" not in words(client.get(page_of(mailing)))

    page = client.get(f"{reverse('admin:mailings_trial_add')}?mailing={mailing.pk}", follow=True)

    assert page.redirect_chain[-1][0] == page_of(mailing)
    assert "A trial is in one language, and this mailing has several." in words(page)


def test_a_mailing_that_tries_texts_begins_no_other_language(
    client: Client, mailing: Mailing
) -> None:
    assert "Another language" in words(client.get(page_of(mailing)))
    begin(client, mailing, {"subject": "Subject B"})
    assert "Another language" not in words(client.get(page_of(mailing)))

    step = reverse("admin:mailings_mailing_step", args=[mailing.pk, "language"])
    page = client.post(step, {"language": "es"}, follow=True)

    assert "A trial is in one language: delete it first" in words(page)
    assert not mailing.translations.exists()
