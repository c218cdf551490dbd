"""The real worker opens and closes campaigns by itself; nobody presses a button."""

import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from campaigns.models import Campaign
from tests.factories import make_campaign

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

PATIENCE = 20.0


def reaches(campaign: Campaign, state: str) -> bool:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        campaign.refresh_from_db()
        if campaign.state == state:
            return True
        time.sleep(0.1)
    return False


def test_f22_a_scheduled_campaign_opens_and_closes_without_a_broker(
    start_worker: Callable[..., object], client
):
    campaign = make_campaign(published=False)
    campaign.schedule(timezone.now() + timedelta(hours=1))
    start_worker("tx")
    time.sleep(1)
    assert not reaches_at_once(campaign, "open")
    Campaign.objects.filter(pk=campaign.pk).update(opens_at=Now())
    assert reaches(campaign, "open")
    assert client.get(campaign.get_absolute_url()).status_code == 200
    Campaign.objects.filter(pk=campaign.pk).update(closes_at=Now())
    assert reaches(campaign, "closed")
    assert campaign.closed_at == campaign.closes_at


def reaches_at_once(campaign: Campaign, state: str) -> bool:
    campaign.refresh_from_db()
    return campaign.state == state
