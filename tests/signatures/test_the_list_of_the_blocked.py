"""Whoever a suppression blocks is on the list that audiences are counted with, and nobody else."""

import pytest

from signatures.addresses import email_hash, email_key
from signatures.erasing import erase
from signatures.invariants import check
from signatures.models import BlockedPerson, Supporter, Suppression
from tests.factories import make_campaign, make_signature

pytestmark = pytest.mark.django_db

BOUNCE, COMPLAINT = Suppression.Reason.HARD_BOUNCE, Suppression.Reason.COMPLAINT


def listed() -> set[str]:
    people = BlockedPerson.objects.values("supporter")
    return set(Supporter.objects.filter(pk__in=people).values_list("email", flat=True))


def block(email: str, reason: str = BOUNCE) -> None:
    Suppression.objects.suppress(email_hash(email_key(email)), reason)


def test_a_block_and_its_lifting() -> None:
    campaign = make_campaign()
    for email in ("ada@example.org", "bob@example.org"):
        make_signature(campaign, email=email)
    block("ada@example.org")
    block("ada@example.org", COMPLAINT)
    assert listed() == {"ada@example.org"}

    Suppression.objects.filter(reason=BOUNCE).update(lifted_at="2026-01-01T00:00Z")
    assert listed() == {"ada@example.org"}, "one block of two was lifted"
    Suppression.objects.update(lifted_at="2026-01-01T00:00Z")
    assert listed() == set()
    Suppression.objects.update(lifted_at=None)
    Suppression.objects.all().delete()
    assert listed() == set()


def test_an_address_that_was_blocked_before_it_signed() -> None:
    block("eve@example.org")
    make_signature(make_campaign(), email="eve@example.org", confirmed=False)
    assert listed() == {"eve@example.org"}


def test_another_address_is_another_matter() -> None:
    supporter = make_signature(make_campaign(), email="old@example.org").supporter
    block("old@example.org")
    key = email_key("new@example.org")
    moved = Supporter.objects.filter(pk=supporter.pk)

    moved.update(email="new@example.org", email_key=key, email_hash=email_hash(key))
    assert listed() == set()
    block("new@example.org")
    assert listed() == {"new@example.org"}
    erase(supporter_id=supporter.pk)
    assert not BlockedPerson.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_invariant_holds_whatever_happened() -> None:
    campaign = make_campaign()
    for number in range(4):
        make_signature(campaign, email=f"p{number}@example.org")
    block("p1@example.org")
    block("p2@example.org")
    wrong = {found.sentence: count for found, count in check() if count}
    assert "who is blocked is on the list of the blocked, and nobody else" not in wrong
    BlockedPerson.objects.all().delete()
    wrong = {found.sentence: count for found, count in check() if count}
    assert wrong["who is blocked is on the list of the blocked, and nobody else"] == 2
