"""A slice of sending: lease a chunk, and for each recipient declare, ask for consent, send, record.

What becomes of each outcome is decided here and nowhere else. A connection to the mail server is
kept by its thread from slice to slice.
"""

import logging
import random
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace

from django.conf import settings
from django.db import Error as DatabaseTrouble
from django.db import connection

from mailings import ledger
from mailings.composing import Reader, fill
from mailings.contents import Contents
from mailings.ledger import Lease, LeaseLost, Owed, Result, Status
from mailings.models import Lane, Mailing
from postroom.skeleton import SkeletonError
from postroom.smtp import Connection, SMTPSettings
from postroom.transport import Envelope, Kind, Outcome, Stage
from signatures.arming import is_armed
from signatures.models import Supporter, Suppression

logger = logging.getLogger(__name__)

# Waits before a recipient refused for now is tried again, in seconds; then it has failed.
BACK_OFF = [5 * 60, 15 * 60, 3600, 4 * 3600, 12 * 3600]
# Accepted mails are written down in batches: the cursor already vouches for them.
FLUSH_COUNT, FLUSH_SECONDS = 100, 1.0
# More refusals of the text itself than this in one chunk (a hundredth of it) stop the mailing.
REFUSED_TEXTS = 5
# How long a mail server may take over the answer to the final dot: to hang up earlier would only
# leave one more recipient in doubt.
DOT_SECONDS = 300
# A database that restarts is back within seconds; results wait for it.
DATABASE_PATIENCE = 30.0

_of_thread = threading.local()


class LaneRests(Exception):
    """The mail server takes nothing from anyone just now."""


def send_slice(*, lane: int, stopping: Callable[[], bool] = lambda: False) -> bool:
    """Work off chunks of a lane until none is left, the slice is over, or `stopping()` says so.

    Returns True when it stopped with work left. Any number may run at once; each claims its own
    chunks and ends at once when there is none.
    """
    if not is_armed():
        return False
    ledger.prepare_session()
    end = time.monotonic() + settings.MAILING_SLICE_SECONDS

    def over() -> bool:
        return stopping() or time.monotonic() > end

    while not over():
        lease = ledger.claim(lane=lane)
        if lease is None:
            return False
        try:
            _Chunk(lease, over).work_off()
        except LaneRests:
            ledger.rest(lane=lane, seconds=settings.MAILING_LANE_REST_SECONDS)
            hang_up()
            return False
    return True


@dataclass
class _Chunk:
    """One leased chunk and what is known of it so far."""

    lease: Lease
    over: Callable[[], bool]
    unrecorded: list[Result] = field(default_factory=list)
    last_flush: float = field(default_factory=time.monotonic)
    refused_texts: int = 0

    def __post_init__(self) -> None:
        self.reached = self.lease.after

    def work_off(self) -> None:
        """Send to everyone in the chunk who is still owed it, and close it; or give it back.

        Raises LaneRests.
        """
        try:
            self._open()
            for owed in ledger.owed(self.lease):
                if self.over() or not self.pace.wait(self.over):
                    self._leave(done=False)
                    return
                self._deliver(owed)
            self._leave(done=True)
        except LeaseLost:
            self._leave(done=False)
        except LaneRests:
            self._leave(done=False)
            raise
        except DatabaseTrouble:
            logger.exception("The database failed in chunk %s", self.lease)
            self._leave(done=False)
            raise

    def _open(self) -> None:
        self.mailing = Mailing.objects.select_related("organization", "campaign").get(
            pk=self.lease.mailing
        )
        self.about = self.mailing.about()
        self.contents = Contents.of(self.mailing)
        self.pace = Pace(Lane.objects.get(pk=self.lease.lane))

    def _deliver(self, owed: Owed) -> None:
        """One recipient: the fence, the message, what came of it."""
        address = ledger.fence(self.lease, owed, self.about)
        if address is None:
            self._note(Result(owed.seq, Status.SKIPPED))
            return
        language, copies = self.contents.choose(owed.language, self.lease.variant)
        copy = copies.of(owed.items)
        reader = Reader(
            owed.supporter,
            address,
            owed.signed_campaign,
            owed.signed_at,
            name=owed.name,
            subject=copy.subject,
        )
        try:
            envelope, message = fill(
                copy.skeleton, mailing=self.mailing, language=language, reader=reader
            )
        except SkeletonError as error:
            logger.warning("Recipient %s cannot be written to: %s", owed, error)
            self._note(Result(owed.seq, Status.FAILED))
            return
        outcome = send_one(envelope, message)
        if outcome.whole_lane and not (owed.attempts and _of_recipient(outcome)):
            logger.warning("Lane %s rests: %s", self.lease.lane, outcome)
            raise LaneRests
        self._note(result_of(outcome, owed))
        self._mind_refusals(outcome, owed)

    def _note(self, result: Result) -> None:
        """Remember a result. Only accepted mails may wait to be written down."""
        self.unrecorded.append(result)
        self.reached = result.seq
        due = len(self.unrecorded) >= FLUSH_COUNT
        due = due or time.monotonic() - self.last_flush > FLUSH_SECONDS
        if due or result.status != Status.SENT:
            self._flush()

    def _flush(self) -> None:
        if self.unrecorded:
            ledger.record(self.lease, self.unrecorded)
            self.unrecorded.clear()
        self.last_flush = time.monotonic()

    def _leave(self, *, done: bool) -> None:
        """Write down what is known and let go of the chunk, over a restart of the database too."""
        give_up = time.monotonic() + DATABASE_PATIENCE
        while True:
            try:
                self._flush()
                if done:
                    ledger.close(self.lease)
                else:
                    ledger.give_back(self.lease, reached=self.reached)
                return
            except DatabaseTrouble:
                if time.monotonic() > give_up:
                    raise
                with suppress(DatabaseTrouble):
                    connection.close()
                time.sleep(0.2)

    def _mind_refusals(self, outcome: Outcome, owed: Owed) -> None:
        """A missing mailbox is suppressed; a text that servers refuse stops the mailing."""
        if outcome.bad_address:
            suppress_bounced(owed.supporter)
        if outcome.kind is Kind.REFUSED and outcome.stage in {Stage.BODY, Stage.DOT}:
            self.refused_texts += 1
        if self.refused_texts > REFUSED_TEXTS:
            self.mailing.pause(f"Mail servers refuse this text: {outcome.code} {outcome.enhanced}")


def send_one(envelope: Envelope, message: bytes) -> Outcome:
    """Send over this thread's connection; what nobody got is tried once more, on a new one."""
    outcome = _way_out().send(envelope, message)
    if outcome.kind is Kind.NOT_SENT and not outcome.whole_lane:
        outcome = _way_out().send(envelope, message)
    return outcome


def _way_out() -> Connection:
    way: Connection | None = getattr(_of_thread, "way_out", None)
    if way is None or not way.usable:
        if way is not None:
            way.close()
        way = Connection(
            replace(SMTPSettings.from_url(settings.EMAIL_URL), dot_timeout=DOT_SECONDS)
        )
        _of_thread.way_out = way
    return way


def hang_up() -> None:
    """Say goodbye to the mail server; this thread's next message opens a new connection."""
    way: Connection | None = getattr(_of_thread, "way_out", None)
    if way is not None:
        way.close()


def _of_recipient(outcome: Outcome) -> bool:
    """Whether a refusal can be about the recipient alone.

    Many refusals in a row are taken for the server's, but not where only those are left whom it
    refused before.
    """
    about = outcome.stage in {Stage.RCPT, Stage.DOT} and outcome.code not in {421, 454}
    return outcome.kind is Kind.REFUSED_FOR_NOW and about


def result_of(outcome: Outcome, owed: Owed) -> Result:
    """What an outcome that was about this one recipient makes of it."""
    match outcome.kind:
        case Kind.ACCEPTED:
            return Result(owed.seq, Status.SENT, outcome.code)
        case Kind.UNKNOWN:
            return Result(owed.seq, Status.UNKNOWN)
        case Kind.REFUSED:
            return Result(owed.seq, Status.FAILED, outcome.code)
    if owed.attempts >= len(BACK_OFF):
        return Result(owed.seq, Status.FAILED, outcome.code)
    wait = BACK_OFF[owed.attempts] * random.uniform(0.8, 1.2)
    return Result(owed.seq, Status.DEFERRED, outcome.code, retry_in=wait)


def suppress_bounced(supporter_id: int) -> None:
    """Write to this mailbox no more: the server says that it does not exist."""
    hashes = Supporter.objects.filter(pk=supporter_id).values_list("email_hash", flat=True)
    for email_hash in hashes:
        Suppression.objects.suppress(email_hash, Suppression.Reason.HARD_BOUNCE)


class Pace:
    """Keeps one connection to its share of the lane's speed, with bursts of at most a second."""

    LONGEST_NAP = 0.2

    def __init__(self, lane: Lane) -> None:
        share = (lane.per_second or 0) / max(lane.max_connections, 1)
        self._interval = 1 / share if share else 0.0
        self._next = time.monotonic()

    def wait(self, over: Callable[[], bool]) -> bool:
        """Wait for the next turn; False when `over()` came first."""
        if not self._interval:
            return True
        self._next = max(self._next, time.monotonic() - 1)
        while (left := self._next - time.monotonic()) > 0:
            if over():
                return False
            time.sleep(min(left, self.LONGEST_NAP))
        self._next += self._interval
        return True
