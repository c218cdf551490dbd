"""Scripts that sign are held, nobody is lost, and nobody's inbox is flooded."""

import re

import pytest
from django.core.management import call_command
from django.test import Client

from signatures.confirming import confirm, typed_in
from signatures.counting import refresh_tallies
from signatures.guarding.limiting import crowded
from signatures.guarding.networks import network_at
from signatures.letters.outbox import Outbox
from signatures.models import CountShard, Letter, NetworkWindow, Signature, Supporter
from signatures.signing import Typed, Visit, sign
from tests.factories import make_campaign

pytestmark = pytest.mark.django_db


def post(campaign, email, *, address="192.0.2.7", **fields):
    return Client(REMOTE_ADDR=address).post(
        campaign.get_absolute_url(), {"name": "Ada", "email": email, **fields}
    )


def states(campaign):
    found = Signature.objects.filter(campaign=campaign).values_list("state", flat=True)
    return {state: list(found).count(state) for state in set(found)}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "address", ["192.0.2.7", "2001:db8:7:{0:x}::1"], ids=["one address", "one IPv6 site"]
)
def test_t01_of_many_scripted_signatures_at_most_one_in_a_hundred_counts(settings, address):
    settings.NETWORK_LIMITS = {300: 2, 86400: 3}
    campaign = make_campaign(proof="at_once")
    for number in range(500):
        visit = Visit(network=network_at(address.format(number)))
        sign(
            campaign=campaign,
            statement=campaign.current_statement(),
            notice=campaign.current_notice(),
            email=f"bot-{number}@catch-all.example",
            typed=Typed(name="Bot", consents=False),
            visit=visit,
        )
    found = states(campaign)
    assert sum(found.values()) == 500
    assert found["counted"] <= 5
    refresh_tallies()
    campaign.refresh_from_db()
    assert campaign.tally.counted == found["counted"]
    assert sum(shard.held for shard in CountShard.objects.all()) == found["held"]
    call_command("check_invariants")


@pytest.mark.django_db(transaction=True)
def test_t01_of_five_hundred_people_behind_one_address_none_is_lost():
    campaign = make_campaign()
    for number in range(500):
        assert post(campaign, f"student-{number}@example.org").status_code == 303
    assert sum(states(campaign).values()) == 500
    assert states(campaign)["held"] > 400
    assert Letter.objects.filter(kind="confirm").count() == 500
    for signature in Signature.objects.select_related("campaign")[:500:50]:
        confirm(signature_id=signature.pk, typed=typed_in(signature))
    assert states(campaign)["counted"] == 10
    refresh_tallies()
    call_command("check_invariants")


def test_t01_another_network_is_not_held_for_it(settings):
    settings.NETWORK_LIMITS = {300: 1}
    campaign = make_campaign()
    for number in range(3):
        post(campaign, f"a{number}@example.org")
    post(campaign, "elsewhere@example.org", address="192.0.2.8")
    assert states(campaign) == {"pending": 2, "held": 2}


def test_t01_a_window_that_is_over_is_known_to_every_process(settings):
    settings.NETWORK_LIMITS = {300: 1}
    campaign = make_campaign()
    post(campaign, "a@example.org")
    post(campaign, "b@example.org")
    crowded.clear()  # as another process, which has seen nothing yet
    post(campaign, "c@example.org")
    assert states(campaign) == {"pending": 1, "held": 2}
    assert NetworkWindow.objects.get().hits == 3


def test_t01_a_filled_trap_is_held_and_answered_like_any_other():
    campaign = make_campaign()
    honest = post(campaign, "ada@example.org", homepage="")
    trapped = post(campaign, "bot@example.org", homepage="https://example.com")
    assert (trapped.status_code, trapped.url) == (honest.status_code, honest.url)
    assert states(campaign) == {"pending": 1, "held": 1}
    assert Signature.objects.get(state="held").letters.get().kind == "confirm"


def test_t01_the_trap_is_out_of_sight_and_out_of_reach(client):
    html = client.get(make_campaign().get_absolute_url()).content.decode()
    hidden = re.search(r'<div class="trap" aria-hidden="true" inert>.*?</div>', html, re.S)[0]
    assert 'name="homepage"' in hidden
    assert 'tabindex="-1"' in hidden
    assert 'autocomplete="off"' in hidden


def test_t02_one_victim_gets_ten_letters_a_day_and_no_word_that_was_typed(smtp_sink):
    payload = "Buy cheap pills"
    campaigns = [make_campaign() for _ in range(25)]
    for turn in range(4):
        for number, campaign in enumerate(campaigns):
            response = post(
                campaign, "victim@example.org", address=f"10.{turn}.{number}.1", name=payload
            )
            assert response.status_code == 303
    assert Supporter.objects.count() == 1
    assert Letter.objects.count() == 25
    outbox = Outbox()
    while outbox.drain():
        pass
    outbox.close()
    assert len(smtp_sink.mails) == 10
    assert Letter.objects.unsent().count() == 15
    for mail in smtp_sink.mails:
        assert payload not in mail.message.as_string()
        assert b"cheap" not in mail.body


def test_t02_one_letter_about_a_campaign_in_ten_minutes_and_five_ever():
    campaign = make_campaign()
    for hour in range(8):
        for _ in range(3):
            post(campaign, "victim@example.org", address=f"10.0.0.{hour}")
        assert Letter.objects.count() == min(hour + 1, 5)
        Letter.objects.update(created_at="2026-01-01T00:00Z", sent_at="2026-01-01T00:00Z")
