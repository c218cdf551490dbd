from mailings.models.coming_back import ArrivedMail, MailEvent, Reply
from mailings.models.delivery import Chunk, Deferral, Lane, LaneSequence, Recipient
from mailings.models.mailing import (
    DigestSchedule,
    Mailing,
    MailingContent,
    Proof,
    content_digest,
)

__all__ = [
    "ArrivedMail",
    "Chunk",
    "Deferral",
    "DigestSchedule",
    "Lane",
    "LaneSequence",
    "Mailing",
    "MailEvent",
    "MailingContent",
    "Proof",
    "Recipient",
    "Reply",
    "content_digest",
]
