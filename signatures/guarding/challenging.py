"""The challenge of a held signature: some work for a browser, nothing to see, read or click right.

The browser looks for a number whose PBKDF2 begins with zeros. That costs a visitor a second, and
somebody who signs ten thousand times three hours; no other site is asked. A challenge is good for
one address on one campaign, for an hour, once. It tells nobody whether that address has signed.
"""

import hashlib
import hmac
import secrets
import time
from datetime import UTC, datetime
from typing import NamedTuple

from django.conf import settings
from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils import timezone

from campaigns.models import Campaign
from signatures.addresses import email_key
from signatures.confirming import lock_signature, may_count
from signatures.counting import restate, standing_of
from signatures.letters.owing import owe_to_owner
from signatures.models import Letter, Signature, UsedChallenge

HOUR = 60 * 60
# Work: rounds of PBKDF2-HMAC-SHA256 for each try, and how many tries it takes on average.
ROUNDS = 5000
TRIES = 256
LONGEST_SOLUTION = 12

_USE = """
INSERT INTO signatures_usedchallenge (digest, expires_at) VALUES (%s, %s) ON CONFLICT DO NOTHING
"""


class Challenge(NamedTuple):
    """What the page gives the browser: the salt to work on; the rest is how hard."""

    salt: str
    rounds: int = ROUNDS
    tries: int = TRIES


def make_challenge(*, campaign: Campaign, email: str) -> Challenge:
    """A new challenge for the owner of this address on this campaign."""
    public = f"{secrets.token_hex(16)}.{int(time.time()) + HOUR}"
    return Challenge(f"{public}.{_seal(public, campaign, email)}")


def is_solved(salt: str, solution: str, *, campaign: Campaign, email: str) -> bool:
    """Whether this is one of our challenges for this address and campaign, in time and solved."""
    is_number = solution.isascii() and solution.isdecimal()
    if len(salt) > 200 or len(solution) > LONGEST_SOLUTION or not is_number:
        return False
    public, _, seal = salt.rpartition(".")
    if not (salt.isascii() and hmac.compare_digest(seal, _seal(public, campaign, email))):
        return False
    if _expiry(public) < time.time():
        return False
    found = hashlib.pbkdf2_hmac("sha256", solution.encode(), salt.encode(), ROUNDS, 4)
    return int.from_bytes(found, "big") < 2**32 // TRIES


@transaction.atomic
def release(salt: str, *, campaign: Campaign, email: str) -> None:
    """Let the held signature of this address go on as if it had never been held, if there is one.

    What counts by it at once gets its receipt in place of the letter that asks. After the campaign
    has ended it stays held. `salt` is of a solved challenge. A second use of it does nothing.
    """
    expires_at = datetime.fromtimestamp(_expiry(salt.rpartition(".")[0]), UTC)
    with connection.cursor() as cursor:
        cursor.execute(_USE, [hashlib.sha256(salt.encode()).digest(), expires_at])
        if not cursor.rowcount:
            return
    own = Signature.objects.filter(campaign=campaign.pk, supporter__email_key=email_key(email))
    found = own.values_list("pk", flat=True).first()
    signature = lock_signature(found) if found else None
    if signature is None or signature.state != Signature.State.HELD or not may_count(signature):
        return
    if signature.is_disclaimed:
        return
    was = standing_of(signature)
    if signature.campaign.proof == Campaign.Proof.AT_ONCE:
        signature.state, signature.counted_at = Signature.State.COUNTED, timezone.now()
        _tell_instead_of_asking(signature)
    else:
        signature.state = Signature.State.PENDING
    signature.save(update_fields=["state", "counted_at"])
    restate(signature, was)


def _tell_instead_of_asking(signature: Signature) -> None:
    asking = Letter.objects.unsent().filter(signature=signature, kind=Letter.Kind.CONFIRM)
    asking.update(dropped_at=Now(), reason="counted meanwhile")
    owe_to_owner(
        kind=Letter.Kind.RECEIPT, supporter_id=signature.supporter_id, signature_id=signature.pk
    )


def forget_used_challenges() -> None:
    """An expired challenge is refused without its row. Safe to call at any time."""
    UsedChallenge.objects.filter(expires_at__lt=datetime.now(UTC)).delete()


def _expiry(public: str) -> int:
    return int(public.rpartition(".")[2])


def _seal(public: str, campaign: Campaign, email: str) -> str:
    key = hmac.digest(settings.SECRET_KEY.encode(), b"challenges", hashlib.sha256)
    told = f"{public} {campaign.pk} {email_key(email)}"
    return hmac.new(key, told.encode(), hashlib.sha256).hexdigest()
