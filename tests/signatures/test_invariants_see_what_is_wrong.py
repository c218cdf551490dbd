"""Each promise of the database is broken once, and `check_invariants` counts it."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from campaigns.models import ConsentNotice, PageAddress, Translation
from signatures import invariants
from signatures.counting import refresh_tallies
from signatures.erasing import erase
from signatures.models import DataAccess, Letter, Signature, StateChange, StateChangeEntry
from signatures.staff import state_changing
from tests.factories import make_campaign, make_signature

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1, minutes=1)


def broken() -> list[str]:
    found = []
    with connection.cursor() as cursor:
        for invariant in invariants._registered:
            cursor.execute(invariant.violations)
            if cursor.fetchone() != (0,):
                found.append(invariant.sentence)
    return found


@pytest.fixture
def signature() -> Signature:
    return make_signature(make_campaign())


def set_on(signature: Signature, **fields: object) -> None:
    Signature.objects.filter(pk=signature.pk).update(**fields)


@pytest.mark.parametrize(
    "left",
    [
        {"answers": {"job": "nurse"}},
        {"postal_code": "12345"},
        {"country": "DE"},
        {"shows_name": True},
        {"name": "Ada"},
    ],
)
def test_what_is_left_of_an_erased_person_is_seen(signature, left):
    erase(supporter_id=signature.supporter_id)
    assert broken() == []
    set_on(signature, **left)
    assert broken() == ["nothing of an erased person is left but numbers"]


def test_a_link_to_the_data_of_an_erased_person_is_seen(signature):
    erase(supporter_id=signature.supporter_id)
    DataAccess.objects.create(
        supporter=signature.supporter, token_hash=b"t" * 32, expires_at=timezone.now() + HOUR
    )
    assert broken() == ["nothing of an erased person is left but numbers"]


def test_a_held_signature_without_its_letter_is_seen(signature):
    set_on(signature, state=Signature.State.HELD)
    Letter.objects.all().delete()
    assert "every signature has the letter that it owed" in broken()


def test_a_change_that_hangs_is_seen(signature):
    change = StateChange.objects.create(
        campaign=signature.campaign, to_state=Signature.State.REJECTED, reason="Bots"
    )
    assert broken() == []
    StateChange.objects.filter(pk=change.pk).update(changed_at=timezone.now() - HOUR)
    assert broken() == ["no change of state by staff is unfinished for over an hour"]
    change.begin_undo(None)
    assert broken() == []


@pytest.mark.parametrize("changed", [0, 2])
def test_a_change_that_counts_otherwise_than_its_entries_is_seen(signature, changed):
    state_changing.reject(signature_ids=[signature.pk], reason="Bots", user=None)
    assert broken() == []
    StateChange.objects.update(changed=changed)
    assert broken() == [
        "a change of state by staff has an entry for each signature that it changed"
    ]


def test_what_waited_again_after_an_undo_may_be_deleted():
    pending = make_signature(make_campaign(), confirmed=False)
    state_changing.reject(signature_ids=[pending.pk], reason="Bots", user=None)
    state_changing.restore(signature_ids=[pending.pk], reason="No", user=None)
    StateChangeEntry.objects.all().delete()
    assert broken() == []


def test_an_entry_for_a_signature_of_another_campaign_is_seen(signature):
    state_changing.reject(signature_ids=[signature.pk], reason="Bots", user=None)
    other = make_signature(make_campaign())
    StateChangeEntry.objects.update(signature=other)
    assert broken() == ["a change of state by staff is of its campaign's signatures alone"]


@pytest.mark.parametrize("of_translation", [False, True])
@pytest.mark.parametrize("wrong", [{"language": "fr"}, None])
def test_an_address_that_leads_elsewhere_is_seen(signature, of_translation, wrong):
    campaign = signature.campaign
    made = Translation.objects.create(
        campaign=campaign, language="de", slug="auf-deutsch", headline="Halt"
    )
    assert broken() == []
    address = PageAddress.objects.filter(slug=made.slug if of_translation else campaign.slug)
    address.update(**(wrong or {"campaign": make_campaign()}))
    assert broken() == ["every page's address leads to its campaign in its language"]
    address.delete()
    assert broken() == ["every page's address leads to its campaign in its language"]


def test_a_notice_in_another_language_than_the_statement_is_seen(signature):
    foreign = ConsentNotice.objects.create(
        campaign=signature.campaign,
        language="de",
        text="Wir schreiben dir.",
        kind=ConsentNotice.Kind.UNTICKED_BOX,
        frozen_at=timezone.now(),
    )
    set_on(signature, notice=foreign)
    assert broken() == ["a signature's statement and notice are of one language"]


@pytest.mark.django_db(transaction=True)
def test_a_page_that_falls_behind_is_seen_and_one_that_catches_up_is_not(monkeypatch):
    monkeypatch.setattr(invariants, "TALLIES_LAG", 0.3)
    make_signature(make_campaign())
    assert dict(invariants.check())[invariants.TALLIES_ARE_FRESH] == 1

    def refresh() -> None:
        refresh_tallies()
        connection.close()

    meanwhile = threading.Timer(0.1, refresh)
    checks = invariants.check()
    found = {}
    for invariant, violations in checks:
        found[invariant] = violations
        if len(found) == len(invariants._registered):
            meanwhile.start()
    meanwhile.join()
    assert found[invariants.TALLIES_ARE_FRESH] == 0


def test_a_network_that_is_kept_too_long_is_seen(signature):
    set_on(signature, network=b"n" * 16, created_at=timezone.now() - timedelta(days=390))
    assert broken() == []
    set_on(signature, created_at=timezone.now() - timedelta(days=400))
    assert broken() == ["no signature's network is kept for more than 13 months"]
