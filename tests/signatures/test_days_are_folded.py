"""A campaign that is years old costs a few rows: old days are folded, and the count stays exact."""

from datetime import date, timedelta

import pytest
from django.db.models import Sum

from campaigns.models import Tally
from signatures.counting import fold_old_days, move, refresh_tallies
from signatures.models import CountShard
from signatures.staff import funnels
from tests.factories import make_campaign

pytestmark = pytest.mark.django_db

NUMBERS = ("pending", "held", "counted", "opted_in")


def sums(campaign):
    found = CountShard.objects.filter(campaign=campaign)
    return found.aggregate(**{name: Sum(name) for name in NUMBERS})


def days(campaign):
    found = CountShard.objects.filter(campaign=campaign).order_by("day", "shard")
    return list(found.values_list("day", "shard"))


def test_days_that_no_chart_shows_are_one_row_and_the_count_stays_exact():
    campaign, other, today = make_campaign(), make_campaign(), date.today()
    ages = (0, 1, 30, 399, 400, 401, 500, 2000)
    for age in ages:
        for one in (campaign, other):
            move(campaign_id=one.pk, on=today - timedelta(days=age), counted=10 + age, held=1)
    before = sums(campaign)
    chart = funnels.per_day(campaign)

    fold_old_days()
    kept = [day for day, _shard in days(campaign)]
    shown = [today - timedelta(days=age) for age in (400, 399, 30, 1, 0)]
    assert kept == [date(2000, 1, 1), *shown]
    assert sums(campaign) == sums(other) == before
    assert funnels.per_day(campaign) == chart

    # Somebody who signed long ago withdraws.
    move(campaign_id=campaign.pk, on=today - timedelta(days=500), counted=-1, opted_in=-1)
    for _again in range(2):
        fold_old_days()
    assert len(days(campaign)) == 6
    assert sums(campaign) == before | {
        "counted": before["counted"] - 1,
        "opted_in": before["opted_in"] - 1,
    }
    refresh_tallies()
    assert Tally.objects.get(campaign=campaign).counted == before["counted"] - 1
