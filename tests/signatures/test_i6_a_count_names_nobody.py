"""Where signatures count at once, the number on the page tells nobody who has signed before."""

from datetime import UTC, datetime

import pytest
from django.db import connection

from campaigns.models import TallyHour
from signatures.counting import STEP, refresh_tallies, stale_tallies
from signatures.models import Signature
from signatures.withdrawing import withdraw
from tests.factories import make_campaign, make_signature

pytestmark = pytest.mark.django_db


# Moments so far apart that none comes while a test runs: the last was in 2001.
FAR_APART = 10**9


@pytest.fixture
def campaign(settings):
    """It counts at once; one has signed, and the number of this moment is on the page."""
    settings.COUNT_AT_ONCE_SECONDS = FAR_APART
    campaign = make_campaign(proof="at_once")
    make_signature(campaign, email="victim@example.org", confirmed=False)
    refresh_tallies()
    return campaign


def shown(campaign):
    refresh_tallies()
    campaign.tally.refresh_from_db()
    return campaign.tally.counted


def sign(campaign, *emails):
    for email in emails:
        make_signature(campaign, email=email, confirmed=False)


def fresh(number):
    return [f"fresh-{one}@example.org" for one in range(number)]


def let_the_moment_pass():
    """The number was last settled before the newest of the moments at which it is."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE campaigns_tally SET settled_at = '2000-01-01'")


def test_i6_t05_a_new_address_moves_the_number_no_more_than_a_known_one(campaign):
    before = shown(campaign)
    sign(campaign, "victim@example.org")
    assert shown(campaign) == before
    sign(campaign, "nobody@example.org")
    assert shown(campaign) == before


def test_i6_a_signature_taken_back_does_not_show_it_either(campaign):
    own = Signature.objects.get()
    before = shown(campaign)
    sign(campaign, "nobody@example.org")
    withdraw(signature_id=own.pk, via="test")
    withdraw(signature_id=Signature.objects.latest("pk").pk, via="test")
    assert shown(campaign) == before


def test_i6_at_the_next_moment_the_number_is_exact(campaign):
    sign(campaign, *fresh(3))
    assert shown(campaign) == 1
    let_the_moment_pass()
    assert shown(campaign) == 4


def test_i6_a_moment_at_which_nothing_had_come_is_a_moment_too(campaign):
    let_the_moment_pass()
    assert shown(campaign) == 1
    sign(campaign, "nobody@example.org")
    assert shown(campaign) == 1


def test_i6_where_many_sign_the_number_follows_them(campaign):
    sign(campaign, *fresh(STEP - 1))
    assert shown(campaign) == 1
    sign(campaign, "nobody@example.org")
    assert shown(campaign) == STEP + 1
    assert TallyHour.objects.get(campaign=campaign).counted == STEP + 1


def test_i6_the_public_history_says_no_more_than_the_page(campaign):
    sign(campaign, *fresh(3))
    refresh_tallies()
    assert TallyHour.objects.get(campaign=campaign).counted == 1
    assert campaign.tally.as_of <= datetime.now(UTC)


def test_once_the_campaign_has_ended_the_number_is_exact(campaign):
    sign(campaign, *fresh(3))
    campaign.close()
    assert shown(campaign) == 4


def test_where_signatures_are_confirmed_first_each_is_shown():
    campaign = make_campaign()
    make_signature(campaign)
    refresh_tallies()
    make_signature(campaign)
    assert shown(campaign) == 2


def test_a_number_that_waits_for_its_moment_is_not_late_and_one_beyond_it_is(campaign):
    sign(campaign, *fresh(3))
    assert not stale_tallies()
    let_the_moment_pass()
    assert {pk for pk, _shown, _as_of in stale_tallies()} == {campaign.pk}


def test_an_operator_may_choose_to_show_each_at_once(campaign, settings):
    settings.COUNT_AT_ONCE_SECONDS = 0
    sign(campaign, "nobody@example.org")
    assert shown(campaign) == 2
