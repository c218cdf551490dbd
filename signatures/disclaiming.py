"""“That address was wrong”, said by the browser that typed it a moment ago.

Whoever types a stranger's address by mistake takes back what they typed under it: the letter that
has not left yet stays here, and the link of one that has left shows the stranger no name.

No form without a login may touch what somebody else did. So the row says which browser made it: a
random value, written when the signature is made and never for a repeat, that only this browser's
cookie holds. And what the owner of the address has confirmed or withdrawn is theirs.
"""

from typing import Any

from django.db import connection, transaction
from django.db.models.functions import Now

from campaigns.models import Campaign
from signatures.addresses import email_key
from signatures.confirming import lock_signature
from signatures.counting import restate, standing_of
from signatures.models import Letter, Mistyping, Signature

State = Signature.State
# What a stranger would read of the person who mistyped.
_TYPED = {
    "name": "",
    "postal_code": "",
    "country": "",
    "comment": "",
    "answers": {},
    "shows_name": False,
    "consents": False,
}


# One row whatever is known of the address, so that the answer takes the same time.
_NOTE = """
INSERT INTO signatures_mistyping (campaign_id, supporter_id, typist)
SELECT %(campaign)s, id, %(typist)s FROM signatures_supporter WHERE email_key = %(email_key)s
"""
BATCH = 100


def disclaim(*, campaign: Campaign, email: str, typist: bytes) -> None:
    """Note that `typist` says of what they signed under this address: it was not theirs.

    The worker carries it out within a second. Safe to call twice.
    """
    told: dict[str, Any] = {
        "campaign": campaign.pk,
        "typist": typist,
        "email_key": email_key(email),
    }
    with connection.cursor() as cursor:
        cursor.execute(_NOTE, told)


def take_back_mistyped() -> None:
    """Carry out what `disclaim` noted. Safe to call at any time, and by many at once."""
    for said in Mistyping.objects.order_by("pk")[:BATCH]:
        with transaction.atomic():
            _take_back(said)
            Mistyping.objects.filter(pk=said.pk).delete()


def _take_back(said: Mistyping) -> None:
    """Blank the unconfirmed signature that this browser made; it counts no more.

    Its row and its letters stay: they count against the limits of the mailbox, so signing and
    disclaiming in turn brings nobody more mail. Does nothing where the signature is another's, or
    its owner has spoken.
    """
    own = Signature.objects.filter(
        campaign_id=said.campaign_id, supporter_id=said.supporter_id, typist=bytes(said.typist)
    )
    found = own.values_list("pk", flat=True).first()
    signature = lock_signature(found) if found else None
    if signature is None or not _is_unspoken(signature):
        return
    was = standing_of(signature)
    for field, blank in _TYPED.items():
        setattr(signature, field, blank)
    if signature.state == State.COUNTED:
        signature.state, signature.counted_at = State.PENDING, None
    signature.save(update_fields=[*_TYPED, "state", "counted_at"])
    Letter.objects.unsent().filter(signature=signature).update(
        dropped_at=Now(), reason="the address was wrong"
    )
    restate(signature, was)


def _is_unspoken(signature: Signature) -> bool:
    """Whether the owner of the address has said nothing about this signature yet."""
    waits = signature.state in (State.PENDING, State.HELD, State.COUNTED)
    return waits and signature.confirmed_at is None
