"""“Wrong address? Fix it”: the stranger keeps nothing of it, and nobody undoes somebody else."""

import pytest
from django.core.management import call_command
from django.db.models import F
from django.db.models.functions import Now
from django.test import Client

from signatures.confirming import confirm, typed_in
from signatures.counting import refresh_tallies
from signatures.disclaiming import disclaim, take_back_mistyped
from signatures.guarding.challenging import make_challenge, release
from signatures.letters.outbox import Outbox
from signatures.letters.reminding import AFTER, Reminders
from signatures.links import confirm_token
from signatures.models import Letter, Mistyping, Signature
from tests.factories import make_campaign, make_signature

pytestmark = pytest.mark.django_db

WRONG, RIGHT = "ada@exmaple.org", "ada@example.org"


@pytest.fixture
def campaign():
    return make_campaign(asks_comment=True, asks_country=True)


def sign(client, campaign, email=WRONG):
    typed = {"name": "Ada Lovelace", "email": email, "consent": "on", "comment": "For my son."}
    return client.post(campaign.get_absolute_url(), typed | {"country": "GB"})["Location"]


def mend(client, page, email=RIGHT, **fields):
    """“Fix it”, and what the worker does about it within a second."""
    answer = client.post(page, {"email": email, **fields})
    take_back_mistyped()
    assert not Mistyping.objects.exists()
    return answer


def of(email):
    return Signature.objects.get(supporter__email=email)


def drain():
    outbox = Outbox()
    outbox.drain()
    outbox.close()


def test_t02_the_letter_to_the_wrong_address_is_not_sent(client, campaign, smtp_sink):
    page = sign(client, campaign)
    mend(client, page)
    drain()
    assert [mail.recipients for mail in smtp_sink.mails] == [[RIGHT]]
    assert of(WRONG).letters.get().reason == "the address was wrong"


def test_t02_a_letter_that_has_left_shows_the_stranger_nothing_typed(client, campaign, smtp_sink):
    page = sign(client, campaign)
    drain()
    mend(client, page)
    stranger = Client()
    html = stranger.get(f"/confirm/{confirm_token(signature_id=of(WRONG).pk)}/").content.decode()
    assert "Lovelace" not in html
    assert "For my son." not in html
    assert (of(RIGHT).name, of(RIGHT).comment) == ("Ada Lovelace", "For my son.")


def test_t02_the_stranger_may_still_sign_under_a_name_of_their_own(client, campaign):
    mend(client, sign(client, campaign))
    link = f"/confirm/{confirm_token(signature_id=of(WRONG).pk)}/"
    assert Client().post(link, {"name": ""}).status_code == 422
    Client().post(link, {"name": "Grace Hopper", "country": "US"})
    assert (of(WRONG).name, of(WRONG).state) == ("Grace Hopper", "counted")


def test_t01_a_challenge_counts_nothing_that_was_taken_back(client):
    campaign = make_campaign(proof="at_once")
    trapped = {"name": "Ada", "email": WRONG, "homepage": "https://spam.example"}
    page = client.post(campaign.get_absolute_url(), trapped)["Location"]
    mend(client, page)
    for email in (WRONG, RIGHT):
        release(make_challenge(campaign=campaign, email=email).salt, campaign=campaign, email=email)
    assert (of(WRONG).state, of(RIGHT).state) == ("held", "counted")


def test_t02_the_stranger_is_not_reminded_of_it(client, campaign):
    mend(client, sign(client, campaign))
    long_ago = "2026-01-01T00:00Z"
    Letter.objects.update(created_at=long_ago, sent_at=Now(), dropped_at=None)
    Signature.objects.update(created_at=F("created_at") - 2 * AFTER)
    Reminders().remind()
    reminded = Letter.objects.filter(kind="reminder")
    assert list(reminded.values_list("supporter__email", flat=True)) == [RIGHT]


@pytest.mark.django_db(transaction=True)
def test_i2_where_signatures_count_at_once_a_mended_one_counts_once(client):
    campaign = make_campaign(proof="at_once")
    page = sign(client, campaign)
    mend(client, page)
    assert (of(WRONG).state, of(RIGHT).state) == ("pending", "counted")
    refresh_tallies()
    call_command("check_invariants")


def test_t02_mending_in_turn_brings_a_mailbox_no_more_letters(client, campaign):
    for _ in range(4):
        page = sign(client, campaign)
        mend(client, page)
    assert of(WRONG).letters.count() == 1
    assert of(RIGHT).letters.count() == 1


@pytest.mark.parametrize("confirmed", [True, False])
def test_t02_whoever_types_the_address_of_a_signer_can_undo_nothing(client, campaign, confirmed):
    make_signature(campaign, email="victim@example.org", confirmed=confirmed)
    before = Signature.objects.filter(supporter__email="victim@example.org").values().get()
    mend(client, sign(client, campaign, "victim@example.org"), "eve@example.org")
    after = Signature.objects.filter(supporter__email="victim@example.org").values().get()
    assert after == before
    assert not Letter.objects.filter(reason="the address was wrong").exists()


def test_t02_what_its_owner_has_confirmed_is_no_longer_the_typists(client, campaign):
    page = sign(client, campaign)
    signature = of(WRONG)
    confirm(signature_id=signature.pk, typed=typed_in(signature))
    mend(client, page)
    assert (of(WRONG).name, of(WRONG).state) == ("Ada Lovelace", "counted")


def test_t02_without_the_cookie_of_the_browser_that_typed_it_nothing_is_undone(client, campaign):
    sign(client, campaign)
    other = Client()
    mend(other, sign(other, campaign))
    assert of(WRONG).name == "Ada Lovelace"
    disclaim(campaign=campaign, email=WRONG, typist=b"")
    take_back_mistyped()
    assert of(WRONG).name == "Ada Lovelace"


def test_the_same_mailbox_spelt_otherwise_is_no_wrong_address(client, campaign):
    mend(client, sign(client, campaign, "a.da@gmail.com"), "ada@googlemail.com")
    assert of("a.da@gmail.com").name == "Ada Lovelace"


def test_an_address_that_cannot_be_signed_with_takes_nothing_back(client, campaign):
    mend(client, sign(client, campaign), "ada@")
    assert of(WRONG).name == "Ada Lovelace"


def test_t05_mending_is_answered_the_same_whoever_was_typed_first(client, campaign):
    make_signature(campaign, email="victim@example.org")
    answers: set[object] = set()
    for number, email in enumerate(("victim@example.org", "nobody@example.org")):
        browser = Client()
        answer = mend(browser, sign(browser, campaign, email), f"e{number}@example.org")
        answers.add((answer.status_code, answer["Location"], tuple(answer.cookies)))
        answers.add(browser.get(answer["Location"]).content)
    assert len(answers) == 2


@pytest.mark.parametrize("email", ["victim@example.org", "nobody@example.org"])
def test_t05_mending_writes_as_much_whoever_was_typed_first(
    client, campaign, email, django_assert_num_queries
):
    make_signature(campaign, email="victim@example.org")
    sign(client, campaign, email)
    with django_assert_num_queries(1):
        disclaim(campaign=campaign, email=email, typist=b"")
    assert Mistyping.objects.count() == 1
