"""What a solved challenge lets go: with its receipt, and nothing after the end."""

import pytest

from campaigns.models import Campaign
from signatures.guarding.challenging import make_challenge, release
from signatures.letters.outbox import Outbox, why_not
from signatures.models import Letter, Signature, Supporter
from signatures.signing import Typed, Visit, sign
from tests.factories import make_campaign
from tests.signatures.test_t22_erasing import broken_invariants

pytestmark = pytest.mark.django_db

EMAIL = "ada@example.org"


def take_down(campaign):
    Campaign.objects.get(pk=campaign.pk).withdraw(outcome="A mistake.")


@pytest.fixture
def campaign():
    return make_campaign(proof="at_once")


@pytest.fixture
def held(campaign):
    sign(
        campaign=campaign,
        statement=campaign.current_statement(),
        notice=campaign.current_notice(),
        email=EMAIL,
        typed=Typed(name="Ada", consents=True),
        visit=Visit(trapped=True),
    )
    return Signature.objects.get(state="held")


def let_go(campaign):
    release(make_challenge(campaign=campaign, email=EMAIL).salt, campaign=campaign, email=EMAIL)


def test_counts_with_a_receipt_and_no_letter_that_still_asks(campaign, held):
    (asking,), _held_back = Outbox()._claim()
    let_go(campaign)
    held.refresh_from_db()
    assert held.state == "counted"
    assert [one.kind for one in Letter.objects.unsent()] == ["receipt"]
    assert why_not(asking)
    assert broken_invariants() == []


@pytest.mark.parametrize("end", [take_down, "long closed"])
def test_counts_nothing_after_the_end(campaign, held, end):
    if end == "long closed":
        Campaign.objects.update(state="closed", closed_at="2026-01-01T00:00Z")
    else:
        end(campaign)
    let_go(campaign)
    held.refresh_from_db()
    assert (held.state, held.counted_at) == ("held", None)
    assert not Letter.objects.filter(kind="receipt").exists()


def test_lets_nobody_go_who_is_erased(campaign, held):
    Supporter.objects.filter(pk=held.supporter_id).update(erased_at="2026-01-01T00:00Z")
    let_go(campaign)
    held.refresh_from_db()
    assert held.state == "held"
