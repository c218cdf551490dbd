"""Mails of mail servers about our mails: delivery reports (RFC 3464) and complaints (RFC 5965).

They are read with Python's old, forgiving parser: what comes in is written by every mail server
there ever was.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message

from postroom.events import EventKind, judge_bounce, status_in

_NO_USER = re.compile(
    r"(?:user|mailbox|account|recipient|address)\s+(?:is\s+)?(?:unknown|not\s+found|invalid"
    r"|does\s*n[o']t\s+exist)|(?:no\s+such|unknown|invalid)\s+(?:user|mailbox|account|recipient)",
    re.IGNORECASE,
)
# Of a mail that no standard covers, this much of its text is read.
_MOST_TEXT = 20_000


@dataclass(frozen=True, slots=True)
class Report:
    """What a mail server says became of our mail. `kind` is None for a delay or a relay."""

    kind: EventKind | None
    status: str = ""


def read_delivery_report(message: Message) -> Report | None:
    """What a delivery report says; None when the mail is none.

    Our messages go to one person each. Where a mailbox hands on to others the report may speak of
    several: a failure of any is the message's.
    """
    blocks = [
        block
        for part in message.walk()
        if part.get_content_type() == "message/delivery-status"
        for block in _blocks(part)
        if "Action" in block or "Status" in block
    ]
    if not blocks:
        return None
    actions = {_word(block, "Action"): block for block in reversed(blocks)}
    if failed := actions.get("failed"):
        said = _text(failed, "Diagnostic-Code")
        status = _precise(status_in(_text(failed, "Status")), status_in(said))
        return Report(judge(status, said), status)
    return Report(EventKind.DELIVERED if "delivered" in actions else None)


def read_plain_bounce(message: Message) -> Report:
    """What a bounce says that follows no standard, of which many do not."""
    said = " ".join([_text(message, "Subject"), *texts(message)])[:_MOST_TEXT]
    status = status_in(said)
    return Report(judge(status, said), status)


def judge(status: str, said: str) -> EventKind:
    """As judge_bounce(), and what a server says in words where its code says nothing."""
    if status == "5.0.0" and _NO_USER.search(said):
        return EventKind.HARD
    return judge_bounce(status)


_COMPLAINTS = {"abuse", "fraud", "other", "virus"}


def read_complaint(message: Message) -> Report | None:
    """What a feedback report says; None when the mail is none.

    `not-spam` and reports of failed authentication say nothing that is to be acted upon.
    """
    for part in message.walk():
        if part.get_content_type() != "message/feedback-report":
            continue
        kind = next((_word(block, "Feedback-Type") for block in _blocks(part)), "")
        if kind in _COMPLAINTS:
            return Report(EventKind.COMPLAINED)
        return Report(EventKind.UNSUBSCRIBED if kind in {"opt-out", "opt-out-list"} else None)
    return None


def texts(message: Message) -> Iterator[str]:
    """Every text in a mail, decoded as far as it can be; of HTML the source."""
    for part in message.walk():
        if part.get_content_maintype() == "text":
            raw = part.get_payload(decode=True)
            if isinstance(raw, bytes):
                yield raw.decode(_charset(part), "replace")


def _charset(part: Message) -> str:
    charset = part.get_content_charset("utf-8")
    try:
        "".encode(charset)
    except (LookupError, UnicodeError):
        return "utf-8"
    return charset


def _blocks(part: Message) -> list[Message]:
    """The groups of fields in a part of a report."""
    inside = part.get_payload()
    blocks = inside if isinstance(inside, list) else []
    return [block for block in blocks if isinstance(block, Message)]


def _text(block: Message, field: str) -> str:
    return str(block.get(field, ""))


def _word(block: Message, field: str) -> str:
    return _text(block, field).split(";")[0].strip().lower()


def _precise(status: str, diagnostic: str) -> str:
    """The code that says more: many servers write 5.0.0 and tell the reason in the diagnostic."""
    if not status or (status.endswith(".0.0") and diagnostic):
        return diagnostic or status
    return status
