"""Erasure: identity goes everywhere at once, count and block stay, and a restore repeats it."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from postroom.links import make_token
from signatures import invariants
from signatures.confirming import confirm, typed_in
from signatures.counting import refresh_tallies
from signatures.erasing import erase, ledger, replay
from signatures.leaving import choose
from signatures.letters.outbox import Outbox
from signatures.models import ConsentEvent, Letter, Signature, Subscription, Supporter, Suppression
from signatures.signing import Typed
from tests.factories import make_campaign, make_signature
from tests.signatures.dumping import dump

pytestmark = pytest.mark.django_db

MARKER = "xyzzymarker"
EMAIL = f"{MARKER}@example.org"


def sign_with_marker(campaign, **how):
    signature = make_signature(campaign, email=EMAIL, name=f"Ada {MARKER}", **how)
    Signature.objects.filter(pk=signature.pk).update(
        comment=f"Because {MARKER}.",
        postal_code=MARKER[:8],
        answers={"why": MARKER},
        network=b"0123456789abcdef",
    )
    return signature


def broken_invariants():
    with connection.cursor() as cursor:
        return [
            one.sentence
            for one in invariants._registered
            if cursor.execute(one.violations) or cursor.fetchone()[0]
        ]


@pytest.fixture
def campaign():
    return make_campaign(asks_comment=True)


@pytest.fixture
def person(campaign):
    signature = sign_with_marker(campaign)
    sign_with_marker(make_campaign(organization=campaign.organization), confirmed=False)
    return signature.supporter


def test_t22_nothing_of_the_person_is_left_anywhere(person):
    assert MARKER in dump()
    assert erase(supporter_id=person.pk)
    assert MARKER not in dump()
    assert not erase(supporter_id=person.pk)


def test_t22_the_count_stays_and_what_waited_goes(person, campaign):
    refresh_tallies()
    erase(supporter_id=person.pk)
    refresh_tallies()
    campaign.refresh_from_db()
    assert campaign.tally.counted == 1
    assert [one.state for one in Signature.objects.all()] == ["counted"]
    assert Signature.objects.get().network is None
    assert broken_invariants() == []


def test_t22_letters_that_wait_are_not_sent(person, smtp_sink):
    outbox = Outbox()
    claimed, _held_back = outbox._claim()
    assert len(claimed) == 3
    erase(supporter_id=person.pk)
    for letter in claimed:
        outbox._send(letter)
    outbox.close()
    assert not smtp_sink.mails
    assert not Letter.objects.exists()


def test_t22_no_mailing_goes_out_any_more_and_the_consents_are_proof(person):
    erase(supporter_id=person.pk)
    assert not Subscription.objects.mailable().exists()
    assert Suppression.objects.get().reason == "erased"
    assert [one.choice for one in ConsentEvent.objects.order_by("pk")] == ["agreed", "left"]


def test_t20_the_unsubscribe_link_of_an_erased_person_still_answers(client, person, campaign):
    erase(supporter_id=person.pk)
    token = make_token("unsubscribe", person.pk, campaign.organization_id, campaign.pk, 7)
    for _ in range(2):
        page = client.post(f"/unsubscribe/{token}/")
        assert page.status_code == 200
        assert "You are unsubscribed." in page.content.decode()
    client.post(f"/unsubscribe/{token}/", {"only_campaign": "1"})
    assert not Subscription.objects.live().exists()


@pytest.mark.parametrize("purpose", ["confirm", "not-me", "withdraw"])
def test_b95_links_of_an_erased_signature_lead_to_a_page_that_helps(client, person, purpose):
    signature = person.signatures.get(state="counted")
    erase(supporter_id=person.pk)
    for answer in (client.get, client.post):
        page = answer(f"/{purpose}/{make_token(purpose, signature.pk)}/", {"name": MARKER})
        assert page.status_code == 410
        assert "This link has run out." in page.content.decode()
    assert MARKER not in dump()


def test_nothing_begins_again_for_an_erased_person(person, campaign):
    signature = person.signatures.get(state="counted")
    erase(supporter_id=person.pk)
    assert confirm(signature_id=signature.pk, typed=Typed(name=MARKER, consents=True)) is None
    scopes = list(campaign.organization.scopes.values_list("pk", flat=True))
    choose(
        supporter_id=person.pk,
        organization_id=campaign.organization_id,
        scope_ids=scopes,
        muted_campaign_ids=[],
    )
    assert not Subscription.objects.live().exists()


def test_the_same_address_may_sign_anew_as_somebody_new(person, campaign):
    erase(supporter_id=person.pk)
    again = make_signature(campaign, email=EMAIL)
    assert again.supporter_id != person.pk
    assert Subscription.objects.mailable().count() == 2
    assert Supporter.objects.count() == 2


def test_t22_a_restored_dump_is_erased_again_before_it_serves(person):
    before = Supporter.objects.filter(pk=person.pk).values().get()
    signatures = list(Signature.objects.filter(supporter=person, state="counted").values())
    erase(supporter_id=person.pk)
    listing = io.StringIO()
    call_command("replay_erasures", "--list", stdout=listing)
    assert MARKER not in listing.getvalue()

    # What an older dump brings back: the person as they were, and no word of an erasure.
    Suppression.objects.all().delete()
    Supporter.objects.filter(pk=person.pk).update(**before)
    for row in signatures:
        Signature.objects.filter(pk=row["id"]).update(**row)
    assert MARKER in dump()

    said = io.StringIO()
    for expected in ("Erased again: 1", "Erased again: 0"):
        call_command(
            "replay_erasures", file=io.StringIO(listing.getvalue()), stdout=said, list=False
        )
        assert said.getvalue().strip().endswith(expected)
    assert MARKER not in dump()


def test_t22_who_came_back_of_their_own_will_stays(person, campaign):
    erase(supporter_id=person.pk)
    with connection.cursor() as cursor:  # a test is one moment: let this one be a later one
        cursor.execute("UPDATE signatures_suppression SET created_at = now() - interval '1 hour'")
    erasures = list(ledger())
    again = make_signature(campaign, email=EMAIL)
    assert replay(erasures) == 0
    assert typed_in(again).name == "Ada Lovelace"


def test_a_file_that_is_no_ledger_is_refused_by_its_line():
    with pytest.raises(CommandError, match="Line 1"):
        call_command("replay_erasures", file=io.StringIO("nonsense\n"), list=False)
