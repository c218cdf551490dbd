"""Sudden rates are named to staff, and hold nobody."""

import logging

import pytest

from signatures.guarding.alarms import rates_now, warn_of_rates
from signatures.models import Signature
from tests.factories import make_campaign, make_signature

pytestmark = pytest.mark.django_db


def test_t01_rates_of_the_last_ten_minutes_are_told_and_hold_nobody(settings, caplog):
    settings.RATE_ALARMS = {"campaign": 4, "domain": 2}
    campaign = make_campaign()
    for number in range(3):
        make_signature(campaign, email=f"a{number}@catch-all.example", confirmed=False)
        make_signature(campaign, email=f"a{number}@gmail.com", confirmed=False)
    old = make_signature(campaign, email="old@catch-all.example")
    Signature.objects.filter(pk=old.pk).update(created_at="2026-01-01T00:00Z")
    told = {(rate.kind, rate.name): rate for rate in rates_now()}
    assert told["campaign", campaign.slug].signatures == 6
    assert told["domain", "catch-all.example"].signatures == 3
    alarming = {rate.name for rate in told.values() if rate.is_alarming}
    assert alarming == {campaign.slug, "catch-all.example"}
    with caplog.at_level(logging.WARNING):
        warn_of_rates()
    assert len(caplog.records) == 2
    assert "@" not in caplog.text
    assert not Signature.objects.filter(state="held").exists()
