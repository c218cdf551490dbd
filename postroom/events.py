"""What is said of a message after it has left, in our words: from webhooks and reports alike."""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from postroom.messages import MessageKey

_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_REPLY = re.compile(r"(?<![\d.])([45]\d\d)(?=[ -])")


class EventKind(StrEnum):
    """What became of a message. Only `HARD` says that its mailbox does not exist."""

    DELIVERED = "delivered"
    HARD = "hard"
    REFUSED = "refused"  # for its text, its sender or a policy: nothing about the reader
    SOFT = "soft"  # a full mailbox, a server that was away too long
    COMPLAINED = "complained"
    UNSUBSCRIBED = "unsubscribed"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing said of one message. `key` is None when the message is none of ours.

    `identity` is what makes a repeat the same event, for one provider.
    """

    provider: str
    identity: str
    kind: EventKind
    key: MessageKey | None
    happened_at: datetime
    status: str = ""  # RFC 3463

    @property
    def digest(self) -> bytes:
        """32 bytes that are the same for every repeat of the event."""
        whole = f"{self.provider}\0{self.identity}"
        return hashlib.sha256(whole.encode("utf-8", "replace")).digest()


def status_in(text: str) -> str:
    """The first status code of RFC 3463 in what a server said, else the class of its reply.

    >>> status_in("smtp; 550 5.1.1 no such user"), status_in("452 mailbox full"), status_in("no")
    ('5.1.1', '4.0.0', '')
    """
    text = text[:2000]
    if found := _STATUS.search(text):
        return found[1]
    if found := _REPLY.search(text):
        return f"{found[1][0]}.0.0"
    return ""


# RFC 3463 §3: no such mailbox, host or address; moved away; null MX (RFC 7505). 5.2.1 is disabled.
_NO_MAILBOX = {"5.1.0", "5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"}


def judge_bounce(status: str) -> EventKind:
    """What a status code says of a message that will not arrive.

    A refusal for reasons of security or policy (5.7.x), of the content (5.6.x) or of the sender
    (5.1.7, 5.1.8) is ours to mend, and no reason to give a reader up. Whatever is not known to be
    final counts as soft.
    """
    if status in _NO_MAILBOX:
        return EventKind.HARD
    if status.startswith(("5.7.", "5.6.")) or status in {"5.1.7", "5.1.8", "5.3.4", "5.2.3"}:
        return EventKind.REFUSED
    return EventKind.SOFT
