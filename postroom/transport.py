"""What every way out of the house has in common: an envelope goes in, an outcome comes back."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, Self


class Kind(StrEnum):
    ACCEPTED = "accepted"
    REFUSED_FOR_NOW = "refused_for_now"
    REFUSED = "refused"
    NOT_SENT = "not_sent"  # nobody has it; safe to try again on a new connection
    UNKNOWN = "unknown"  # it may have been accepted; never to be tried again by itself


class Stage(StrEnum):
    """How far the conversation had come."""

    CONNECT = "connect"
    EHLO = "ehlo"  # with STARTTLS
    AUTH = "auth"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    BODY = "body"
    DOT = "dot"


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who a message comes from (empty: nobody, as for bounces) and the one person it goes to."""

    sender: str
    recipient: str


class Ready(bytes):
    """A whole message that SMTP takes as it is: CRLF line ends and the last of them, no line that
    begins with a dot. Other bytes are looked through and mended first, at a cost."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one message.

    `whole_lane`: nothing in it was about this recipient, the next would get the same; hold
    everything that goes this way and try this message again untouched.
    `text` is the server's own words without addresses, at most 200 characters.
    """

    kind: Kind
    stage: Stage
    code: int | None = None
    enhanced: str | None = None  # RFC 3463, as "5.1.1"
    text: str = ""
    whole_lane: bool = False

    @property
    def bad_address(self) -> bool:
        """Refused because there is no such mailbox or domain (RFC 3463, 5.1.x at RCPT)."""
        return (
            self.kind is Kind.REFUSED
            and self.stage is Stage.RCPT
            and (self.enhanced or "").startswith("5.1.")
        )


class Transport(Protocol):
    """One kept-open way out, used by one task: SMTP, or a provider's HTTP interface."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *_exc: object) -> None: ...

    @property
    def usable(self) -> bool:
        """Whether another message may be sent; when not, close it and open a new one."""

    def open(self) -> Outcome | None:
        """Get ready for a message before there is one: None when the server waits for it."""

    def send(self, envelope: Envelope, body: bytes) -> Outcome:
        """Sends one RFC 5322 message with CRLF line ends, not dot-stuffed. Never raises."""

    def break_off(self) -> None:
        """Called from another task: whoever waits in `send` goes on as if the connection were lost,
        at once or within a minute."""

    def close(self) -> None:
        """Ends it; safe to call twice."""
