"""Numbers to watch a server by: for who has the key, and true."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from mailings.models import Chunk, MailEvent, Mailing
from mailings.pumping import freeze_audience
from signatures.models import Letter
from tests.factories import make_campaign, make_signature
from tests.mailings.making import make_update, scheduled_mailing, sign_up

pytestmark = pytest.mark.django_db
KEY = {"authorization": "Bearer a key for tests"}


@pytest.fixture(autouse=True)
def key(settings):
    settings.METRICS_KEY = "a key for tests"


def read(client):
    answer = client.get("/metrics", headers=KEY)
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/plain; version=0.0.4")
    lines = answer.content.decode().splitlines()
    samples = dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    assert all(re.fullmatch(r'[a-z_]+(\{[a-z]+="\w+"\})?', name) for name in samples)
    return {name.removeprefix("advocacy_"): float(value) for name, value in samples.items()}


def test_nobody_without_the_key_reads_them(client, settings):
    assert client.get("/metrics").status_code == 401
    assert client.get("/metrics", headers={"authorization": "Bearer another"}).status_code == 401
    settings.METRICS_KEY = ""
    assert client.get("/metrics", headers={"authorization": "Bearer "}).status_code == 404


def test_where_nothing_happens_everything_is_nought_and_mail_may_leave(client):
    numbers = read(client)
    assert numbers.pop("sending_armed") == 1
    assert numbers.pop('signatures{state="counted"}') == 0
    assert not any(numbers.values())


def test_letters_and_events_that_nobody_takes_are_seen_to_wait(client):
    signature = make_signature(make_campaign(), confirmed=False)
    Letter.objects.filter(signature=signature).update(due_at=timezone.now() - timedelta(minutes=5))
    MailEvent.objects.create(
        provider="mailgun",
        digest=b"1",
        kind="hard",
        happened_at=timezone.now(),
        due_at=timezone.now() - timedelta(minutes=3),
    )
    numbers = read(client)
    assert numbers["letters_waiting"] == 1
    assert 300 <= numbers["letters_oldest_seconds"] < 330
    assert numbers["events_waiting"] == 1
    assert 180 <= numbers["events_lag_seconds"] < 210
    assert numbers['signatures{state="pending"}'] == 1


def test_a_mailing_is_seen_to_stand_still_when_its_worker_died(client):
    campaign = make_campaign()
    sign_up(campaign, 30)
    mailing = scheduled_mailing(make_update(campaign))
    freeze_audience(mailing.pk)
    numbers = read(client)
    assert numbers['mailings{state="sending"}'] == 1
    assert numbers[f'recipients_left{{mailing="{mailing.pk}"}}'] == 30
    assert numbers["lease_expired_seconds"] == 0
    lease = {"state": Chunk.State.LEASED, "token": 1}
    Chunk.objects.update(**lease, lease_until=timezone.now() + timedelta(minutes=1))
    assert read(client)["leases_live"] >= 1
    Chunk.objects.update(lease_until=timezone.now() - timedelta(minutes=4))
    assert 240 <= read(client)["lease_expired_seconds"] < 270
    Mailing.objects.update(state=Mailing.State.PAUSED)
    assert read(client)['mailings{state="paused"}'] == 1
