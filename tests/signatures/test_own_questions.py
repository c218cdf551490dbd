"""A campaign's own questions: asked, required where they are, kept by their keys."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from campaigns.models import CustomField
from signatures.models import DataAccess, Signature
from tests.campaigns.admin_pages import make_organizer, words
from tests.factories import make_campaign, make_signature

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign():
    campaign = make_campaign(asks_to_show_name=True)
    ask = campaign.custom_fields.create
    ask(key="union", label="Your union", kind="text", position=1)
    ask(key="role", label="You are", kind="choice", choices="Worker\nNeighbour", required=True)
    ask(key="visits", label="I shop there", kind="tick", position=3)
    return campaign


def post(client, campaign, **fields):
    typed = {"name": "Ada", "email": "ada@example.org", "answer-role": "Worker"}
    return client.post(campaign.get_absolute_url(), typed | fields)


def test_answers_are_kept_by_their_keys_and_empty_ones_are_not(client, campaign):
    post(client, campaign, **{"answer-union": "  IG  Metall ", "answer-visits": "on"})
    assert Signature.objects.get().answers == {
        "role": "Worker",
        "union": "IG Metall",
        "visits": True,
    }
    post(client, campaign, email="b@example.org")
    assert Signature.objects.last().answers == {"role": "Worker"}


@pytest.mark.parametrize("answer", ["", "Manager", "x" * 600, "\x00"])
def test_a_wrong_answer_is_refused_beside_its_question_and_nothing_typed_is_lost(
    client, campaign, answer
):
    response = post(client, campaign, **{"answer-role": answer, "answer-union": "IG Metall"})
    assert response.status_code == 422
    page = BeautifulSoup(response.content, "html.parser")
    asked = page.find("select", attrs={"name": "answer-role"})
    assert asked["aria-invalid"] == "true"
    assert page.find(id=asked["aria-describedby"].split()[-1]).get_text(strip=True)
    assert page.find("input", attrs={"name": "answer-union"})["value"] == "IG Metall"
    assert not Signature.objects.exists()


def test_an_error_names_its_question(client, campaign):
    campaign.custom_fields.update(required=True)
    response = post(client, campaign, **{"answer-role": ""})
    errors = BeautifulSoup(response.content, "html.parser").select_one(".errors").get_text()
    assert "Choose one of the answers to “You are”." in errors
    assert "Answer “Your union”." in errors
    assert "Tick “I shop there” to go on." in errors


def test_a_required_tick_must_be_ticked(client, campaign):
    CustomField.objects.filter(key="visits").update(required=True)
    assert post(client, campaign).status_code == 422
    assert post(client, campaign, **{"answer-visits": "on"}).status_code == 303


def test_names_are_shown_only_for_a_tick_and_where_the_campaign_offers_it(client, campaign):
    post(client, campaign)
    assert Signature.objects.get().shows_name is False
    post(client, campaign, email="b@example.org", shows_name="on")
    assert Signature.objects.last().shows_name is True
    silent = make_campaign()
    client.post(
        silent.get_absolute_url(),
        {"name": "Ada", "email": "ada@example.org", "shows_name": "on"},
    )
    assert Signature.objects.last().shows_name is False


def test_the_page_asks_in_the_campaigns_order(client, campaign):
    html = client.get(campaign.get_absolute_url()).content.decode()
    names = [field["name"] for field in BeautifulSoup(html, "html.parser").select("form [name]")]
    asked = [name for name in names if name.startswith("answer-")]
    assert asked == ["answer-role", "answer-union", "answer-visits"]
    assert names.index("email") < names.index("answer-role") < names.index("shows_name")


def test_answers_are_read_by_their_questions_by_staff_and_by_who_gave_them(client, campaign):
    signature = make_signature(campaign)
    given = {"gone": "<b>Old</b>", "visits": True, "role": "Worker"}
    Signature.objects.filter(pk=signature.pk).update(answers=given)
    client.post(f"/my-data/{DataAccess.objects.issue(signature.supporter_id)}/")
    campaign.custom_fields.filter(key="role").update(label="What are you?")
    read = "What are you? Worker I shop there Yes gone <b>Old</b>"
    assert read in words(client.get("/my-data/mine/"))
    (held,) = client.get("/my-data/mine/export/").json()["signatures"]
    assert held["answers"][0] == {"question": "What are you?", "answer": "Worker"}
    client.force_login(make_organizer(campaign.organization))
    page = client.get(reverse("admin:signatures_signature_change", args=[signature.pk]))
    assert read in words(page)
