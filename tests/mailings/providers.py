"""Plays a provider: Mailgun, whose requests are signed, and Mailjet, which sends batches."""

import hashlib
import hmac
import json
import time
from base64 import b64encode
from itertools import count
from typing import Any

from django.test import Client
from django.urls import reverse

from mailings.models import Mailing
from postroom.messages import message_key
from signatures.models import Supporter

KEY = "a key that mailgun and the site share"
BASIC = "mailjet:a word for mailjet"
WEBHOOKS = {"mailgun": KEY, "mailjet": BASIC}

_numbers = count(1)


def key_of(mailing: Mailing, supporter: Supporter) -> str:
    """What stands in the Message-ID of this person's copy."""
    return message_key("m", mailing.pk, supporter.pk)


def told(key: str, event: str = "delivered", **more: Any) -> dict[str, Any]:
    """What Mailgun says of a message."""
    return {
        "event": event,
        "timestamp": time.time(),
        "recipient": "reader@example.org",
        "message": {"headers": {"message-id": f"{key}@example.org"}},
        **more,
    }


def hard(key: str) -> dict[str, Any]:
    """A mailbox that does not exist."""
    said = {"message": "550 5.1.1 no such user", "code": 550}
    return told(key, "failed", severity="permanent", reason="bounce", **{"delivery-status": said})


def soft(key: str) -> dict[str, Any]:
    """A full mailbox, given up."""
    said = {"message": "552 5.2.2 mailbox full", "code": 552}
    return told(key, "failed", severity="permanent", reason="generic", **{"delivery-status": said})


def signed(event: dict[str, Any], *, how: str = "good", at: float | None = None) -> bytes:
    """The body of a request of Mailgun's."""
    moment = str(int(at or time.time() + {"old": -3600, "future": 3600}.get(how, 0)))
    token = f"token-{next(_numbers)}"
    key = "another key" if how == "wrong" else KEY
    signature = hmac.digest(key.encode(), f"{moment}{token}".encode(), hashlib.sha256).hex()
    block = {"timestamp": moment, "token": token, "signature": signature}
    body: dict[str, Any] = {"event-data": event}
    return json.dumps(body if how == "none" else body | {"signature": block}).encode()


def post(client: Client, body: bytes, provider: str = "mailgun", **more: Any) -> int:
    """Send it; returns the status of the answer."""
    answer = client.post(
        reverse("mail-webhook", args=[provider]), body, content_type="application/json", **more
    )
    return answer.status_code


def tell(client: Client, *events: dict[str, Any]) -> None:
    """Events that are taken."""
    for event in events:
        assert post(client, signed(event)) == 200


def basic(word: str = BASIC) -> dict[str, str]:
    """The header of HTTP basic auth."""
    return {"HTTP_AUTHORIZATION": f"Basic {b64encode(word.encode()).decode()}"}
