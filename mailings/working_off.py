"""One chunk: for each of its recipients declare, ask for consent, send, record.

What becomes of each outcome is decided here and nowhere else.
"""

import logging
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from django.db import Error as DatabaseTrouble
from django.db import connection
from django.utils.translation import gettext as _

from mailings import ledger
from mailings.book import Book
from mailings.composing import Reader, fill
from mailings.contents import Contents
from mailings.desk import Desk
from mailings.fencing import Crossing, prepare_session
from mailings.ledger import Lease, LeaseLost, Owed, Result
from mailings.models import Mailing
from mailings.pacing import Pace
from mailings.statuses import Status
from mailings.ways_out import WayOut
from postroom.skeleton import BadValue
from postroom.switchboard import sleep
from postroom.transport import Envelope, Kind, Outcome, Stage
from signatures.models import Supporter, Suppression

logger = logging.getLogger(__name__)

# Waits before a recipient refused for now is tried again, in seconds; then it has failed.
BACK_OFF = [5 * 60, 15 * 60, 3600, 4 * 3600, 12 * 3600]
# More refusals of the text itself than this in one chunk (a hundredth of it) stop the mailing.
REFUSED_TEXTS = 5
# So many messages of one chunk that stumble over a mistake of ours stop the mailing.
MOST_STUMBLES = 3
# A database that restarts is back within seconds; results wait for it.
DATABASE_PATIENCE = 30.0


class LaneRests(Exception):
    """The mail server takes nothing from anyone just now."""


@dataclass(frozen=True)
class _Work:
    """What is read of a chunk before its first message."""

    mailing: Mailing
    about: tuple[int, ...]
    revision: int
    contents: Contents
    owed: list[Owed]

    @classmethod
    def of(cls, lease: Lease) -> "_Work":
        mailing = Mailing.objects.select_related("organization", "campaign").get(pk=lease.mailing)
        return cls(
            mailing,
            tuple(mailing.about()),
            mailing.revision,
            Contents.of(mailing),
            ledger.owed(lease),
        )


@dataclass
class LeasedChunk:
    """One leased chunk and what is known of it so far, in the hands of one connection.

    `over()` says when to stop after the message in hand.
    """

    lease: Lease
    desk: Desk
    book: Book
    pace: Pace
    way_out: WayOut
    over: Callable[[], bool]
    unrecorded: Result | None = None
    refused_texts: int = 0
    stumbled: int = 0

    def __post_init__(self) -> None:
        self.reached = self.lease.after

    def work_off(self) -> None:
        """Send to everyone in the chunk who is still owed it, and close it; or give it back.

        Raises LaneRests, and whatever else came between: it is given back then too.
        """
        try:
            self.desk.do(self.pace.look)
            self.work = self._begin()
            self._leave(done=self._deliver_all())
        except LeaseLost:
            self._leave(done=False)
        except LaneRests:
            self._leave(done=False)
            raise
        except Exception:
            # Whoever was handed a mail has a result, so the next may go on behind them.
            logger.exception("Chunk %s is given back", self.lease)
            self._leave(done=False)
            raise

    def _begin(self) -> _Work:
        """What is to be sent. Raises LeaseLost when that cannot be read: then nobody gets it."""
        try:
            return self.desk.do(partial(_Work.of, self.lease))
        except DatabaseTrouble:
            raise
        except Exception as error:
            logger.exception("Chunk %s cannot be begun", self.lease)
            self._pause(_("What it says could not be read from the database (see the log)."))
            raise LeaseLost from error

    def _deliver_all(self) -> bool:
        """False when it was over before the end."""
        for owed in self.work.owed:
            if self.over():
                return False
            # Connecting takes several turns, and should use up none; nor declare a message in vain.
            self._make_ready()
            if not self.pace.wait(self.way_out, self.over):
                return False
            try:
                self._deliver(owed)
            finally:
                self.pace.done(self.way_out)
        return True

    def _make_ready(self) -> None:
        if trouble := self.way_out.make_ready():
            logger.warning("Lane %s rests: %s", self.lease.lane, trouble)
            raise LaneRests

    def _deliver(self, owed: Owed, *, again: bool = False) -> None:
        """One recipient: the fence, the message, what came of it.

        What nobody got, for the connection was gone, is tried once more on a new one.
        """
        address = self.desk.cross(Crossing(self.lease, owed, self.work.about, self.work.revision))
        if address is None:
            self._note(Result(owed.seq, Status.SKIPPED))
            return
        written = self._write(owed, address)
        if isinstance(written, Outcome):
            self._note(result_of(written, owed))
            self._mind_stumbles()
            return
        reached, self.reached = self.reached, owed.seq
        # Whatever goes wrong before there is a result: perhaps they have got it.
        self.unrecorded = Result(owed.seq, Status.UNKNOWN)
        outcome = self._hand_over(*written)
        if outcome.kind is Kind.NOT_SENT and not outcome.whole_lane and not again:
            self.unrecorded, self.reached = None, reached
            self._make_ready()
            self._deliver(owed, again=True)
            return
        if _holds_the_lane(outcome, owed):
            self.unrecorded, self.reached = None, reached
            logger.warning("Lane %s rests: %s", self.lease.lane, outcome)
            raise LaneRests
        self._note(result_of(outcome, owed))
        self._mind_refusals(outcome, owed)
        self._mind_stumbles()

    def _write(self, owed: Owed, address: str) -> tuple[Envelope, bytes] | Outcome:
        """Their envelope and message; the outcome when it cannot be written: nobody has got it.

        A value that fits nowhere never will. A mistake of ours may be mended: it is put off.
        """
        try:
            language, copies = self.work.contents.choose(owed.language, self.lease.variant)
            copy = copies.of(owed.items)
            reader = Reader(
                owed.supporter,
                address,
                owed.signed_campaign,
                owed.signed_at,
                name=owed.name,
                subject=copy.subject,
            )
            return fill(copy.skeleton, mailing=self.work.mailing, language=language, reader=reader)
        except BadValue as error:
            logger.warning("Supporter %s cannot be written to: %s", owed.supporter, error)
            return Outcome(Kind.REFUSED, Stage.MAIL)
        except Exception:
            logger.exception("The message to supporter %s could not be written", owed.supporter)
            self.stumbled += 1
            return Outcome(Kind.NOT_SENT, Stage.MAIL)

    def _hand_over(self, envelope: Envelope, message: bytes) -> Outcome:
        """What came of it. Where that takes an unexpected turn, perhaps somebody has got it."""
        began = time.monotonic()
        try:
            outcome = self.way_out.send(envelope, message)
        except Exception:
            logger.exception("A message of %s stumbled on its way out", self.lease)
            self.stumbled += 1
            self.way_out.drop()
            outcome = Outcome(Kind.UNKNOWN, Stage.DOT)
        if outcome.kind in {Kind.ACCEPTED, Kind.UNKNOWN}:
            self.pace.arrived(time.monotonic() - began)
        return outcome

    def _note(self, result: Result) -> None:
        """Remember a result. Only accepted mails may wait to be written down."""
        self.reached = result.seq
        if result.status == Status.SENT:
            self.unrecorded = None
            if self.book.note(self.lease, result.seq):
                self.desk.do(self.book.write_down)
            return
        self.unrecorded = result
        self.desk.do(self._record)

    def _record(self) -> None:
        if self.unrecorded:
            ledger.record(self.lease, self.unrecorded)
            self.unrecorded = None

    def _leave(self, *, done: bool) -> None:
        """Write down what is known and let go of the chunk, over a restart of the database too."""
        give_up = time.monotonic() + DATABASE_PATIENCE
        while True:
            try:
                self.desk.do(partial(self._let_go, done=done))
                return
            except DatabaseTrouble:
                if time.monotonic() > give_up:
                    raise
                sleep(0.2)

    def _let_go(self, *, done: bool) -> None:
        """Raises DatabaseTrouble, and then tries the next time with a new session."""
        try:
            self._record()
            self.book.write_down()
            if done:
                ledger.close(self.lease)
            else:
                ledger.give_back(self.lease, reached=self.reached)
        except DatabaseTrouble:
            connection.close()
            prepare_session()
            raise

    def _mind_refusals(self, outcome: Outcome, owed: Owed) -> None:
        """A missing mailbox is suppressed; a text that servers refuse stops the mailing."""
        if outcome.bad_address:
            self.desk.do(partial(suppress_bounced, owed.supporter))
        if outcome.kind is Kind.REFUSED and outcome.stage in {Stage.BODY, Stage.DOT}:
            self.refused_texts += 1
        if self.refused_texts > REFUSED_TEXTS:
            reason = f"Mail servers refuse this text: {outcome.code} {outcome.enhanced}"
            self._pause(reason)

    def _mind_stumbles(self) -> None:
        """What happens again and again is no matter of single people."""
        if self.stumbled >= MOST_STUMBLES:
            reason = _(
                "%(count)d messages could not be written or handed over. The log of the workers"
                " says why: have that mended before you resume."
            ) % {"count": self.stumbled}
            self._pause(reason)

    def _pause(self, reason: str) -> None:
        mailing = Mailing(pk=self.lease.mailing)
        self.desk.do(partial(mailing.pause, reason))


def _holds_the_lane(outcome: Outcome, owed: Owed) -> bool:
    """Whether nobody has got it, and everybody else would fare alike just now."""
    if outcome.kind is Kind.UNKNOWN or not outcome.whole_lane:
        return False
    return not (owed.attempts and _of_recipient(outcome))


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
