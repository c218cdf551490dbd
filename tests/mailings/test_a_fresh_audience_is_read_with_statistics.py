"""A campaign that took off a minute ago is frozen as quickly as an old one."""

import pytest
from django.db import connection

from mailings.audience.statistics import refresh_statistics
from mailings.pumping import pump
from tests.factories import make_campaign
from tests.mailings.making import make_update, scheduled_mailing, sign_up, statuses

PEOPLE = 1_200


def known_signers() -> float:
    """How many rows of signatures the planner reckons with."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT reltuples FROM pg_class WHERE oid = 'signatures_signature'::regclass"
        )
        return float(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
def test_the_planner_knows_of_everybody_before_the_audience_is_frozen() -> None:
    with connection.cursor() as cursor:
        # What is counted in a transaction stays known after its rollback.
        cursor.execute("ANALYZE signatures_signature")
    campaign = make_campaign()
    sign_up(campaign, PEOPLE)
    mailing = scheduled_mailing(make_update(campaign))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute("SELECT 1")
    assert known_signers() < PEOPLE

    pump()

    assert statuses(mailing) == {"pending": PEOPLE}
    assert known_signers() == PEOPLE
    assert "signatures_signature" not in refresh_statistics(), "once is enough"
