"""PostgreSQL held up, cut off in the middle of a word, and asked by a host whose clock is wrong."""

import http.client
import time
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import psycopg2
import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from signatures.counting import refresh_tallies
from signatures.models import Letter, Signature
from tests.factories import make_campaign, make_signature
from tests.signatures.test_signing_at_once import post


def read(site, path):
    visitor = http.client.HTTPConnection(urlsplit(site.url).netloc, timeout=30)
    visitor.request("GET", path)
    status = visitor.getresponse().status
    visitor.close()
    return status


@pytest.mark.fault
def test_f04_a_lock_that_staff_hold_costs_signers_seconds_and_readers_nothing(own, start_site):
    campaign = make_campaign()
    path = campaign.get_absolute_url()
    site = start_site(environment=own.environment(WEB_CONCURRENCY="1"))
    assert read(site, path) == 200
    staff = psycopg2.connect(own.postgres.url())
    with staff.cursor() as cursor:
        cursor.execute("LOCK TABLE signatures_signature IN ACCESS EXCLUSIVE MODE")
        started = time.monotonic()
        status, body = post(site.url, path, name="Ada Lovelace", email="ada@example.org")
        waited = time.monotonic() - started
        assert status == 503
        assert waited < 6
        assert "Ada Lovelace" in body
        started = time.monotonic()
        assert read(site, path) == 200
        assert time.monotonic() - started < 1
    staff.close()
    assert post(site.url, path, name="Ada Lovelace", email="ada@example.org")[0] == 303
    assert own.query("SELECT count(*) FROM signatures_signature") == [(1,)]


@pytest.mark.fault
def test_f04_with_every_connection_taken_the_form_is_given_back(own, start_site):
    campaign = make_campaign()
    path = campaign.get_absolute_url()
    site = start_site(environment=own.environment(WEB_CONCURRENCY="1"))
    [(most,)] = own.query("SELECT current_setting('max_connections')::int")
    greedy: list[Any] = []
    try:
        while len(greedy) < most:
            greedy.append(psycopg2.connect(own.postgres.url()))
    except psycopg2.OperationalError:
        pass
    started = time.monotonic()
    status, body = post(site.url, path, name="Ada Lovelace", email="ada@example.org")
    assert time.monotonic() - started < 6
    assert (status, "Ada Lovelace" in body) == (503, True)
    for one in greedy:
        one.close()
    assert post(site.url, path, name="Ada Lovelace", email="ada@example.org")[0] == 303


@pytest.mark.fault
@pytest.mark.parametrize("delivered", [True, False])
def test_f05_cut_off_in_the_middle_of_the_commit_and_sent_again_is_one_signature(
    own, start_site, tcp_proxy, delivered
):
    campaign = make_campaign(proof="at_once")
    path = campaign.get_absolute_url()
    proxy = tcp_proxy("127.0.0.1", own.postgres.port)
    url = proxy.through(own.postgres.url())
    site = start_site(environment=own.environment(DATABASE_URL=url, WEB_CONCURRENCY="1"))
    # Warm: connected, and the campaign read.
    assert post(site.url, path, name="Zoë", email="zoe@example.org")[0] == 303
    # One round trip signs and commits. The site itself asks again, once, on a fresh connection.
    proxy.cut_at(b"EXECUTE sign", delivered=delivered)
    assert post(site.url, path, name="Ada", email="ada@example.org")[0] == 303
    assert post(site.url, path, name="Ada", email="ada@example.org")[0] == 303
    assert own.query("SELECT count(*) FROM signatures_signature") == [(2,)]
    connection.close()
    refresh_tallies()
    assert own.query("SELECT counted FROM campaigns_tally") == [(2,)]
    call_command("check_invariants")


@pytest.mark.django_db
@pytest.mark.parametrize("minutes", [-10, 10])
def test_f22_a_host_whose_clock_is_wrong_signs_and_confirms_by_the_databases_time(client, minutes):
    campaign = make_campaign()
    now = timezone.now()
    with time_machine.travel(now + timedelta(minutes=minutes)):
        fields = {"name": "Ada", "email": "ada@example.org"}
        assert client.post(campaign.get_absolute_url(), fields).status_code == 303
        letter = Letter.objects.get()
        assert abs(letter.due_at - now) < timedelta(minutes=1)
        assert abs(Signature.objects.get().created_at - now) < timedelta(minutes=1)
        make_signature(campaign, email="grace@example.org")
    refresh_tallies()
    campaign.refresh_from_db()
    assert campaign.tally.counted == 1
