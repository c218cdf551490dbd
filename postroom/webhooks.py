"""Providers' webhooks, read by django-anymail and said in our words.

What a provider sends is checked here: that it is small, that it is signed with the secret we share,
that the signature is of now. What it says in strange words is left out, never an error: one bad
event in a batch must not keep the others out.
"""

import json
import logging
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from anymail.exceptions import AnymailError, AnymailWebhookValidationFailure
from anymail.signals import AnymailInboundEvent, AnymailTrackingEvent, EventType, RejectReason
from anymail.webhooks import (
    amazon_ses,
    brevo,
    mailersend,
    mailgun,
    mailjet,
    mailtrap,
    mandrill,
    postmark,
    sendgrid,
    sparkpost,
)
from anymail.webhooks.base import AnymailCoreWebhookView
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest

from postroom.events import Event, EventKind, judge_bounce, status_in
from postroom.messages import find_message_key

logger = logging.getLogger(__name__)

MOST_BYTES = 1024 * 1024
MOST_BYTES_OF_A_MAIL = 5 * 1024 * 1024
# How far from now the time in a signature may lie, in seconds.
CLOCKS_DIFFER = 300
# What is looked at of one event; a provider's own numbers stand near its beginning.
_MOST_OF_AN_EVENT = 100_000
# What strange input makes anymail stumble over.
_STRANGE = (
    AnymailError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    OSError,
    RecursionError,
    TypeError,
    ValueError,
)
_Views = type[AnymailCoreWebhookView]


class BadWebhook(Exception):
    """The request is not to be believed, or cannot be read; `status` is how to answer it."""

    def __init__(self, said: str, status: int = 400) -> None:
        super().__init__(said)
        self.status = status


@dataclass(frozen=True)
class Provider:
    """How anymail reads a provider: its views, and what its secret is called there.

    Where nothing is said, the secret is the `user:password` of HTTP basic auth; a provider that
    `waits_to_be_asked` says it only once it is asked for it (RFC 9110 §11.6.1). `signed_at` gives
    the Unix time that a request was signed at, where the signature holds it.
    """

    tracking: _Views
    inbound: _Views | None = None
    secret: str = "webhook_secret"
    inbound_secret: str = ""
    signed_at: Callable[[HttpRequest], float] | None = None
    waits_to_be_asked: bool = False


@dataclass(frozen=True)
class MailIn:
    """A mail that a provider took in for us, as far as its bytes can be had again."""

    recipient: str
    raw: bytes


class _AmazonSES(amazon_ses.AmazonSESTrackingWebhookView):
    """Reads what Amazon's topics say, and asks nothing of Amazon: its own library is not needed."""

    def __init__(self, **kwargs: Any) -> None:
        super(amazon_ses.AmazonSESBaseWebhookView, self).__init__(**kwargs)

    def auto_confirm_sns_subscription(self, sns_message: dict[str, Any]) -> None:
        """A topic speaks once somebody has opened the address that it sends; the log shows it."""
        address = str(sns_message.get("SubscribeURL", ""))
        if _AMAZON.match(address):
            logger.warning("To hear of Amazon SES, open this address once: %s", address)


class _SendGrid(sendgrid.SendGridTrackingWebhookView):
    """Believes HTTP basic auth, as the address given to SendGrid holds it."""

    def __init__(self, **kwargs: Any) -> None:
        super(sendgrid.SendGridBaseWebhookView, self).__init__(**kwargs)


_AMAZON = re.compile(r"https://sns\.[a-z0-9-]+\.amazonaws\.com(\.cn)?/\S+\Z")


def _mailgun_signed_at(request: HttpRequest) -> float:
    if request.content_type == "application/json":
        return float(json.loads(request.body)["signature"]["timestamp"])
    return float(request.POST["timestamp"])


PROVIDERS = {
    "amazon_ses": Provider(_AmazonSES, waits_to_be_asked=True),
    "brevo": Provider(brevo.BrevoTrackingWebhookView, brevo.BrevoInboundWebhookView),
    "mailersend": Provider(
        mailersend.MailerSendTrackingWebhookView,
        mailersend.MailerSendInboundWebhookView,
        secret="signing_secret",
        inbound_secret="inbound_secret",
    ),
    "mailgun": Provider(
        mailgun.MailgunTrackingWebhookView,
        mailgun.MailgunInboundWebhookView,
        secret="webhook_signing_key",
        signed_at=_mailgun_signed_at,
    ),
    "mailjet": Provider(mailjet.MailjetTrackingWebhookView, mailjet.MailjetInboundWebhookView),
    "mailtrap": Provider(mailtrap.MailtrapTrackingWebhookView, secret="tracking_secret"),
    "mandrill": Provider(
        mandrill.MandrillCombinedWebhookView,
        mandrill.MandrillCombinedWebhookView,
        secret="webhook_key",
    ),
    "postmark": Provider(postmark.PostmarkTrackingWebhookView, postmark.PostmarkInboundWebhookView),
    "sendgrid": Provider(_SendGrid),
    "sparkpost": Provider(
        sparkpost.SparkPostTrackingWebhookView, sparkpost.SparkPostInboundWebhookView
    ),
}


def read_events(provider: str, request: HttpRequest) -> list[Event]:
    """What a webhook says became of messages; empty when it says nothing that matters here.

    Raises BadWebhook for a provider that is not set up, a body that is too large or no data, and a
    signature that is missing, wrong or not of now.
    """
    setup = _set_up(provider, request, MOST_BYTES)
    with _refusing():
        view = _ready(provider, "tracking", setup.secret, request)
        _check(view, setup, request)
        said = [event for event in view.parse_events(request) if event is not None]
    return [event for one in said if (event := _in_our_words(provider, one))]


def read_mails(provider: str, request: HttpRequest) -> list[MailIn]:
    """The mails that a provider took in and hands on. Raises BadWebhook as read_events() does."""
    setup = _set_up(provider, request, MOST_BYTES_OF_A_MAIL)
    if setup.inbound is None:
        raise BadWebhook("This provider hands on no mail.", 404)
    with _refusing():
        view = _ready(provider, "inbound", setup.inbound_secret or setup.secret, request)
        _check(view, setup, request)
        return [
            MailIn(event.message.envelope_recipient or "", event.message.as_bytes())
            for event in view.parse_events(request)
            if isinstance(event, AnymailInboundEvent)
        ]


def _set_up(provider: str, request: HttpRequest, most: int) -> Provider:
    if not settings.MAIL_WEBHOOKS.get(provider) or provider not in PROVIDERS:
        raise BadWebhook("Nobody is expected here.", 404)
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > most:
        raise BadWebhook("Too large.", 413)
    if PROVIDERS[provider].waits_to_be_asked and "Authorization" not in request.headers:
        raise BadWebhook("Say who you are.", 401)
    return PROVIDERS[provider]


@contextmanager
def _refusing() -> Iterator[None]:
    """Whatever is wrong with a request is a refusal. A body that cannot be read says nothing."""
    try:
        yield
    except AnymailWebhookValidationFailure:
        raise BadWebhook("The signature is missing or wrong.") from None
    except (SuspiciousOperation, *_STRANGE):
        raise BadWebhook("This cannot be read.") from None


class _Lenient:
    """Reads each event of a batch by itself: one that is strange is left out."""

    def esp_to_anymail_event(self, *said: Any) -> Any:
        try:
            return super().esp_to_anymail_event(*said)  # type: ignore[misc]
        except _STRANGE as error:
            logger.warning("An event was left out: %s", type(error).__name__)
            return None

    def unwrap_event(self, raw: Any) -> Any:
        try:
            return super().unwrap_event(raw)  # type: ignore[misc]
        except _STRANGE:
            return None, None, raw


@cache
def _lenient(provider: str, kind: str) -> Any:
    views = getattr(PROVIDERS[provider], kind)
    return type(f"Lenient{views.__name__}", (_Lenient, views), {})


def _ready(provider: str, kind: str, secret: str, request: HttpRequest) -> Any:
    """Anymail's view with our secret; it is only read with, and answers nobody."""
    given = {secret: settings.MAIL_WEBHOOKS[provider]}
    if provider == "mandrill":
        # Its signature covers the address, which is what the site's own is, whatever a header says.
        given["webhook_url"] = settings.SITE_URL + request.path
    return _lenient(provider, kind)(**given)


def _check(view: Any, setup: Provider, request: HttpRequest) -> None:
    view.run_validators(request)
    if setup.signed_at and abs(setup.signed_at(request) - time.time()) > CLOCKS_DIFFER:
        raise BadWebhook("The signature is of another time: compare the clocks.")


def _in_our_words(provider: str, said: AnymailTrackingEvent) -> Event | None:
    """The event, or None when it says nothing that matters here: opened, clicked, queued.

    `subscribed` is one of these: no provider's word begins a mail.
    """
    try:
        raw = _as_text(said.esp_event)
        status = status_in(f"{said.mta_response or ''} {said.description or ''}")
        kind = _kind_of(said, status, raw)
        number = said.event_id or [said.message_id, said.recipient, str(said.timestamp)]
        identity = f"{said.event_type} {number}"
    except _STRANGE:
        return None
    if kind is None:
        return None
    return Event(
        provider=provider,
        identity=identity,
        kind=kind,
        key=find_message_key(f"{said.message_id} {raw}"),
        happened_at=_moment(said.timestamp),
        status=status,
    )


def _as_text(said: Any) -> str:
    """What the provider said, to look for our message's key in: each has another place for it."""
    said = dict(said.lists()) if hasattr(said, "lists") else said
    return json.dumps(said, default=str, ensure_ascii=False)[:_MOST_OF_AN_EVENT]


_SAID_SOFT = re.compile(r"soft|transient|temporar|undetermined|mailbox.?full", re.IGNORECASE)


def _kind_of(said: AnymailTrackingEvent, status: str, raw: str) -> EventKind | None:
    match said.event_type:
        case EventType.DELIVERED:
            return EventKind.DELIVERED
        case EventType.COMPLAINED:
            return EventKind.COMPLAINED
        case EventType.UNSUBSCRIBED:
            return EventKind.UNSUBSCRIBED
        case EventType.BOUNCED | EventType.REJECTED | EventType.FAILED:
            return _kind_of_refusal(said, status, raw)
    return None


def _kind_of_refusal(said: AnymailTrackingEvent, status: str, raw: str) -> EventKind:
    """By the status code where there is one; else by what the provider calls it."""
    match said.reject_reason:
        case RejectReason.SPAM:
            return EventKind.COMPLAINED
        case RejectReason.UNSUBSCRIBED:
            return EventKind.UNSUBSCRIBED
    if status and not status.endswith(".0.0"):
        return judge_bounce(status)
    if said.reject_reason == RejectReason.INVALID:
        return EventKind.HARD
    if said.event_type == EventType.FAILED or said.reject_reason == RejectReason.BLOCKED:
        return EventKind.REFUSED
    if status.startswith("4") or _SAID_SOFT.search(raw):
        return EventKind.SOFT
    return EventKind.HARD if said.reject_reason == RejectReason.BOUNCED else EventKind.SOFT


def _moment(timestamp: Any) -> datetime:
    """When it happened; never after now, and now where nothing is said."""
    now = datetime.now(UTC)
    if not isinstance(timestamp, datetime):
        return now
    moment = timestamp if timestamp.tzinfo else timestamp.replace(tzinfo=UTC)
    return min(moment, now)
