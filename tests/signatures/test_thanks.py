"""The page after signing: the link again, an address mended, and nobody else's cookie."""

import pytest

from signatures.models import Letter, Signature
from tests.factories import make_campaign

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign():
    return make_campaign()


@pytest.fixture
def page(client, campaign):
    """Ada has signed in this browser; her page after signing."""
    client.post(
        f"{campaign.get_absolute_url()}?source=fb",
        {"name": "Ada", "email": "mailto:ada@exämple.org ", "consent": "on"},
    )
    return f"/sign/{campaign.slug}/thanks/"


def test_the_page_shows_a_masked_address_to_this_browser_alone(client, page):
    assert "a•••@exämple.org" in client.get(page).content.decode()
    client.cookies.clear()
    assert "a•••" not in client.get(page).content.decode()
    assert "no-store" in client.get(page)["Cache-Control"]


def test_the_link_can_be_asked_for_again(client, page):
    long_ago = "2026-01-01T00:00Z"
    Letter.objects.update(created_at=long_ago, sent_at=long_ago, due_at=long_ago)
    response = client.post(page, {"again": "1"}, follow=True)
    assert response.status_code == 200
    assert Letter.objects.count() == 2


def test_a_mended_address_signs_with_everything_that_was_typed(client, page):
    client.post(page, {"email": "ada@example.org"})
    signature = Signature.objects.get(supporter__email="ada@example.org")
    assert (signature.name, signature.consents, signature.referrer_code) == ("Ada", True, "fb")


def test_a_mistake_in_the_mended_address_is_said(client, page):
    response = client.post(page, {"email": "ada@"})
    assert response.status_code == 422
    assert "Enter an email address" in response.content.decode()
    assert Signature.objects.count() == 1


def test_a_campaign_that_closed_meanwhile_takes_no_signature_here(client, page, campaign):
    campaign.close()
    client.post(page, {"email": "ada@example.org"})
    assert Signature.objects.count() == 1


@pytest.mark.parametrize("cookie", ["", "x", "x:y:z", "a" * 5000])
def test_a_forged_cookie_is_no_cookie(client, page, cookie):
    client.cookies["typed"] = cookie
    assert client.get(page).status_code == 200
    client.post(page, {"email": "eve@example.org"})
    assert not Signature.objects.filter(supporter__email="eve@example.org").exists()


def test_a_cookie_of_one_campaign_is_worth_nothing_on_another(client, page):
    other = make_campaign()
    assert "a•••" not in client.get(f"/sign/{other.slug}/thanks/").content.decode()
