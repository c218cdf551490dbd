"""Erasing a person: identity goes at once and everywhere, the count stays, and so does the block.

What other apps hold about a person they take away themselves: `register()` a function in `ready()`.
The ledger of erasures is the suppression by keyed hash; `replay()` applies one to a restored dump.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from signatures.counting import restate, standing_of
from signatures.leaving import end_everything
from signatures.models import (
    DataAccess,
    Letter,
    Signature,
    Supporter,
    Suppression,
    TaggedSupporter,
)

State = Signature.State
# Signatures that never counted leave with their owner.
_WITHOUT_TRACE = (State.PENDING, State.HELD)

_erasers: list[Callable[[int], None]] = []


def register(eraser: Callable[[int], None]) -> None:
    """Add a function that takes away what an app holds about a person, given by the supporter's id.

    It runs in the transaction of the erasure. Safe to call twice.
    """
    if eraser not in _erasers:
        _erasers.append(eraser)


@transaction.atomic
def erase(*, supporter_id: int) -> bool:
    """Forget who this person is: name, place, words, address, network, letters and subscriptions.

    What counted stays counted, without a name. The block of the address stays as a keyed hash, so
    that nobody mails it again; whoever owns it may sign anew, as a new person. Consent events stay,
    as proof of what was agreed to by somebody who is now nobody. Safe to call twice. False when
    there is no such person any more.
    """
    # No stronger than it must be: a consent event that is just written refers to this row.
    locked = Supporter.objects.select_for_update(no_key=True)
    supporter = locked.filter(pk=supporter_id, erased_at=None).first()
    if supporter is None:
        return False
    _lock_signatures(supporter)
    now = timezone.now()
    Suppression.objects.update_or_create(
        email_hash=bytes(supporter.email_hash),
        reason=Suppression.Reason.ERASED,
        campaign=None,
        defaults={"created_at": now, "lifted_at": None},
    )
    end_everything(supporter_id=supporter.pk, via="erasure")
    for eraser in _erasers:
        eraser(supporter.pk)
    Letter.objects.filter(supporter=supporter).delete()
    DataAccess.objects.filter(supporter=supporter).delete()
    TaggedSupporter.objects.filter(supporter=supporter).delete()
    _unsign(supporter)
    _unname(supporter, now)
    return True


def _lock_signatures(supporter: Supporter) -> None:
    """The person, the signatures, then what hangs on them: staff who reject have that order too."""
    own = Signature.objects.filter(supporter=supporter).order_by("pk")
    list(own.select_for_update().values_list("pk", flat=True))


def _unsign(supporter: Supporter) -> None:
    own = Signature.objects.filter(supporter=supporter)
    for signature in own.filter(state__in=_WITHOUT_TRACE):
        was = standing_of(signature)
        signature.state = State.WITHDRAWN
        restate(signature, was)
        signature.delete()
    own.update(
        name="",
        postal_code="",
        country="",
        comment="",
        answers={},
        shows_name=False,
        network=None,
        typist=None,
    )


def _unname(supporter: Supporter, now: datetime) -> None:
    """The row stays for what counts by it; its unique keys name its number alone."""
    key = f"erased:{supporter.pk}"
    Supporter.objects.filter(pk=supporter.pk).update(
        email="",
        email_key=key,
        email_hash=hashlib.sha256(key.encode()).digest(),
        name="",
        postal_code="",
        country="",
        confirmed_at=None,
        erased_at=now,
    )


def ledger() -> Iterator[tuple[str, datetime]]:
    """Every erasure: the keyed hash of the address in hexadecimal, and when. To be kept outside."""
    erased = Suppression.objects.filter(reason=Suppression.Reason.ERASED).order_by("created_at")
    for block in erased.iterator():
        yield bytes(block.email_hash).hex(), block.created_at


def replay(erasures: Iterable[tuple[str, datetime]]) -> int:
    """Erase again whom a restored, older dump brought back. Returns how many those were.

    Whoever came back of their own will after their erasure stays.
    """
    again = 0
    for email_hash, erased_at in erasures:
        person = Supporter.objects.filter(
            email_hash=bytes.fromhex(email_hash), created_at__lt=erased_at, erased_at=None
        ).first()
        again += bool(person and erase(supporter_id=person.pk))
    return again
