"""“Wrong address? Fix it”: the stranger keeps nothing of it, and nobody undoes somebody else."""

import pytest
from django.core.management import call_command
from django.db.models import F
from django.db.models.functions import Now
from django.test import Client

from signatures.confirming import confirm, typed_in
from signatures.counting import refresh_tallies
from signatures.disclaiming import disclaim
from signatures.letters.outbox import Outbox
from signatures.letters.reminding import AFTER, Reminders
from signatures.links import confirm_token
from signatures.models import Letter, Signature
from tests.factories import make_campaign, make_signature

pytestmark = pytest.mark.django_db

WRONG, RIGHT = "ada@exmaple.org", "ada@example.org"


@pytest.fixture
def campaign():
    return make_campaign(asks_comment=True, asks_country=True)


def sign(client, campaign, email=WRONG):
    typed = {"name": "Ada Lovelace", "email": email, "consent": "on", "comment": "For my son."}
    return client.post(campaign.get_absolute_url(), typed | {"country": "GB"})["Location"]


def of(email):
    return Signature.objects.get(supporter__email=email)


def drain():
    outbox = Outbox()
    outbox.drain()
    outbox.close()


def test_t02_the_letter_to_the_wrong_address_is_not_sent(client, campaign, smtp_sink):
    page = sign(client, campaign)
    client.post(page, {"email": RIGHT})
    drain()
    assert [mail.recipients for mail in smtp_sink.mails] == [[RIGHT]]
    assert of(WRONG).letters.get().reason == "the address was wrong"


def test_t02_a_letter_that_has_left_shows_the_stranger_nothing_typed(client, campaign, smtp_sink):
    page = sign(client, campaign)
    drain()
    client.post(page, {"email": RIGHT})
    stranger = Client()
    html = stranger.get(f"/confirm/{confirm_token(signature_id=of(WRONG).pk)}/").content.decode()
    assert "Lovelace" not in html
    assert "For my son." not in html
    assert (of(RIGHT).name, of(RIGHT).comment) == ("Ada Lovelace", "For my son.")


def test_t02_the_stranger_may_still_sign_under_a_name_of_their_own(client, campaign):
    client.post(sign(client, campaign), {"email": RIGHT})
    link = f"/confirm/{confirm_token(signature_id=of(WRONG).pk)}/"
    assert Client().post(link, {"name": ""}).status_code == 422
    Client().post(link, {"name": "Grace Hopper", "country": "US"})
    assert (of(WRONG).name, of(WRONG).state) == ("Grace Hopper", "counted")


def test_t02_the_stranger_is_not_reminded_of_it(client, campaign):
    client.post(sign(client, campaign), {"email": RIGHT})
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
    client.post(page, {"email": RIGHT})
    assert (of(WRONG).state, of(RIGHT).state) == ("pending", "counted")
    refresh_tallies()
    call_command("check_invariants")


def test_t02_mending_in_turn_brings_a_mailbox_no_more_letters(client, campaign):
    for _ in range(4):
        page = sign(client, campaign)
        client.post(page, {"email": RIGHT})
    assert of(WRONG).letters.count() == 1
    assert of(RIGHT).letters.count() == 1


@pytest.mark.parametrize("confirmed", [True, False])
def test_t02_whoever_types_the_address_of_a_signer_can_undo_nothing(client, campaign, confirmed):
    make_signature(campaign, email="victim@example.org", confirmed=confirmed)
    before = Signature.objects.filter(supporter__email="victim@example.org").values().get()
    client.post(sign(client, campaign, "victim@example.org"), {"email": "eve@example.org"})
    after = Signature.objects.filter(supporter__email="victim@example.org").values().get()
    assert after == before
    assert not Letter.objects.filter(reason="the address was wrong").exists()


def test_t02_what_its_owner_has_confirmed_is_no_longer_the_typists(client, campaign):
    page = sign(client, campaign)
    signature = of(WRONG)
    confirm(signature_id=signature.pk, typed=typed_in(signature))
    client.post(page, {"email": RIGHT})
    assert (of(WRONG).name, of(WRONG).state) == ("Ada Lovelace", "counted")


def test_t02_without_the_cookie_of_the_browser_that_typed_it_nothing_is_undone(client, campaign):
    sign(client, campaign)
    other = Client()
    other.post(sign(other, campaign), {"email": RIGHT})
    assert of(WRONG).name == "Ada Lovelace"
    disclaim(campaign=campaign, email=WRONG, typist=b"")
    assert of(WRONG).name == "Ada Lovelace"


def test_the_same_mailbox_spelt_otherwise_is_no_wrong_address(client, campaign):
    client.post(sign(client, campaign, "a.da@gmail.com"), {"email": "ada@googlemail.com"})
    assert of("a.da@gmail.com").name == "Ada Lovelace"


def test_an_address_that_cannot_be_signed_with_takes_nothing_back(client, campaign):
    client.post(sign(client, campaign), {"email": "ada@"})
    assert of(WRONG).name == "Ada Lovelace"


def test_t05_mending_is_answered_the_same_whoever_was_typed_first(client, campaign):
    make_signature(campaign, email="victim@example.org")
    answers = set()
    for number, email in enumerate(("victim@example.org", "nobody@example.org")):
        browser = Client()
        answer = browser.post(sign(browser, campaign, email), {"email": f"e{number}@example.org"})
        answers.add((answer.status_code, answer["Location"], tuple(answer.cookies)))
        answers.add(browser.get(answer["Location"]).content)
    assert len(answers) == 2
