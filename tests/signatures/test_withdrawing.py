"""Taking a signature back: one press, the count follows, the mail goes on unless one says so."""

import re

import pytest
from django.conf import settings
from django.urls import reverse

from postroom.links import make_token
from signatures.confirming import disown
from signatures.counting import refresh_tallies
from signatures.letters.outbox import Outbox
from signatures.models import Signature, Subscription
from signatures.signing import send_link_again
from tests.factories import make_campaign, make_signature

pytestmark = pytest.mark.django_db


@pytest.fixture
def signature():
    return make_signature(make_campaign(), email="ada@example.org")


def link(purpose, signature):
    return reverse(purpose, args=[make_token(purpose, signature.pk)])


def counted(campaign):
    refresh_tallies()
    campaign.refresh_from_db()
    return campaign.tally.counted


def state_of(signature):
    return Signature.objects.get(pk=signature.pk).state


def test_t03_looking_withdraws_nothing(client, signature):
    for _ in range(3):
        assert client.get(link("withdraw", signature)).status_code == 200
        client.head(link("withdraw", signature))
    assert state_of(signature) == "counted"


def test_one_press_takes_one_from_the_count_however_often(client, signature):
    make_signature(signature.campaign)
    for _ in range(3):
        page = client.post(link("withdraw", signature))
        assert "Your signature is withdrawn." in page.content.decode()
    assert counted(signature.campaign) == 1
    assert state_of(signature) == "withdrawn"
    page = client.get(link("withdraw", signature)).content.decode()
    assert "Your signature is withdrawn." in page
    assert "<form" not in page
    assert link("confirm", signature) in page and "Sign again" in page
    assert signature.letters.filter(kind="withdrawn").count() == 1


def test_the_mail_goes_on_unless_the_person_says_so(client, signature):
    client.post(link("withdraw", signature))
    assert Subscription.objects.live().count() == 2
    client.post(link("withdraw", signature), {"leave": "on"})
    assert not Subscription.objects.live().exists()


def test_signing_again_brings_it_back(client, signature):
    client.post(link("withdraw", signature))
    page = client.get(link("confirm", signature))
    assert "Is this right?" in page.content.decode()
    client.post(link("confirm", signature), {"name": "Ada", "consent": "on"})
    assert (state_of(signature), counted(signature.campaign)) == ("counted", 1)


def test_who_types_the_address_again_gets_a_link_that_brings_it_back(client, signature, smtp_sink):
    outbox = Outbox()
    outbox.drain()
    client.post(link("withdraw", signature))
    signature.letters.update(created_at=signature.created_at.replace(year=2020))
    send_link_again(campaign=signature.campaign, email="ada@example.org")
    outbox.drain()
    outbox.close()
    subjects = [str(mail.message["Subject"]) for mail in smtp_sink.to("ada@example.org")]
    assert any(subject.startswith("Confirm your signature") for subject in subjects)


def test_t03_not_me_beats_a_withdrawal_and_what_follows_it(client, signature):
    client.post(link("withdraw", signature))
    disown(signature_id=signature.pk)
    for purpose in ("withdraw", "confirm"):
        page = client.post(link(purpose, signature), {"name": "Ada"})
        assert "Removed" in page.content.decode()
    assert (state_of(signature), counted(signature.campaign)) == ("rejected", 0)


def test_a_signature_that_waits_can_be_withdrawn_too(client, signature):
    waiting = make_signature(signature.campaign, confirmed=False)
    client.post(link("withdraw", waiting))
    assert (state_of(waiting), counted(signature.campaign)) == ("withdrawn", 1)


def test_the_receipt_leads_there_and_the_letter_after_it_leads_back(client, signature, smtp_sink):
    outbox = Outbox()
    outbox.drain()
    receipt = smtp_sink.wait(1, to="ada@example.org")[0]
    for part in (receipt.text, receipt.html):
        assert f"{settings.SITE_URL}/withdraw/" in part
    client.post(re.search(r"http\S+?(/withdraw/\S+)", receipt.text)[1])
    outbox.drain()
    outbox.close()
    letter = smtp_sink.to("ada@example.org")[-1]
    assert letter.message["Subject"] == "Your signature is withdrawn: Tell Amazon: Stop"
    for part in (letter.text, letter.html):
        assert f"{settings.SITE_URL}/confirm/" in part


def test_b95_a_closed_campaign_lets_people_go_but_nobody_in(client, signature):
    waiting = make_signature(signature.campaign, confirmed=False)
    signature.campaign.close()
    type(signature.campaign).objects.update(closed_at="2020-01-01T00:00Z")
    page = client.get(link("confirm", waiting))
    assert "This petition has closed." in page.content.decode()
    client.post(link("confirm", waiting), {"name": "Ada"})
    assert state_of(waiting) == "pending"
    page = client.post(link("withdraw", signature))
    assert "Sign again" not in page.content.decode()
    assert counted(signature.campaign) == 0
