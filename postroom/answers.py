"""What an answer of a mail server, or none, makes of a message."""

import re

from postroom.headers import header_text
from postroom.replies import BadReply, Reply
from postroom.transport import Kind, Outcome, Stage

_ADDRESS_IN_TEXT = re.compile(r"[^\s<>]+@[^\s<>]+")
_TEXT_LENGTH = 200


def refused(reply: Reply, stage: Stage) -> Outcome:
    """The outcome of a 4xx or 5xx at a stage. Raises BadReply for anything else."""
    if reply.code < 400:
        raise BadReply(f"{reply.code} is no answer here")
    before_recipient = stage not in {Stage.RCPT, Stage.DATA, Stage.DOT}
    kind = Kind.REFUSED_FOR_NOW if reply.temporary else Kind.REFUSED
    if before_recipient and not (reply.temporary and stage is Stage.MAIL):
        kind = Kind.NOT_SENT
    whole_lane = before_recipient or reply.code in {421, 454}
    return Outcome(kind, stage, reply.code, reply.enhanced, reply.text, whole_lane)


def broken_off(error: Exception, stage: Stage) -> Outcome:
    """The outcome of a lost connection, a time-out or nonsense at a stage."""
    if stage is Stage.DOT:
        return Outcome(Kind.UNKNOWN, Stage.DOT, text=str(error))
    whole_lane = stage in {Stage.CONNECT, Stage.EHLO, Stage.AUTH}
    return Outcome(Kind.NOT_SENT, stage, text=str(error), whole_lane=whole_lane)


def scrubbed(text: str, local_or_address: str) -> str:
    """The server's words as they may be kept and logged: one line, no address, bounded."""
    text = _ADDRESS_IN_TEXT.sub("<address>", header_text(text[:2_000]))
    name = local_or_address.partition("@")[0]
    if len(name) > 2:
        text = text.replace(name, "<address>")
    return text[:_TEXT_LENGTH]
