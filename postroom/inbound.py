"""A mail that comes in by our door: what it is, and which message of ours it is about.

Nothing is ever answered, so no two robots can talk to each other through here (RFC 3834).
"""

import re
from contextlib import suppress
from dataclasses import dataclass
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from email.policy import Compat32
from email.utils import getaddresses
from enum import StrEnum
from html.parser import HTMLParser

from postroom.events import EventKind
from postroom.messages import MessageKey, find_message_key
from postroom.reports import (
    Report,
    read_complaint,
    read_delivery_report,
    read_plain_bounce,
    texts,
)

MOST_BYTES = 1024 * 1024
# What is read of a field. Python takes a time for the parameters of a `Content-` field that grows
# with the square of their length.
_MOST_OF_A_FIELD, _MOST_OF_PARAMETERS = 16 * 1024, 998
_LONGEST_TEXT = 20_000
_LONGEST_SUBJECT = 300
_LONGEST_ADDRESS = 320


class ArrivalKind(StrEnum):
    BOUNCE = "bounce"
    COMPLAINT = "complaint"
    UNSUBSCRIBE = "unsubscribe"
    AUTOMATIC = "automatic"
    REPLY = "reply"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Arrival:
    """What came in. `key` names the message of ours that it is about, where it truly does.

    `event` and `status` are of a bounce or a complaint; the rest is of a reply. `answers` is the
    message that a reply names as the one it answers. It has been seen by whoever wrote that, yet
    people pass mails on and quote them: it says whom to show the reply to, and asks for nothing.
    """

    kind: ArrivalKind
    key: MessageKey | None = None
    event: EventKind | None = None
    status: str = ""
    sender: str = ""
    subject: str = ""
    text: str = ""
    answers: MessageKey | None = None


def sort(raw: bytes, *, recipient: str = "") -> Arrival:
    """What a mail is. `recipient` is the address of the envelope; without it, the header's counts.

    Never raises: what cannot be read says so.
    """
    raw = raw[:MOST_BYTES]
    try:
        return _sort(message_from_bytes(raw, policy=_ShortFields()), raw, recipient)
    except _STRANGE:
        return Arrival(ArrivalKind.UNREADABLE)


# What Python's parsers raise at strange mails.
_STRANGE = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)


class _ShortFields(Compat32):
    """Reads the beginning of each field, before anything looks into it."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        is_content = name.lower().startswith("content-")
        return name, value[: _MOST_OF_PARAMETERS if is_content else _MOST_OF_A_FIELD]


def _sort(message: Message, raw: bytes, recipient: str) -> Arrival:
    door, key = _door(message, recipient)
    if report := read_complaint(message):
        return _about(ArrivalKind.COMPLAINT, key or _key_inside(message, raw), report)
    if report := read_delivery_report(message):
        return _about(ArrivalKind.BOUNCE, key or _key_inside(message, raw), report)
    if door == "u" and key:
        return Arrival(ArrivalKind.UNSUBSCRIBE, key)
    if _is_of_a_server(message) and not _answers_by_itself(message):
        key = key or _key_inside(message, raw)
        return _about(ArrivalKind.BOUNCE, key, read_plain_bounce(message))
    if door == "b" or _is_automatic(message):
        return Arrival(ArrivalKind.AUTOMATIC, key)
    return _reply(message, key)


def _about(kind: ArrivalKind, key: MessageKey | None, report: Report) -> Arrival:
    return Arrival(kind, key, report.kind, report.status)


_DOOR = re.compile(r"([bur])\+([a-z0-9.]{3,80})@")


def _door(message: Message, recipient: str) -> tuple[str, MessageKey | None]:
    """Which of our addresses it came to (b, u or r), and the key in it; ("", None) for another."""
    fields = ("Delivered-To", "X-Original-To", "To", "Cc")
    for address in [recipient] if recipient else _addresses(message, *fields):
        if found := _DOOR.match(address.strip().lower()):
            return found[1], find_message_key(found[2])
    return "", None


def _key_inside(message: Message, raw: bytes) -> MessageKey | None:
    """The key of the message that is given back inside, whole, as its headers, or encoded."""
    if key := find_message_key(raw.decode("latin-1")):
        return key
    return next((key for text in texts(message) if (key := find_message_key(text))), None)


def _addresses(message: Message, *fields: str) -> list[str]:
    said = [str(value) for field in fields for value in message.get_all(field, [])]
    return [address for _name, address in getaddresses(said)]


_SERVERS = re.compile(r"(?:mailer-daemon|postmaster|mail-daemon|mdaemon)(?:@|$)", re.IGNORECASE)


def _is_of_a_server(message: Message) -> bool:
    return any(_SERVERS.match(address) for address in _addresses(message, "From"))


def _answers_by_itself(message: Message) -> bool:
    """Out of office: an answer to our mail that nobody wrote (RFC 3834 §5)."""
    said = str(message.get("Auto-Submitted", "")).lower()
    return said.startswith("auto-replied") or "X-Autoreply" in message or "X-Autorespond" in message


def _is_automatic(message: Message) -> bool:
    """Whether a program wrote it: what it says itself, and what lists and daemons put in it."""
    said = str(message.get("Auto-Submitted", "no")).split(";")[0].strip().lower()
    precedence = str(message.get("Precedence", "")).strip().lower()
    nobody = str(message.get("Return-Path", "")).strip() == "<>"
    return (
        said not in {"no", ""}
        or precedence in {"bulk", "junk", "list", "auto_reply"}
        or nobody
        or _answers_by_itself(message)
        or "List-Id" in message
        or _is_of_a_server(message)
    )


# A first line that says no more than this is a wish to hear no more: English, German, Spanish.
_LEAVING = re.compile(
    r"(?:please\s+)?(?:unsubscribe|remove|stop|opt.?out|abmelden|austragen|abbestellen|baja"
    r"|darme\s+de\s+baja)(?:\s+(?:me|please|bitte|mich|por\s+favor))*\s*[.!]*",
    re.IGNORECASE,
)


def _reply(message: Message, key: MessageKey | None) -> Arrival:
    subject = _decoded(message, "Subject")[:_LONGEST_SUBJECT]
    text = _plain(message).strip()[:_LONGEST_TEXT]
    first = next((line.strip() for line in text.splitlines() if line.strip()), "")
    if key and (_LEAVING.fullmatch(first[:80]) or _LEAVING.fullmatch(subject[:80].strip())):
        return Arrival(ArrivalKind.UNSUBSCRIBE, key)
    return Arrival(
        ArrivalKind.REPLY,
        key,
        answers=key or _answered(message),
        sender=_storable(next(iter(_addresses(message, "From")), ""))[:_LONGEST_ADDRESS],
        subject=_storable(subject),
        text=_storable(text),
    )


def _answered(message: Message) -> MessageKey | None:
    """The key of the message of ours that a mail program put down as answered (RFC 5322 §3.6.4)."""
    named = [str(message.get(field, "")) for field in ("In-Reply-To", "References")]
    return next((key for said in named if (key := find_message_key(said))), None)


def _decoded(message: Message, field: str) -> str:
    said = str(message.get(field, ""))
    with suppress(LookupError, ValueError):
        said = str(make_header(decode_header(said)))
    return " ".join(said.split())


def _storable(text: str) -> str:
    """Without what PostgreSQL cannot hold: NUL, and halves of characters."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def _plain(message: Message) -> str:
    """The text that a reader would see first."""
    for wanted in ("text/plain", "text/html"):
        for part in message.walk():
            if part.get_content_type() == wanted and part.get_content_disposition() != "attachment":
                text = next(texts(part), "")
                return text if wanted == "text/plain" else _without_tags(text)
    return ""


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in {"style", "script"}
        if tag in {"p", "br", "div", "li", "tr", "blockquote"}:
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in {"style", "script"} and self._silent > 0

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.words.append(data)


def _without_tags(html: str) -> str:
    words = _Words()
    # It stumbles over `<![`, which no mail program shows either.
    words.feed(html.replace("<![", ""))
    return "".join(words.words)
