"""When what limits visitors is broken, signing goes on, and more is held rather than less."""

import time

import psycopg2
import pytest
from django.db import DataError, connection
from django.test import Client

from signatures.guarding.networks import network_of
from signatures.models import Letter, Signature
from signatures.signing import Typed, Visit, sign
from tests.factories import make_campaign


@pytest.fixture
def no_table_of_networks(transactional_db):
    """The table is gone, as after a restore that left it out."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE signatures_networkwindow RENAME TO elsewhere")
    yield
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE elsewhere RENAME TO signatures_networkwindow")


def post(campaign, email):
    fields = {"name": "Ada", "email": email}
    return Client().post(campaign.get_absolute_url(), fields).status_code


@pytest.mark.django_db(transaction=True)
def test_t33_signing_works_and_everything_is_held(no_table_of_networks):
    campaign = make_campaign(proof="at_once")
    statuses = [post(campaign, f"supporter-{number}@example.org") for number in range(5)]
    assert statuses == [303] * 5
    assert [one.state for one in Signature.objects.all()] == ["held"] * 5
    assert Letter.objects.filter(kind="confirm").count() == 5


@pytest.mark.django_db(transaction=True)
def test_t33_a_locked_table_costs_one_visitor_a_wait_and_nobody_a_signature():
    campaign = make_campaign()
    locking = psycopg2.connect(**connection.get_connection_params() | {"cursor_factory": None})
    try:
        with locking.cursor() as cursor:
            cursor.execute("LOCK TABLE signatures_networkwindow IN ACCESS EXCLUSIVE MODE")
        statuses = [post(campaign, f"supporter-{number}@example.org") for number in range(4)]
    finally:
        locking.close()
    assert statuses == [303] * 4
    assert {one.state for one in Signature.objects.all()} == {"held"}


@pytest.mark.django_db(transaction=True)
def test_a_locked_person_costs_one_visitor_one_wait_and_holds_nobody_else():
    campaign = make_campaign()
    assert post(campaign, "ada@example.org") == 303
    locking = psycopg2.connect(**connection.get_connection_params() | {"cursor_factory": None})
    try:
        with locking.cursor() as cursor:
            cursor.execute("SELECT FROM signatures_supporter FOR UPDATE")
        started = time.monotonic()
        assert post(campaign, "ada@example.org") == 503
        assert time.monotonic() - started < 3.5
        assert post(campaign, "grace@example.org") == 303
    finally:
        locking.close()
    assert {one.state for one in Signature.objects.all()} == {"pending"}


@pytest.mark.django_db(transaction=True)
def test_what_the_database_refuses_holds_nobody_else():
    campaign = make_campaign()
    with pytest.raises(DataError):
        sign(
            campaign=campaign,
            statement=campaign.current_statement(),
            notice=campaign.current_notice(),
            email="ada@example.org",
            typed=Typed(name="Ada", country="France", consents=True),
            visit=Visit(network=network_of({"REMOTE_ADDR": "127.0.0.1"})),
        )
    assert post(campaign, "grace@example.org") == 303
    assert Signature.objects.get().state == "pending"
