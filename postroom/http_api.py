"""Mail handed to a provider's HTTP interface, through django-anymail.

The same messages as by SMTP: taken apart again into what a provider's interface wants, its headers
among them. What became of a request is told as honestly as SMTP's last step: once it has been
written, an answer that does not come leaves it in doubt.
"""

import importlib
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import partial
from traceback import walk_tb
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

import requests
from anymail.exceptions import AnymailAPIError, AnymailError, AnymailRecipientsRefused
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMultiAlternatives
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from postroom.messages import key_in
from postroom.switchboard import apart
from postroom.transport import Envelope, Kind, Outcome, Stage
from postroom.ways import HTTP_SCHEME

# What the provider writes itself, or gets in another way than as a header.
_TAKEN_APART = {
    "from",
    "to",
    "subject",
    "date",
    "mime-version",
    "content-type",
    "content-transfer-encoding",
}
_TAKEN = {"sent", "queued"}
# Answers by which a server says that it has not done it, and nothing is wrong with the message.
_FOR_NOW = {408, 429, 503}
_NOT_ALLOWED = {401, 402, 403, 404}


class HTTPConnection:
    """A postroom.transport.Transport to one provider, with its connection kept open.

    `url` is `anymail+<provider>://?<setting>=<value>&…` with the settings that django-anymail names
    for it, in small letters and without the provider's name: `anymail+postmark://?server_token=…`.
    Raises ValueError for a provider that django-anymail does not know or a setting that is missing.
    """

    def __init__(self, url: str, *, timeout: float) -> None:
        make, settings = backend_of(url)
        try:
            self._backend = make(timeout=timeout, ignore_unsupported_features=True, **settings)
        except ImproperlyConfigured as error:
            raise ValueError(f"EMAIL_URL: {error}") from error
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    @property
    def usable(self) -> bool:
        """False after close(). What a provider hangs up is opened again for the next message."""
        return not self._closed

    @property
    def address(self) -> str:
        """Where requests go."""
        return str(getattr(self._backend, "api_url", ""))

    def open(self) -> Outcome | None:
        """None: the first request connects, and says by itself when it cannot."""
        return None

    def send(self, envelope: Envelope, body: bytes) -> Outcome:
        """Sends one message to one recipient. What goes in and comes out: see Transport."""
        if self._closed:
            return Outcome(Kind.NOT_SENT, Stage.CONNECT, text="the connection is closed")
        mail = _taken_apart(envelope, body)
        try:
            self._backend.open()
            apart(partial(self._backend.send_messages, [mail]))
        except AnymailRecipientsRefused:
            return Outcome(Kind.REFUSED, Stage.RCPT, text="the provider refuses this recipient")
        except AnymailAPIError as error:
            return _outcome_of(error)
        except AnymailError as error:
            # It could not be put into a request, so none was made.
            return Outcome(Kind.REFUSED, Stage.BODY, text=type(error).__name__)
        statuses = mail.anymail_status.status or set()  # type: ignore[attr-defined]
        if statuses and statuses <= _TAKEN:
            return Outcome(Kind.ACCEPTED, Stage.DOT, 250)
        return Outcome(Kind.UNKNOWN, Stage.DOT, text="the provider does not say what became of it")

    def break_off(self) -> None:
        """Nothing: a request ends by itself when its time is over."""

    def close(self) -> None:
        """Hangs up; safe to call twice."""
        if not self._closed:
            self._closed = True
            self._backend.close()


def backend_of(url: str) -> tuple[Callable[..., Any], dict[str, str]]:
    """django-anymail's class for a provider, and the settings in the URL. Raises ValueError."""
    parts = urlsplit(url)
    name = parts.scheme.removeprefix(HTTP_SCHEME)
    try:
        module = importlib.import_module(f"anymail.backends.{name}")
        make: Callable[..., Any] = module.EmailBackend
    except (ImportError, AttributeError) as error:
        raise ValueError(f"EMAIL_URL: django-anymail knows no provider {name!r}") from error
    return make, dict(parse_qsl(parts.query))


def _taken_apart(envelope: Envelope, body: bytes) -> EmailMultiAlternatives:
    """The message as django-anymail takes it; nothing in it is measured or rewritten."""
    message = message_from_bytes(body, policy=policy.default)
    mail = EmailMultiAlternatives(
        subject=str(message["Subject"] or ""),
        body=_part(message, "plain"),
        from_email=str(message["From"]),
        to=[envelope.recipient],
        headers={
            name: str(value) for name, value in message.items() if name.lower() not in _TAKEN_APART
        },
    )
    if html := _part(message, "html"):
        mail.attach_alternative(html, "text/html")
    mail.envelope_sender = envelope.sender  # type: ignore[attr-defined]
    mail.track_opens = mail.track_clicks = False  # type: ignore[attr-defined]
    # Providers with Message-IDs of their own give this back in what they tell of the mail.
    mail.metadata = {"message": key_in(str(message["Message-ID"] or ""))}  # type: ignore[attr-defined]
    return mail


def _part(message: EmailMessage, subtype: str) -> str:
    part = message.get_body((subtype,))
    return str(part.get_content()) if part is not None else ""


def _outcome_of(error: AnymailAPIError) -> Outcome:
    """What a request that failed, or its answer, means for the message."""
    code = getattr(error, "status_code", None)
    text = type(error.__cause__ or error).__name__
    if code is None:
        if _never_connected(error):
            return Outcome(Kind.NOT_SENT, Stage.CONNECT, text=text, whole_lane=True)
        return Outcome(Kind.UNKNOWN, Stage.DOT, text=text)
    if code in _FOR_NOW:
        return Outcome(Kind.REFUSED_FOR_NOW, Stage.DOT, code, text=text, whole_lane=True)
    if code in _NOT_ALLOWED:
        return Outcome(Kind.NOT_SENT, Stage.AUTH, code, text=text, whole_lane=True)
    if 400 <= code < 500:
        return Outcome(Kind.REFUSED, Stage.DOT, code, text=text)
    # A gateway may have passed it on; 200 with an answer that nobody can read may have been taken.
    return Outcome(Kind.UNKNOWN, Stage.DOT, code, text=text)


def _was_reading(error: BaseException) -> bool:
    """Whether the request had been written, and its answer was waited for."""
    chain: list[BaseException] = [error]
    for at in chain:
        if any(frame.f_code.co_name == "getresponse" for frame, _line in walk_tb(at.__traceback__)):
            return True
        behind = (at.__cause__, at.__context__, *at.args)
        chain += [one for one in behind if isinstance(one, BaseException) and one not in chain]
    return False


def _never_connected(error: BaseException) -> bool:
    """Whether no byte of the request can have reached the provider."""
    causes: list[BaseException | None] = [error]
    while (cause := causes[-1]) is not None and len(causes) < 10:
        if isinstance(cause, requests.exceptions.SSLError):
            # TLS may fail in its handshake, and as well while the answer is read.
            return not _was_reading(cause)
        if isinstance(cause, requests.exceptions.ConnectTimeout):
            return True
        if isinstance(cause, NewConnectionError | ConnectTimeoutError):
            return True
        reason = cause.args[0] if cause.args and isinstance(cause.args[0], Exception) else None
        causes.append(cause.__cause__ or getattr(cause, "reason", None) or reason)
    return False
