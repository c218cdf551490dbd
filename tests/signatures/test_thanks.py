"""The page after signing: the link again, an address mended, and nobody else's cookie."""

import pytest
from django.utils import timezone

from campaigns.models import CustomField
from signatures.letters.outbox import Outbox
from signatures.models import Letter, Signature, Suppression
from tests.factories import make_campaign, make_signature

pytestmark = pytest.mark.django_db


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


LONGEST_COOKIE = 4096


@pytest.fixture
def asking(campaign):
    """The campaign asks ten questions, and for a comment."""
    campaign.asks_comment = True
    campaign.save()
    for number in range(10):
        CustomField.objects.create(campaign=campaign, key=f"q{number}", label=f"Question {number}")
    return campaign


def long_text(number, length):
    """Text that no packing makes much shorter."""
    return "".join(
        chr(0x4E00 + (position * 7919 * (number + 3)) % 20000) for position in range(length)
    )


def test_whoever_types_much_still_has_their_address_and_challenge(client, asking):
    answers = {f"answer-q{number}": long_text(number, 500) for number in range(10)}
    typed = {"name": "Ada", "email": "ada@example.org", "homepage": "a bot", "comment": "Why not."}
    signed = client.post(asking.get_absolute_url(), typed | answers)
    cookie = signed.cookies["typed"]
    assert len(cookie.key) + len(cookie.value) < LONGEST_COOKIE
    page = f"/sign/{asking.slug}/thanks/"
    html = client.get(page).content.decode()
    assert "a•••@example.org" in html
    assert 'name="challenge"' in html
    client.post(page, {"email": "right@example.org"})
    signature = Signature.objects.get(supporter__email="right@example.org")
    assert (signature.name, signature.comment) == ("Ada", "Why not.")


def test_a_mended_address_that_cannot_sign_gets_the_form_filled_in(client, page, campaign):
    CustomField.objects.create(campaign=campaign, key="why", label="Why?", required=True)
    refused = client.post(page, {"email": "right@example.org"})
    assert refused.status_code == 422
    html = refused.content.decode()
    assert "Answer “Why?”." in html
    assert 'value="right@example.org"' in html
    assert 'value="Ada"' in html
    assert not Signature.objects.filter(supporter__email="right@example.org").exists()

    # The form has no address of its own: it comes back here, whole.
    again = {"name": "Ada", "email": "right@example.org", "answer-why": "Elm", "consent": "on"}
    assert client.post(page, again).status_code == 303
    signature = Signature.objects.get(supporter__email="right@example.org")
    assert (signature.answers, signature.referrer_code) == ({"why": "Elm"}, "fb")


def test_t05_whoever_signed_before_is_told_where_to_see_it_and_so_is_everybody(client, campaign):
    make_signature(campaign, email="ada@example.org")
    said = set()
    for email in ("ada@example.org", "amy@example.org"):
        client.cookies.clear()
        signed = client.post(campaign.get_absolute_url(), {"name": "Ada", "email": email})
        said.add(client.get(signed["Location"]).content.decode())
    (html,) = said
    assert "If you have signed before, the mail says so." in html


def came_back(page):
    """The mail that the page speaks of found no mailbox."""
    Letter.objects.get().bounce(timezone.now())
    return page


def test_an_address_that_bounced_is_said_and_can_be_corrected(client, page):
    said = client.get(came_back(page)).content.decode()
    assert "Our mail to you came back." in said
    assert "a•••@exämple.org" in said
    assert "Send it again" not in said
    client.post(page, {"email": "ada@example.org"})
    signature = Signature.objects.get(supporter__email="ada@example.org")
    assert (signature.name, signature.consents) == ("Ada", True)
    assert "check your inbox" in client.get(page).content.decode()


def test_a_bounce_is_told_to_the_browser_that_signed_and_to_nobody_else(client, page):
    client.cookies.clear()
    assert "came back" not in client.get(came_back(page)).content.decode()


def test_t05_a_bounce_from_before_is_not_told_to_who_signs_with_that_address(client, campaign):
    signature = make_signature(campaign, email="ada@example.org", confirmed=False)
    Letter.objects.get().bounce(timezone.now())
    Suppression.objects.suppress(signature.supporter.email_hash, "hard_bounce")
    Letter.objects.update(created_at="2026-01-01T00:00Z")
    fields = {"name": "Ada", "email": "ada@example.org", "consent": "on"}
    said = client.post(campaign.get_absolute_url(), fields, follow=True).content.decode()
    assert "check your inbox" in said


def test_a_server_that_refuses_the_mailbox_at_once_is_heard_too(client, page, smtp_sink):
    smtp_sink.reply("RCPT", "550 5.1.1 no such user")
    Outbox().drain()
    assert "Our mail to you came back." in client.get(page).content.decode()


@pytest.mark.parametrize("seconds", [0, 600])
def test_who_is_counted_at_once_is_told_when_the_number_moves_in_steps(client, settings, seconds):
    settings.COUNT_AT_ONCE_SECONDS = seconds
    campaign = make_campaign(proof="at_once")
    typed = {"name": "Ada", "email": "ada@example.org"}
    page = client.post(campaign.get_absolute_url(), typed, follow=True).content.decode()
    assert "Thank you for signing." in page
    assert ("moves in steps" in page) == bool(seconds)
