"""Draining the outbox: claim due letters in PostgreSQL, ask again whether each may go, send.

No broker is asked. A letter that a dead worker had claimed is due again after a minute: letters go
at least once, because a confirmation that never comes is worse than one that comes twice.
"""

import logging
import random
import time
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from postroom.addresses import BadAddress
from postroom.headers import BadHeader
from postroom.skeleton import SkeletonError
from postroom.transport import Kind, Outcome, Stage, Transport
from postroom.ways import open_way
from signatures.arming import is_armed
from signatures.letters.rationing import ALONE, Rations
from signatures.letters.writing import LetterPress
from signatures.models import Letter, Signature, Subscription, Supporter, Suppression

logger = logging.getLogger(__name__)

BATCH = 50
# Together they stay below the minute that a claim lasts, so that no two workers hold one letter.
LETTER_SECONDS = 25
BATCH_SECONDS = 30
# Waits between tries of one letter, in seconds; the last repeats until three days are over.
BACK_OFF = [10, 30, 60, 300, 900, 3600]
MOST_TRIES = 6 + 72
# A letter that breaks our own code is set aside after so many tries, and the others go on.
MOST_STUMBLES = 3
# After a trouble of the mail server, so that all are out soon after it returns.
SERVER_BACK_OFF = 15
# How far a conversation comes when the server is there for nobody.
_SERVER_AWAY = {Stage.CONNECT, Stage.EHLO, Stage.AUTH}

_CLAIM = """
UPDATE signatures_letter
SET claimed_until = statement_timestamp() + interval '1 minute', attempts = attempts + 1
WHERE id IN (
    SELECT id FROM signatures_letter
    WHERE sent_at IS NULL AND dropped_at IS NULL AND due_at <= statement_timestamp()
        AND (claimed_until IS NULL OR claimed_until < statement_timestamp())
    ORDER BY due_at, id DESC LIMIT %s FOR UPDATE SKIP LOCKED
)
RETURNING id
"""


class Outbox:
    """Sends due letters over one kept-open connection. For one thread."""

    def __init__(self) -> None:
        self._press = LetterPress()
        self._rations = Rations()
        self._connection: Transport | None = None

    def drain(self) -> int:
        """Send one batch of due letters.

        Returns how many were due and tried, dropped or put off; under BATCH, none is left for now.
        When the mail server is away, or so slow that the claim would run out, the rest is put back
        untried. Where sending is not armed, letters wait.
        """
        if not is_armed():
            return 0
        claimed, held_back = self._claim()
        end = time.monotonic() + BATCH_SECONDS
        for position, letter in enumerate(claimed):
            if time.monotonic() > end:
                _put_back(claimed[position:], seconds=0, reason="slow mail server")
                return position
            if (outcome := self._send(letter)) and _server_is_away(outcome):
                _put_back(claimed[position:], seconds=SERVER_BACK_OFF, reason=_summary(outcome))
                return position
        return len(claimed) + held_back

    def close(self) -> None:
        """Say goodbye to the mail server; a later drain() opens a new connection."""
        if self._connection:
            self._connection.close()
            self._connection = None

    def _claim(self) -> tuple[list[Letter], int]:
        """A batch of letters to send, and how many more were due whose mailbox has no room."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(ALONE)
            cursor.execute(_CLAIM, [BATCH])
            ids = [pk for (pk,) in cursor.fetchall()]
            held_back = self._rations.hold_back(ids) if ids else set()
        claimed = (
            Letter.objects.filter(pk__in=set(ids) - held_back)
            .select_related(
                "supporter", "signature__statement", "signature__campaign__organization"
            )
            .order_by("due_at", "pk")
        )
        return list(claimed), len(held_back)

    def _send(self, letter: Letter) -> Outcome | None:
        """Send one letter and record what became of it. None: no mail server was asked."""
        if reason := why_not(letter):
            _drop(letter, reason)
            return None
        try:
            envelope, message = self._press.write(letter)
            outcome = self._way_out().send(envelope, message)
        except (SkeletonError, BadHeader, BadAddress, Supporter.DoesNotExist) as error:
            _drop(letter, f"cannot be written: {type(error).__name__}")
            return None
        except (DatabaseError, InterfaceError):
            raise
        except Exception as error:
            logger.exception("Letter %s stumbled", letter.pk)
            _stumbled(letter, type(error).__name__)
            return None
        _record(letter, outcome)
        return outcome

    def _way_out(self) -> Transport:
        if self._connection is None or not self._connection.usable:
            self.close()
            self._connection = open_way(
                settings.EMAIL_URL, message_timeout=LETTER_SECONDS, dot_timeout=LETTER_SECONDS
            )
        return self._connection


def why_not(claimed: Letter) -> str:
    """Why this letter must not go out; empty when it may. Asked directly before sending."""
    if claimed.attempts > MOST_TRIES:
        return "gave up after three days of tries"
    # A claim may be half a minute old; an erasure or a confirmation is at once.
    now = Letter.objects.unsent().select_related("signature__campaign", "supporter")
    letter = now.filter(pk=claimed.pk, supporter__erased_at=None).first()
    if letter is None:
        return "erased meanwhile"
    if reason := _pointless(letter):
        return reason
    blocks = Suppression.objects.filter(email_hash=bytes(letter.supporter.email_hash))
    if blocking := blocks.blocking_letters().first():
        return f"suppressed: {blocking.reason}"
    if letter.kind == Letter.Kind.DATA_LINK:
        return ""
    if letter.kind == Letter.Kind.STAY and blocks.blocking_bulk().exists():
        return "suppressed"
    not_me = list(blocks.filter(reason=Suppression.Reason.NOT_ME))
    if any(block.campaign_id == letter.signature.campaign_id for block in not_me):
        return "suppressed: not_me"
    if any(block.lifted_at is None for block in not_me):
        if letter.kind == Letter.Kind.REMINDER:
            return "suppressed: no reminder after “not me”"
        if _sent_today(letter):
            return "suppressed: one letter a day after “not me”"
    return ""


def _pointless(letter: Letter) -> str:
    """Why a letter of this kind has nothing to say about the signature as it is now."""
    kinds, states, signature = Letter.Kind, Signature.State, letter.signature
    if letter.kind == kinds.DATA_LINK:
        return ""
    if letter.kind == kinds.STAY and not Subscription.objects.asked_to_stay(letter).exists():
        return "answered meanwhile"
    if letter.kind == kinds.REJECTED:
        # Who said “not me” themselves is left in peace by the block that this put on the campaign.
        return "" if signature.state == states.REJECTED else "restored meanwhile"
    if signature.state == states.REJECTED:
        return "rejected"
    asks = letter.kind in (kinds.CONFIRM, kinds.REMINDER)
    if asks and signature.confirmed_at and signature.state == states.COUNTED:
        return "confirmed meanwhile"
    if letter.kind == kinds.REMINDER and signature.state != states.PENDING:
        return "waits no more"
    if letter.kind == kinds.REMINDER and not signature.campaign.is_open:
        return "closed meanwhile"
    return ""


def _sent_today(letter: Letter) -> bool:
    since = timezone.now() - timedelta(days=1)
    return Letter.objects.filter(supporter_id=letter.supporter_id, sent_at__gt=since).exists()


def _server_is_away(outcome: Outcome) -> bool:
    """Whether the next letter would meet the same. From MAIL on it may be about this one alone."""
    return outcome.kind is Kind.NOT_SENT and outcome.stage in _SERVER_AWAY


def _record(letter: Letter, outcome: Outcome) -> None:
    if outcome.kind is Kind.ACCEPTED:
        Letter.objects.unsent().filter(pk=letter.pk).update(sent_at=Now(), reason="")
    elif outcome.kind is Kind.REFUSED:
        _drop(letter, _summary(outcome))
        if outcome.bad_address:
            Suppression.objects.suppress(
                letter.supporter.email_hash, Suppression.Reason.HARD_BOUNCE
            )
            letter.bounce(timezone.now())
    elif outcome.kind is Kind.UNKNOWN and letter.reason.startswith(Kind.UNKNOWN):
        # Perhaps it came twice already; a third copy would only annoy.
        _drop(letter, "unknown twice")
    elif not _server_is_away(outcome):
        _try_later(letter, _summary(outcome))


def _stumbled(letter: Letter, what: str) -> None:
    if letter.attempts >= MOST_STUMBLES:
        _drop(letter, f"stumbled {MOST_STUMBLES} times: {what}")
    else:
        _try_later(letter, f"stumbled: {what}")


def _try_later(letter: Letter, reason: str) -> None:
    wait = BACK_OFF[min(letter.attempts, len(BACK_OFF)) - 1] * random.uniform(0.8, 1.2)
    Letter.objects.unsent().filter(pk=letter.pk).update(
        claimed_until=None, due_at=Now() + timedelta(seconds=wait), reason=reason[:60]
    )


def _drop(letter: Letter, reason: str) -> None:
    Letter.objects.unsent().filter(pk=letter.pk).update(dropped_at=Now(), reason=reason[:60])


def _put_back(letters: list[Letter], *, seconds: float, reason: str) -> None:
    """Let go of claimed letters that were not tried; they are due again after so many seconds."""
    wait = timedelta(seconds=seconds * random.uniform(0.7, 1.3))
    Letter.objects.unsent().filter(pk__in=[letter.pk for letter in letters]).update(
        claimed_until=None, attempts=F("attempts") - 1, due_at=Now() + wait, reason=reason
    )
    logger.warning("%d letters wait: %s", len(letters), reason)


def _summary(outcome: Outcome) -> str:
    """What the mail server said, in numbers alone: its words may hold an address."""
    return " ".join(
        str(part) for part in (outcome.kind, outcome.stage, outcome.code, outcome.enhanced) if part
    )[:60]
