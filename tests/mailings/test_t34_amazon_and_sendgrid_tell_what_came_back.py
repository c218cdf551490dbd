"""What Amazon SES and SendGrid say is believed by their word, stored once and applied."""

import json
import time
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from campaigns.models import Campaign
from mailings.events import apply_waiting
from mailings.models import MailEvent, Mailing, Recipient
from mailings.pumping import freeze_audience
from postroom.messages import bounce_address
from signatures.models import Supporter, Suppression
from tests.mailings.making import make_update, scheduled_mailing, sign_up
from tests.mailings.providers import basic, key_of, post
from tests.rig.smtp_sink import SMTPSink

pytestmark = pytest.mark.django_db
WORD = "a user:a password of some length"


@pytest.fixture(autouse=True)
def believed(settings: Any) -> None:
    settings.MAIL_WEBHOOKS = {"amazon_ses": WORD, "sendgrid": WORD}


@pytest.fixture
def reader(campaign: Campaign) -> Supporter:
    return sign_up(campaign, 1)[0]


@pytest.fixture
def mailing(campaign: Campaign, reader: Supporter, smtp_sink: SMTPSink) -> Mailing:
    """It has left to the reader."""
    made = scheduled_mailing(make_update(campaign))
    freeze_audience(made.pk)
    made.recipients.update(status=Recipient.Status.SENT, code=250)
    return made


def topic(message: Any, kind: str = "Notification", **more: Any) -> tuple[bytes, dict[str, Any]]:
    """A request of Amazon's notification service, with the headers that it has."""
    said = message if isinstance(message, str) else json.dumps(message)
    body = {
        "Type": kind,
        "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
        "TopicArn": "arn:aws:sns:eu-west-1:123456789012:mail",
        "Message": said,
        "Timestamp": "2026-11-28T06:00:00.000Z",
        **more,
    }
    headers = {
        "HTTP_X_AMZ_SNS_MESSAGE_TYPE": kind,
        "HTTP_X_AMZ_SNS_MESSAGE_ID": body["MessageId"],
    }
    return json.dumps(body).encode(), headers


def bounce(key: str, kind: str = "Permanent", said: str = "smtp; 550 5.1.1 unknown") -> Any:
    return {
        "eventType": "Bounce",
        "mail": {
            "messageId": "0102018f",
            "source": bounce_address(key, "example.org"),
            "destination": ["reader@example.org"],
        },
        "bounce": {
            "bounceType": kind,
            "bounceSubType": "General",
            "bouncedRecipients": [{"emailAddress": "reader@example.org", "diagnosticCode": said}],
        },
    }


def reasons(reader: Supporter) -> set[str]:
    blocks = Suppression.objects.filter(email_hash=bytes(reader.email_hash), lifted_at=None)
    return set(blocks.values_list("reason", flat=True))


def test_amazon_is_asked_for_its_word_first(client: Client, mailing: Mailing) -> None:
    body, headers = topic(bounce("m1.2"))
    url = reverse("mail-webhook", args=["amazon_ses"])
    answer = client.post(url, body, content_type="text/plain", **headers)
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, 'Basic realm="mail"')
    assert post(client, body, "amazon_ses", **headers, **basic("another:word")) == 400
    assert not MailEvent.objects.exists()


def test_a_bounce_of_amazon_s_is_stored_once_and_blocks_the_address(
    client: Client, mailing: Mailing, reader: Supporter
) -> None:
    body, headers = topic(bounce(key_of(mailing, reader)))
    for _ in range(2):
        assert post(client, body, "amazon_ses", **headers, **basic(WORD)) == 200
    assert MailEvent.objects.count() == 1
    apply_waiting()
    assert reasons(reader) == {"hard_bounce"}
    assert Recipient.objects.get(mailing=mailing).status == Recipient.Status.BOUNCED


@pytest.mark.parametrize("kind", ["Transient", "Undetermined"])
def test_what_amazon_does_not_call_permanent_blocks_nobody(
    client: Client, mailing: Mailing, reader: Supporter, kind: str
) -> None:
    body, headers = topic(bounce(key_of(mailing, reader), kind, said=""))
    assert post(client, body, "amazon_ses", **headers, **basic(WORD)) == 200
    apply_waiting()
    assert MailEvent.objects.get().kind == "soft"
    assert reasons(reader) == set()


def test_a_topic_that_wants_to_be_confirmed_shows_its_address_in_the_log(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    address = "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=23"
    for given in (address, "https://sns.evil.example/?x=1"):
        body, headers = topic("Confirm", "SubscriptionConfirmation", SubscribeURL=given, Token="23")
        assert post(client, body, "amazon_ses", **headers, **basic(WORD)) == 200
    assert address in caplog.text
    assert "evil" not in caplog.text


def test_a_batch_of_sendgrid_s_is_stored_once_and_applied(
    client: Client, mailing: Mailing, reader: Supporter
) -> None:
    told = {
        "smtp-id": f"<{key_of(mailing, reader)}@example.org>",
        "email": reader.email,
        "timestamp": int(time.time()),
    }
    batch = [
        told | {"event": "delivered", "sg_event_id": "a", "response": "250 OK"},
        told | {"event": "open", "sg_event_id": "b"},
        told | {"event": "spamreport", "sg_event_id": "c"},
        {"event": "strange"},
    ]
    body = json.dumps(batch).encode()
    assert post(client, body, "sendgrid") == 400
    for _ in range(2):
        assert post(client, body, "sendgrid", **basic(WORD)) == 200
    assert sorted(MailEvent.objects.values_list("kind", flat=True)) == ["complained", "delivered"]
    apply_waiting()
    assert reasons(reader) == {"complaint"}
