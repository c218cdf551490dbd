"""With the broker gone, leaving works at once, and the real worker applies what comes back."""

import urllib.request
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from mailings.arriving import take_in
from mailings.models import ArrivedMail, MailEvent, Recipient, Reply
from mailings.pumping import freeze_audience
from postroom.links import make_token
from signatures.models import Subscription, Suppression
from tests.conftest import _test_environment
from tests.factories import make_campaign
from tests.mailings.making import make_update, scheduled_mailing, sign_up, wait_until
from tests.mailings.providers import KEY, hard, key_of, signed

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def post(url: str, body: bytes, content_type: str) -> int:
    """A POST as a program sends it: no cookie, no origin, no redirect followed."""
    request = urllib.request.Request(url, body, {"Content-Type": content_type})
    with urllib.request.urlopen(request, timeout=5) as answer:
        assert answer.url == url
        assert not answer.headers.get_all("Set-Cookie")
        return int(answer.status)


def test_f06_t20_t34_events_mails_and_departures_with_the_broker_gone(
    start_site: Callable[..., Any], start_worker: Callable[..., Any], smtp_sink: Any
) -> None:
    environment = _test_environment() | {
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "MAIL_WEBHOOKS": f"mailgun:{KEY}",
        "ALLOWED_HOSTS": "127.0.0.1",
    }
    campaign = make_campaign()
    missing, leaves, writes = sign_up(campaign, 3)
    mailing = scheduled_mailing(make_update(campaign))
    freeze_audience(mailing.pk)
    mailing.recipients.update(status=Recipient.Status.SENT, code=250)
    site = start_site(environment=environment)

    hook = site.url + reverse("mail-webhook", args=["mailgun"])
    assert post(hook, signed(hard(key_of(mailing, missing))), "application/json") == 200
    token = make_token("unsubscribe", leaves.pk, campaign.organization_id, 0, mailing.pk)
    one_click = site.url + reverse("unsubscribe", args=[token])
    form = "application/x-www-form-urlencoded"
    assert post(one_click, b"List-Unsubscribe=One-Click", form) == 200
    assert not Subscription.objects.live().filter(supporter=leaves).exists()
    reply = f"From: {writes.email}\r\nSubject: Re: News\r\n\r\nThank you"
    take_in(raw=reply.encode(), recipient=f"r+{key_of(mailing, writes)}@mail.example")

    start_worker("tx", environment=environment)
    wait_until(lambda: Suppression.objects.exists() and Reply.objects.exists(), timeout=20)
    assert bytes(Suppression.objects.get().email_hash) == bytes(missing.email_hash)
    assert MailEvent.objects.get().outcome == "applied"
    assert ArrivedMail.objects.get().kind == "reply"
