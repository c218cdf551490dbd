"""Withdrawing: a signer takes a signature back, and the count goes down by one."""

from enum import StrEnum

from django.db import transaction

from signatures.confirming import lock_signature
from signatures.counting import restate, standing_of
from signatures.leaving import end_what_signature_began
from signatures.letters.owing import owe_to_owner
from signatures.models import Letter, Signature

State = Signature.State


class Withdrawn(StrEnum):
    """What became of a withdrawal. The first two look alike to its reader."""

    NOW = "now"
    BEFORE = "before"
    DISOWNED = "disowned"


@transaction.atomic
def withdraw(*, signature_id: int, and_leave: bool = False, via: str) -> Withdrawn | None:
    """Take a signature out of the count; its owner can confirm it again.

    `and_leave`: the person says that the mail which it began shall end too; else that goes on. A
    second call is the same success, and may still end the mail. A signature that was disowned stays
    so. None when there is no such signature any more. `via` is the page where it was said.
    """
    signature = lock_signature(signature_id)
    if signature is None:
        return None
    if signature.state == State.REJECTED:
        return Withdrawn.DISOWNED
    if and_leave:
        end_what_signature_began(
            signature_id=signature.pk, supporter_id=signature.supporter_id, via=via
        )
    if signature.state == State.WITHDRAWN:
        return Withdrawn.BEFORE
    was = standing_of(signature)
    signature.state = State.WITHDRAWN
    signature.save(update_fields=["state"])
    owe_to_owner(
        kind=Letter.Kind.WITHDRAWN, supporter_id=signature.supporter_id, signature_id=signature.pk
    )
    restate(signature, was)
    return Withdrawn.NOW
