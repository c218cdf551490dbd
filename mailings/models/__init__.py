from mailings.models.delivery import Chunk, Deferral, Lane, LaneSequence, Recipient
from mailings.models.mailing import (
    DigestSchedule,
    Mailing,
    MailingContent,
    Proof,
    content_digest,
)

__all__ = [
    "Chunk",
    "Deferral",
    "DigestSchedule",
    "Lane",
    "LaneSequence",
    "Mailing",
    "MailingContent",
    "Proof",
    "Recipient",
    "content_digest",
]
