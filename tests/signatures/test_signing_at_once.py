"""Many at once, and servers that fail, against a real gunicorn on committed data."""

import http.client
import re
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from urllib.parse import urlencode, urlsplit

import pytest
from django.core.management import call_command
from django.db import connection

from postroom.links import make_token
from signatures.counting import refresh_tallies
from signatures.models import Letter, Signature, Supporter
from tests.factories import make_campaign

FORM = "application/x-www-form-urlencoded"


def post(base: str, path: str, **fields: str) -> tuple[int, str]:
    """(status, body) of one form POST on a connection of its own."""
    visitor = http.client.HTTPConnection(urlsplit(base).netloc, timeout=30)
    visitor.request("POST", path, urlencode(fields), {"Content-Type": FORM})
    response = visitor.getresponse()
    body = response.read().decode()
    visitor.close()
    return response.status, body


@pytest.mark.journey
@pytest.mark.django_db(transaction=True)
def test_t26_two_hundred_identical_posts_at_once_are_one_signature_and_one_letter(start_site):
    campaign = make_campaign()
    site = start_site()
    barrier = Barrier(200)

    def press(_):
        barrier.wait()
        return post(site.url, campaign.get_absolute_url(), name="Ada", email="ada@example.org")[0]

    with ThreadPoolExecutor(200) as pool:
        statuses = list(pool.map(press, range(200)))
    assert statuses == [303] * 200
    assert Signature.objects.count() == Supporter.objects.count() == Letter.objects.count() == 1


@pytest.mark.journey
@pytest.mark.django_db(transaction=True)
def test_many_people_at_once_are_all_counted(start_site, monkeypatch):
    monkeypatch.setenv("NETWORK_LIMIT_5_MINUTES", "1000")
    campaign = make_campaign(proof="at_once")
    site = start_site()

    def press(number):
        email = f"supporter-{number}@example.org"
        return post(site.url, campaign.get_absolute_url(), name="Ada", email=email)[0]

    with ThreadPoolExecutor(16) as pool:
        statuses = list(pool.map(press, range(300)))
    assert statuses == [303] * 300
    refresh_tallies()
    campaign.refresh_from_db()
    assert campaign.tally.counted == Signature.objects.counted().count() == 300


def whole_path(site, campaign, smtp_sink, email):
    """Sign, get the letter, confirm, get the receipt, leave: over HTTP and SMTP alone."""
    started = time.monotonic()
    assert post(site.url, campaign.get_absolute_url(), name="Ada", email=email)[0] == 303
    signed_in = time.monotonic() - started
    text = smtp_sink.wait(1, to=email, timeout=20)[0].text
    confirm = re.search(r"/confirm/\S+", text)[0]
    status, body = post(site.url, confirm, name="Ada", consent="on")
    assert (status, "Confirmed." in body) == (200, True)
    smtp_sink.wait(2, to=email, timeout=20)
    supporter = Supporter.objects.get(email=email)
    assert supporter.subscriptions.live().count() == 2
    token = make_token("unsubscribe", supporter.pk, campaign.organization_id, campaign.pk, 0)
    assert post(site.url, f"/unsubscribe/{token}/")[0] == 200
    assert not supporter.subscriptions.live().exists()
    return signed_in


@pytest.mark.fault
def test_f06_f07_with_the_broker_stopped_or_hung_everything_works_and_letters_leave(
    own, start_site, start_worker, smtp_sink, tcp_proxy
):
    campaign = make_campaign()
    proxy = tcp_proxy("127.0.0.1", own.valkey.port)
    environment = own.environment(REDIS_URL=proxy.through(own.valkey.url()))
    site = start_site(environment=environment)
    proxy.refuse()  # the worker starts without ever having seen its broker
    worker = start_worker("tx", environment=environment)
    assert whole_path(site, campaign, smtp_sink, "refused@example.org") < 2
    proxy.heal()
    proxy.hang()
    assert whole_path(site, campaign, smtp_sink, "hung@example.org") < 2
    assert worker.running


@pytest.mark.fault
def test_f01_f03_while_postgresql_is_away_pages_stand_and_the_form_is_given_back(
    own, start_site, smtp_sink
):
    campaign = make_campaign()
    path = campaign.get_absolute_url()
    site = start_site(environment=own.environment(WEB_CONCURRENCY="1"))
    page = http.client.HTTPConnection(urlsplit(site.url).netloc, timeout=30)

    def read() -> int:
        page.request("GET", path)
        response = page.getresponse()
        response.read()
        return response.status

    assert read() == 200
    own.postgres.stop()
    time.sleep(1.1)
    assert read() == 200
    status, body = post(site.url, path, name="Ada Lovelace", email="ada@example.org")
    assert status == 503
    assert "Ada Lovelace" in body
    assert "ada@example.org" in body
    own.postgres.start()
    assert post(site.url, path, name="Ada Lovelace", email="ada@example.org")[0] == 303
    assert own.query("SELECT count(*) FROM signatures_signature") == [(1,)]


@pytest.mark.fault
def test_f02_nothing_acknowledged_is_lost_when_postgresql_is_killed(own, start_site):
    campaign = make_campaign()
    site = start_site(environment=own.environment())
    path, acknowledged = campaign.get_absolute_url(), []

    def press(number):
        email = f"supporter-{number}@example.org"
        try:
            status, _body = post(site.url, path, name="Ada", email=email)
        except OSError:
            return
        if status == 303:
            acknowledged.append(email)

    with ThreadPoolExecutor(8) as pool:
        for number in range(400):
            pool.submit(press, number)
            if number == 200:
                own.postgres.child.kill()
                own.postgres.start()
    stored = {email for (email,) in own.query("SELECT email FROM signatures_supporter")}
    assert len(acknowledged) > 100
    assert set(acknowledged) <= stored
    connection.close()
    refresh_tallies()
    call_command("check_invariants")


@pytest.mark.django_db
def test_what_was_answered_for_is_on_disk_whatever_the_server_is_set_to():
    with connection.cursor() as cursor:
        cursor.execute("SHOW synchronous_commit")
        assert cursor.fetchone() == ("on",)
