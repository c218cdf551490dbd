"""What providers say comes in signed, once, and can only ever keep mail away."""

import json
import time
from datetime import UTC, datetime

import pytest
from django.urls import reverse

from mailings.events import BATCH, apply_waiting, store
from mailings.models import MailEvent, Recipient
from mailings.pumping import freeze_audience
from postroom.events import Event, EventKind
from postroom.messages import MessageKey
from signatures.models import ConsentEvent, Subscription, Suppression
from signatures.suppressing import lift
from tests.corpus import cases
from tests.factories import make_campaign
from tests.mailings import providers
from tests.mailings.making import make_update, scheduled_mailing, sign_up
from tests.mailings.providers import hard, key_of, post, signed, soft, tell, told

pytestmark = pytest.mark.django_db
Status = Recipient.Status


@pytest.fixture(autouse=True)
def two_providers(settings):
    settings.MAIL_WEBHOOKS = providers.WEBHOOKS


def sent_mailing(campaign, status=Status.SENT):
    """A mailing to everyone who signed the campaign, which has left."""
    mailing = scheduled_mailing(make_update(campaign))
    freeze_audience(mailing.pk)
    mailing.recipients.update(status=status, code=250)
    return mailing


@pytest.fixture
def campaign():
    return make_campaign()


@pytest.fixture
def reader(campaign):
    return sign_up(campaign, 1)[0]


@pytest.fixture
def mailing(campaign, reader, smtp_sink):
    return sent_mailing(campaign)


def status(mailing, reader):
    return Recipient.objects.get(mailing=mailing, supporter=reader).status


def blocks(reader):
    return set(
        Suppression.objects.filter(email_hash=bytes(reader.email_hash), lifted_at=None).values_list(
            "reason", flat=True
        )
    )


@pytest.mark.parametrize("case", cases("webhooks"), ids=lambda case: case["id"])
def test_b79_b81_b83_b85_each_request_has_its_verdict(client, case, mailing, reader):
    if "body" in case:
        body = case["body"].encode() * case.get("times", 1)
    else:
        event = told(key_of(mailing, reader)) | case.get("event", {})
        body = signed(event, how=case["signature"])
    began = time.monotonic()
    for _ in range(case.get("repeat", 1)):
        assert post(client, body) == case["status"]
    assert time.monotonic() - began < 2
    assert MailEvent.objects.count() == case["stored"]


def test_b80_an_edited_body_of_a_provider_that_signs_its_body_is_refused(client, settings):
    settings.MAIL_WEBHOOKS = {"mailersend": "a key of mailersend's"}
    body = b'{"type": "activity.hard_bounced", "data": {}}'
    assert post(client, body, "mailersend", HTTP_SIGNATURE="0" * 64) == 400


def test_t34_nobody_is_believed_whose_secret_is_not_set(client):
    assert post(client, b"{}", "postmark") == 404
    assert post(client, b"{}", "nobody") == 404
    assert client.get(reverse("mail-webhook", args=["mailgun"])).status_code == 405
    assert client.head(reverse("mail-webhook", args=["mailgun"])).status_code == 200


def test_b82_a_message_that_is_none_of_ours_changes_nothing(client, mailing, reader):
    forged = key_of(mailing, reader)[:-4] + "0000"
    tell(client, hard(forged), told("m1.2@elsewhere.example", "complained"))
    apply_waiting()
    assert blocks(reader) == set()
    assert set(MailEvent.objects.values_list("outcome", flat=True)) == {"not ours"}


def test_b82_the_person_is_whom_the_message_went_to_whoever_is_named(client, campaign, mailing):
    victim, other = sign_up(campaign, 2)
    second = sent_mailing(campaign)
    tell(client, hard(key_of(second, other)) | {"recipient": victim.email})
    apply_waiting()
    assert blocks(victim) == set()
    assert blocks(other) == {"hard_bounce"}


def test_b84_one_bad_event_in_a_thousand_does_not_keep_the_others_out(client, mailing, reader):
    batch = [
        {"event": "sent", "MessageID": n, "time": 1, "CustomID": key_of(mailing, reader)}
        for n in range(999)
    ]
    batch.insert(500, {"event": None, "time": "soon", "MessageID": {}})
    assert post(client, json.dumps(batch).encode(), "mailjet", **providers.basic()) == 200
    assert MailEvent.objects.count() == 999
    assert post(client, json.dumps(batch).encode(), "mailjet", **providers.basic("a:b")) == 400


def test_b85_nothing_has_happened_in_the_future(client, mailing, reader):
    tell(client, told(key_of(mailing, reader), timestamp=time.time() + 10**7))
    event = MailEvent.objects.get()
    assert event.happened_at <= event.received_at


def test_b86_a_flood_of_soft_bounces_of_one_mailing_suppresses_nobody(client, mailing, reader):
    tell(client, *[soft(key_of(mailing, reader)) for _ in range(50)])
    apply_waiting()
    assert blocks(reader) == set()
    assert status(mailing, reader) == Status.BOUNCED


def test_b86_what_was_never_sent_cannot_have_come_back(client, campaign, reader, smtp_sink):
    skipped = [sent_mailing(campaign, Status.SKIPPED) for _ in range(5)]
    tell(client, *[hard(key_of(mailing, reader)) for mailing in skipped])
    apply_waiting()
    assert blocks(reader) == set()
    assert set(MailEvent.objects.values_list("outcome", flat=True)) == {"never sent"}


def test_three_of_the_last_five_mailings_that_came_back_end_bulk_mail(
    client, campaign, reader, smtp_sink
):
    sent = [sent_mailing(campaign) for _ in range(6)]
    tell(client, *[soft(key_of(mailing, reader)) for mailing in sent[:3]])
    apply_waiting()
    assert blocks(reader) == set()  # only two of them are among the last five
    tell(client, soft(key_of(sent[5], reader)))
    apply_waiting()
    assert blocks(reader) == {"soft_bounce"}
    assert not Suppression.objects.blocking_letters().exists()


def test_a_complaint_ends_all_mail_and_every_subscription(client, mailing, reader):
    tell(client, told(key_of(mailing, reader), "complained"))
    apply_waiting()
    assert status(mailing, reader) == Status.COMPLAINED
    assert blocks(reader) == {"complaint"}
    assert not Subscription.objects.live().filter(supporter=reader).exists()
    assert ConsentEvent.objects.get(supporter=reader, choice="left").via == "complaint"


def test_an_unsubscribe_at_the_provider_is_one_here(client, mailing, reader):
    tell(client, told(key_of(mailing, reader), "unsubscribed"))
    apply_waiting()
    assert not Subscription.objects.live().filter(supporter=reader).exists()
    assert blocks(reader) == set()


def test_a_delivery_resolves_what_a_crash_left_unknown(client, campaign, reader, smtp_sink):
    mailing = sent_mailing(campaign, Status.UNKNOWN)
    tell(client, told(key_of(mailing, reader)))
    apply_waiting()
    assert status(mailing, reader) == Status.DELIVERED


def test_what_is_heard_before_the_ledger_knows_it_was_sent_waits(
    client, campaign, reader, smtp_sink
):
    mailing = sent_mailing(campaign, Status.PENDING)
    tell(client, told(key_of(mailing, reader)))
    assert apply_waiting() == 1
    assert apply_waiting() == 0
    assert status(mailing, reader) == Status.PENDING
    mailing.recipients.update(status=Status.SENT)
    MailEvent.objects.update(due_at="2020-01-01T00:00Z")
    assert apply_waiting() == 1
    assert status(mailing, reader) == Status.DELIVERED


def test_f29_order_does_not_matter_and_leaving_wins_over_a_late_delivery(client, mailing, reader):
    key = key_of(mailing, reader)
    tell(client, told(key, "complained"), hard(key), soft(key), told(key))
    apply_waiting()
    assert status(mailing, reader) == Status.COMPLAINED
    day_ago = time.time() - 86400
    tell(client, told(key, timestamp=day_ago), told(key, timestamp=day_ago))
    apply_waiting()
    assert status(mailing, reader) == Status.COMPLAINED
    assert blocks(reader) == {"complaint", "hard_bounce"}
    assert not Subscription.objects.live().filter(supporter=reader).exists()


def test_f29_a_storm_in_any_order_costs_a_few_statements_a_batch(
    campaign, smtp_sink, django_assert_max_num_queries
):
    readers = sign_up(campaign, 1000)
    mailing = sent_mailing(campaign)
    storm = [
        Event("esp", f"{kind} {reader.pk}", kind, key, datetime.now(UTC))
        for reader in readers
        for key in [MessageKey("m", (mailing.pk, reader.pk))]
        for kind in (EventKind.SOFT, EventKind.DELIVERED)
    ]
    for start in range(0, len(storm), 100):
        store(storm[start : start + 100])
        store(reversed(storm[start : start + 100]))
    assert MailEvent.objects.count() == 2000
    began = time.monotonic()
    with django_assert_max_num_queries(60):
        while apply_waiting() == BATCH:
            pass
    print(f"{2000 / (time.monotonic() - began):.0f} events applied a second")
    assert mailing.recipients.filter(status=Status.BOUNCED).count() == 1000


def test_a_block_that_staff_lifted_is_not_put_back_by_an_old_event(client, mailing, reader):
    tell(client, hard(key_of(mailing, reader)))
    apply_waiting()
    block = Suppression.objects.get()
    assert lift(block)
    assert not lift(block)
    late = hard(key_of(mailing, reader)) | {"timestamp": time.time() - 86400}
    tell(client, late)
    apply_waiting()
    assert blocks(reader) == set()
    tell(client, hard(key_of(mailing, reader)))
    apply_waiting()
    assert blocks(reader) == {"hard_bounce"}
