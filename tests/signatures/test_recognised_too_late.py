"""Somebody comes from a mail, and the campaign ends, or they are erased, before they press."""

import re

import pytest
from django.urls import reverse

from campaigns.models import Campaign, Statement
from signatures import links
from signatures.erasing import erase
from signatures.models import Signature
from signatures.recognising import sign_recognised
from signatures.signing import Typed, Visit
from tests.factories import make_campaign, make_signature
from tests.signatures.meanwhile import just_before
from tests.signatures.test_t22_erasing import broken_invariants

pytestmark = pytest.mark.django_db

EMAIL = "ada@example.org"


def close(campaign):
    Campaign.objects.get(pk=campaign.pk).close()


def take_down(campaign):
    Campaign.objects.get(pk=campaign.pk).withdraw(outcome="A mistake.")


@pytest.fixture
def signed():
    return make_signature(make_campaign(), email=EMAIL, consents=False)


@pytest.fixture
def campaign(signed):
    return make_campaign(organization=signed.campaign.organization)


def press(campaign, supporter):
    return sign_recognised(
        supporter=supporter,
        campaign=campaign,
        statement=campaign.current_statement(),
        notice=campaign.current_notice(),
        typed=Typed(name="Ada Lovelace", consents=True),
        visit=Visit(mailing_number=7),
    )


def test_no_row_is_left_that_nobody_can_confirm(campaign, signed):
    close(campaign)
    assert not press(campaign, signed.supporter)
    assert not Signature.objects.filter(campaign=campaign).exists()
    assert broken_invariants() == []


def test_a_signature_that_waited_keeps_what_was_shown_with_it(campaign, signed):
    waits = make_signature(campaign, email=EMAIL, confirmed=False)
    Statement.objects.create(campaign=campaign, version=2, text="Another text.")
    take_down(campaign)
    assert not press(campaign, signed.supporter)
    waits.refresh_from_db()
    assert waits.state == "pending"
    assert waits.statement.text != "Another text."


def test_nobody_erased_signs(campaign, signed):
    erase(supporter_id=signed.supporter_id)
    assert not press(campaign, signed.supporter)
    assert not Signature.objects.filter(campaign=campaign).exists()


def test_the_page_leads_to_what_came_of_the_campaign(client, campaign, signed):
    token = links.recognised_token(supporter_id=signed.supporter_id)
    client.get(links.recognised_address(campaign.slug, token))
    you = reverse("recognised", args=[campaign.slug])
    html = client.get(you).content.decode()
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', html))
    with just_before("FOR NO KEY UPDATE", lambda: close(campaign)):
        answer = client.post(you, fields)
    assert (answer.status_code, answer["Location"]) == (303, campaign.get_absolute_url())
