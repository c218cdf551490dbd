from mailings.models.catching_up import CatchUp
from mailings.models.coming_back import ArrivedMail, MailEvent, Reply
from mailings.models.delivery import Chunk, Deferral, Lane, LaneSequence, Recipient, SkipReason
from mailings.models.mailing import (
    DigestSchedule,
    Mailing,
    MailingContent,
    Proof,
    content_digest,
)
from mailings.models.segment import Segment

__all__ = [
    "ArrivedMail",
    "CatchUp",
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
    "Segment",
    "SkipReason",
    "content_digest",
]
