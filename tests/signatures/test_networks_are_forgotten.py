"""T24: after a year nobody can tell from which network somebody signed."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from signatures.keeping import forgetting
from signatures.keeping.forgetting import OldNetworks
from signatures.models import Signature
from tests.factories import make_campaign, make_signature

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def signed(*days_ago):
    """One signature for each, oldest first, as numbers grow with time."""
    campaign, found = make_campaign(), []
    for days in days_ago:
        signature = make_signature(campaign)
        Signature.objects.filter(pk=signature.pk).update(
            network=b"n" * 16, created_at=timezone.now() - days * DAY
        )
        found.append(signature.pk)
    return found


def with_network():
    return list(Signature.objects.exclude(network=None).order_by("pk").values_list("pk", flat=True))


@pytest.mark.parametrize("span", [1, 2, 5000])
def test_a_network_is_forgotten_after_a_year_however_old_it_is(monkeypatch, span):
    monkeypatch.setattr(forgetting, "SPAN", span)
    *_old, young, new = signed(4000, 800, 460, 366, 364, 0)
    OldNetworks().forget()
    assert with_network() == [young, new]


def test_a_walk_goes_on_where_it_stood(monkeypatch):
    monkeypatch.setattr(forgetting, "SPAN", 1)
    *_old, young, new = signed(800, 700, 600, 364, 0)
    walk = OldNetworks()
    walk.forget()
    Signature.objects.filter(pk=young).update(created_at=timezone.now() - 366 * DAY)
    with CaptureQueriesContext(connection) as queries:
        walk.forget()
    assert with_network() == [new]
    assert len([query for query in queries if query["sql"].startswith("\nUPDATE")]) == 1
