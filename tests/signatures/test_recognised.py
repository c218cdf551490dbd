"""A recognised supporter: one button, counted at once, and nothing by looking."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from campaigns.models import ConsentNotice
from postroom.links import make_token
from signatures import links
from signatures.confirming import disown
from signatures.counting import refresh_tallies
from signatures.erasing import erase
from signatures.models import ConsentEvent, Signature, Subscription, Suppression
from signatures.withdrawing import withdraw
from tests.factories import make_campaign, make_signature

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed():
    """A signature of Ada's, under an earlier campaign of the same organization."""
    return make_signature(make_campaign(), email="ada@example.org", consents=False)


@pytest.fixture
def campaign(signed):
    return make_campaign(
        organization=signed.campaign.organization, kind=ConsentNotice.Kind.UNTICKED_BOX
    )


def from_mail(campaign, supporter_id, **token):
    made = links.recognised_token(supporter_id=supporter_id, **token)
    return links.recognised_address(campaign.slug, made)


def you(campaign):
    return reverse("recognised", args=[campaign.slug])


def fields_of(page):
    html = page.content.decode()
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', html))


def counted(campaign):
    refresh_tallies()
    campaign.refresh_from_db()
    return campaign.tally.counted


def test_the_link_leads_to_a_page_that_greets_by_first_name_and_masked_address(
    client, campaign, signed
):
    arrived = client.get(from_mail(campaign, signed.supporter_id))
    assert (arrived.status_code, arrived["Location"]) == (303, you(campaign))
    cookie = arrived.cookies["recognised"]
    assert (cookie["path"], cookie["samesite"]) == (you(campaign), "Lax")
    assert (cookie["httponly"], cookie["max-age"]) == (True, 3600)

    page = client.get(you(campaign))
    assert page["Cache-Control"] == "private, no-store"
    html = page.content.decode()
    assert "Signing as Ada" in html
    assert "a•••@example.org" in html
    assert "Lovelace" not in html
    assert "ada@example.org" not in html


def test_t03_looking_signs_nothing(client, campaign, signed):
    for _ in range(3):
        client.get(from_mail(campaign, signed.supporter_id))
        client.head(from_mail(campaign, signed.supporter_id))
        client.get(you(campaign))
    assert not Signature.objects.filter(campaign=campaign).exists()


def test_one_button_counts_at_once_and_owes_a_receipt(client, campaign, signed):
    client.get(from_mail(campaign, signed.supporter_id, mailing_id=7) + "?source=july")
    fields = fields_of(client.get(you(campaign) + "?source=july"))
    done = client.post(you(campaign) + "?source=july", fields | {"consent": "on"}, follow=True)
    assert "Signed." in done.content.decode()
    signature = Signature.objects.get(campaign=campaign)
    assert (signature.state, signature.name) == ("counted", "Ada Lovelace")
    assert (signature.mailing_number, signature.referrer_code) == (7, "july")
    assert signature.statement == campaign.current_statement()
    assert [letter.kind for letter in signature.letters.all()] == ["receipt"]
    assert counted(campaign) == 1
    event = ConsentEvent.objects.order_by("-pk")[0]
    assert (event.choice, event.notice) == ("agreed", signature.notice)
    assert event.via == "recognised, mailing 7"
    assert Subscription.objects.live().filter(signature=signature).count() == 2


def test_pressing_twice_is_one_signature_and_one_receipt(client, campaign, signed):
    client.get(from_mail(campaign, signed.supporter_id))
    fields = fields_of(client.get(you(campaign)))
    for _ in range(2):
        assert client.post(you(campaign), fields, follow=True).status_code == 200
    assert counted(campaign) == 1
    assert Signature.objects.get(campaign=campaign).letters.count() == 1


def test_who_has_signed_is_told_when_and_may_share(client, signed):
    client.get(from_mail(signed.campaign, signed.supporter_id))
    html = client.get(you(signed.campaign)).content.decode()
    assert "You signed on" in html
    assert "?s=" in html
    assert 'type="submit"' not in html


def test_a_form_that_we_did_not_give_to_this_visitor_signs_nothing(client, campaign, signed):
    client.get(from_mail(campaign, signed.supporter_id))
    fields = fields_of(client.get(you(campaign)))
    for wrong in ({}, {"pass": ""}, {"pass": "0" * 64}, {"pass": "é"}):
        page = client.post(you(campaign), {**fields, "pass": "", **wrong})
        assert page.status_code == 403
        assert "Nothing is signed yet" in page.content.decode()
    assert not Signature.objects.filter(campaign=campaign).exists()


def test_a_pass_for_one_campaign_opens_no_other(client, campaign, signed):
    other = make_campaign(organization=campaign.organization)
    client.get(from_mail(campaign, signed.supporter_id))
    client.cookies["recognised"]["path"] = "/"
    assert client.get(you(other)).status_code == 303


def test_not_you_leads_to_everybodys_page_and_forgets(client, campaign, signed):
    client.get(from_mail(campaign, signed.supporter_id))
    answer = client.post(you(campaign), {"not_you": "1"})
    assert (answer.status_code, answer["Location"]) == (303, campaign.get_absolute_url())
    assert answer.cookies["recognised"].value == ""


def test_what_the_campaign_asks_and_we_do_not_know_is_asked(client, signed):
    campaign = make_campaign(
        organization=signed.campaign.organization,
        kind=ConsentNotice.Kind.YES_NO,
        asks_country=True,
    )
    client.get(from_mail(campaign, signed.supporter_id))
    page = client.get(you(campaign))
    assert 'name="country"' in page.content.decode()
    assert 'name="email"' not in page.content.decode()
    fields = fields_of(page)
    refused = client.post(you(campaign), fields)
    assert refused.status_code == 422
    assert "Choose your country." in refused.content.decode()
    assert "Choose yes or no." in refused.content.decode()
    assert refused.content.decode().count('name="consent"') == 2
    client.post(you(campaign), fields | {"country": "FR", "consent": "no", "name": "Mallory"})
    signature = Signature.objects.get(campaign=campaign)
    assert (signature.country, signature.consents) == ("FR", False)
    assert signature.name == "Ada Lovelace"


def test_what_is_known_is_not_asked_again_even_after_a_campaign_that_asks_less(client, signed):
    organization = signed.campaign.organization
    type(signed.supporter).objects.update(country="FR")
    make_signature(make_campaign(organization=organization), email="ada@example.org")
    campaign = make_campaign(organization=organization, asks_country=True)
    client.get(from_mail(campaign, signed.supporter_id))
    page = client.get(you(campaign))
    assert 'name="country"' not in page.content.decode()
    client.post(you(campaign), fields_of(page))
    assert Signature.objects.get(campaign=campaign).country == "FR"


def test_a_waiting_or_withdrawn_signature_counts_again(client, campaign, signed):
    make_signature(campaign, email="ada@example.org", confirmed=False)
    client.get(from_mail(campaign, signed.supporter_id))
    client.post(you(campaign), fields_of(client.get(you(campaign))))
    assert counted(campaign) == 1
    signature = Signature.objects.get(campaign=campaign)
    withdraw(signature_id=signature.pk, via="test")
    assert counted(campaign) == 0
    client.post(you(campaign), fields_of(client.get(you(campaign))))
    assert counted(campaign) == 1


NOBODY = {
    "never confirmed": lambda one: type(one.supporter).objects.update(confirmed_at=None),
    "erased": lambda one: erase(supporter_id=one.supporter_id),
    "complained": lambda one: Suppression.objects.suppress(one.supporter.email_hash, "complaint"),
    "bounced": lambda one: Suppression.objects.suppress(one.supporter.email_hash, "hard_bounce"),
    "not me": lambda one: disown(signature_id=one.pk),
}


@pytest.mark.parametrize("why", NOBODY)
def test_t05_whoever_may_not_be_greeted_sees_everybodys_page(client, campaign, signed, why):
    NOBODY[why](signed)
    answer = client.get(from_mail(campaign, signed.supporter_id) + "?source=x")
    assert answer.status_code == 303
    assert answer["Location"] == campaign.get_absolute_url() + "?source=x"
    assert "recognised" not in answer.cookies


def test_another_organization_does_not_know_its_neighbours_people(client, signed):
    stranger = make_campaign()
    answer = client.get(from_mail(stranger, signed.supporter_id))
    assert answer["Location"] == stranger.get_absolute_url()


def test_an_erasure_ends_a_visit_that_has_begun(client, campaign, signed):
    client.get(from_mail(campaign, signed.supporter_id))
    erase(supporter_id=signed.supporter_id)
    assert client.get(you(campaign))["Location"] == campaign.get_absolute_url()


def test_b96_the_link_dies_after_thirty_days(client, campaign, signed):
    today = datetime.now(UTC).date()
    for days, lives in ((0, True), (30, True), (31, False)):
        issued = today - timedelta(days=days)
        answer = client.get(from_mail(campaign, signed.supporter_id, issued=issued))
        assert (answer["Location"] == you(campaign)) is lives


@pytest.mark.parametrize("spoil", [lambda t: t[:-4], str.upper, lambda t: "x" * 10_000])
def test_b93_a_broken_link_leads_to_everybodys_page(client, campaign, signed, spoil):
    token = spoil(links.recognised_token(supporter_id=signed.supporter_id))
    answer = client.get(links.recognised_address(campaign.slug, token))
    assert (answer.status_code, answer["Location"]) == (303, campaign.get_absolute_url())


def test_b94_no_other_link_recognises_anybody(client, campaign, signed):
    for purpose in ("confirm", "not-me", "unsubscribe", "preferences", "withdraw"):
        token = make_token(purpose, signed.supporter_id, 0)
        answer = client.get(links.recognised_address(campaign.slug, token))
        assert answer["Location"] == campaign.get_absolute_url()


def test_b95_a_closed_campaign_takes_no_signature_from_anybody(client, campaign, signed):
    client.get(from_mail(campaign, signed.supporter_id))
    fields = fields_of(client.get(you(campaign)))
    campaign.close()
    answer = client.post(you(campaign), fields)
    assert answer["Location"] == campaign.get_absolute_url()
    assert not Signature.objects.filter(campaign=campaign).exists()


def test_without_a_cookie_the_page_is_everybodys(client, campaign):
    assert client.get(you(campaign))["Location"] == campaign.get_absolute_url()
    assert client.get("/sign/nowhere/you/").status_code == 303
