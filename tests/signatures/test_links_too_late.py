"""A link's page is open, and the campaign ends, or the signature goes, before its button."""

import pytest
from django.urls import reverse

from campaigns.models import Campaign
from postroom.links import make_token
from signatures.withdrawing import withdraw
from tests.factories import make_campaign, make_signature
from tests.signatures.meanwhile import just_before

pytestmark = pytest.mark.django_db

EMAIL = "ada@example.org"


def take_down(campaign):
    Campaign.objects.get(pk=campaign.pk).withdraw(outcome="A mistake.")


@pytest.fixture
def pending():
    return make_signature(make_campaign(), email=EMAIL, confirmed=False)


def press(client, purpose, signature, meanwhile):
    address = reverse(purpose, args=[make_token(purpose, signature.pk)])
    with just_before("FOR NO KEY UPDATE", meanwhile):
        return client.post(address, {"name": "Ada", "consent": "on"})


def test_a_confirmation_that_came_too_late_is_told_so(client, pending):
    page = press(client, "confirm", pending, lambda: take_down(pending.campaign))
    assert "This petition has closed." in page.content.decode()
    pending.refresh_from_db()
    assert pending.state == "pending"


@pytest.mark.parametrize("purpose", ["confirm", "not-me", "withdraw"])
def test_a_signature_that_is_gone_is_told_so(client, pending, purpose):
    page = press(client, purpose, pending, pending.delete)
    assert page.status_code == 410
    assert "This link has run out." in page.content.decode()


def test_one_withdrawn_meanwhile_is_confirmed_again(client, pending):
    page = press(client, "confirm", pending, lambda: withdraw(signature_id=pending.pk, via="test"))
    assert "Confirmed." in page.content.decode()
