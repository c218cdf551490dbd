"""Signatures on paper are counted by hand: never fewer than one, never from a day to come."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Campaign
from signatures.models import PaperBatch
from tests.campaigns.admin_pages import form_on, words
from tests.factories import make_campaign

pytestmark = pytest.mark.django_db
URL = "admin:signatures_paperbatch_add"


def typed(staff: Client, campaign: Campaign, **changes: str) -> str:
    """What the form answers to a batch of three, collected a week ago, with `changes`."""
    form = form_on(staff.get(reverse(URL)), "paperbatch_form")
    week_ago = str(date.today() - timedelta(days=7))
    batch = {"campaign": campaign.pk, "signatures": "3", "collected_on": week_ago}
    form |= {**batch, "collected_by": "Ada", **changes}
    return words(staff.post(reverse(URL), form, follow=True))


def test_a_day_that_has_not_come_is_refused_beside_its_field(staff, campaign):
    later = str(date.today() + timedelta(days=3))
    answer = typed(staff, campaign, collected_on=later)
    assert "This day has not come yet: signatures count once they were given." in answer
    assert not PaperBatch.objects.exists()


def test_a_batch_of_none_is_told_to_count_one(staff, campaign):
    answer = typed(staff, campaign, signatures="0")
    assert "Count at least one signature." in answer
    assert "onstraint" not in answer


def test_today_is_the_day_of_where_the_campaign_is():
    campaign = make_campaign(time_zone="Pacific/Kiritimati")
    today = timezone.now().astimezone(campaign.zone).date()
    batch = PaperBatch(campaign=campaign, signatures=1, collected_on=today, collected_by="Ada")
    batch.full_clean(exclude=["added_by"])
    batch.save()
    with pytest.raises(ValidationError, match="has not come yet"):
        PaperBatch(campaign=campaign, collected_on=today + timedelta(days=1)).clean()


def test_what_was_collected_after_a_batch_was_recorded_is_another_batch(campaign):
    batch = PaperBatch.objects.create(
        campaign=campaign, signatures=1, collected_on="2024-01-05", collected_by="Ada"
    )
    PaperBatch.objects.update(added_at=datetime(2024, 1, 9, tzinfo=UTC))
    batch.refresh_from_db()
    batch.collected_on = date(2024, 1, 20)
    with pytest.raises(ValidationError, match="record what was collected later as another batch"):
        batch.full_clean(exclude=["added_by"])


def test_the_database_itself_takes_no_batch_from_the_future(campaign):
    with pytest.raises(IntegrityError, match="paper_batch_was_collected"):
        PaperBatch.objects.create(
            campaign=campaign,
            signatures=1,
            collected_on=date.today() + timedelta(days=3),
            collected_by="Ada",
        )
