"""The numbers that the ledger keeps, by their names and as SQL writes them."""

from mailings.models import Chunk, Recipient, SkipReason

Status = Recipient.Status

PENDING, DEFERRED = Status.PENDING.value, Status.DEFERRED.value
SENT, UNKNOWN, FAILED = Status.SENT.value, Status.UNKNOWN.value, Status.FAILED.value
SKIPPED = Status.SKIPPED.value
BOUNCED, COMPLAINED = Status.BOUNCED.value, Status.COMPLAINED.value
# Why somebody was skipped; stands where the mail server's reply would.
CAPPED = SkipReason.CAPPED.value
OPEN, LEASED, DONE = Chunk.State.OPEN.value, Chunk.State.LEASED.value, Chunk.State.DONE.value


def _one_of(*statuses: Status) -> str:
    return f"({', '.join(str(status.value) for status in statuses)})"


# A mail server took it, whatever was heard of it since.
ACCEPTED = _one_of(Status.SENT, Status.DELIVERED, Status.BOUNCED, Status.COMPLAINED)
# The same, or nobody can say whether one did.
MAILED = _one_of(Status.SENT, Status.UNKNOWN, Status.DELIVERED, Status.BOUNCED, Status.COMPLAINED)
# It came to a mailbox, as far as anybody has heard.
ARRIVED = _one_of(Status.SENT, Status.DELIVERED, Status.COMPLAINED)
# The same, and nobody has complained of it.
TAKEN_QUIETLY = _one_of(Status.SENT, Status.DELIVERED)
# It is still to leave.
WAITING = _one_of(Status.PENDING, Status.DEFERRED)
# It never will.
NOT_MAILED = _one_of(Status.FAILED, Status.SKIPPED)
# A mail server has said something to it, or should have.
TRIED = _one_of(
    Status.SENT,
    Status.FAILED,
    Status.DEFERRED,
    Status.UNKNOWN,
    Status.DELIVERED,
    Status.BOUNCED,
    Status.COMPLAINED,
)
# It was refused for good, at once or later; a `code` from 500 to 599 says so too.
REFUSED = _one_of(Status.FAILED, Status.BOUNCED)


def kept_back(row: str) -> str:
    """Whether a row of the ledger is of somebody who had had enough mail when it went."""
    return f"({row}.status = {SKIPPED} AND {row}.code IS NOT DISTINCT FROM {CAPPED})"
