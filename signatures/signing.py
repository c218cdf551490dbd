"""Signing: one transaction, PostgreSQL alone, the constraint decides.

What the visitor sees is the same for a new, repeated, pending, suppressed or withdrawn address;
what differs is the letter that the owner of the address gets.
"""

from dataclasses import dataclass

from django.db import connection, transaction

from campaigns.models import Campaign, ConsentNotice, Statement
from signatures.addresses import email_hash, email_key
from signatures.counting import move
from signatures.models import Letter, Signature
from signatures.owing import owe_on_request


@dataclass(frozen=True, kw_only=True, slots=True)
class Typed:
    """What a signer typed, cleaned."""

    name: str
    postal_code: str = ""
    country: str = ""
    comment: str = ""
    consents: bool


# The lock makes what one address asks for wait its turn, so that the limits of its letters hold
# however many ask at once. It is one person's row: signers of a campaign do not share it.
_FIND_SUPPORTER = "SELECT id FROM signatures_supporter WHERE email_key = %s FOR NO KEY UPDATE"

_CREATE_SUPPORTER = """
INSERT INTO signatures_supporter (email, email_key, email_hash, name, postal_code, country)
VALUES (%s, %s, %s, '', '', '')
ON CONFLICT (email_key) DO NOTHING RETURNING id
"""

_CREATE_SIGNATURE = """
INSERT INTO signatures_signature (
    campaign_id, supporter_id, statement_id, notice_id, consents, name, postal_code, country,
    comment, referrer_code, state, counted_at
)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, CASE WHEN %s THEN now() END)
ON CONFLICT (campaign_id, supporter_id) DO NOTHING RETURNING id, created_at
"""

_FIND_SIGNATURE = """
SELECT id, state FROM signatures_signature WHERE campaign_id = %s AND supporter_id = %s
"""

# What somebody who types an address again is owed, by the state of the signature that exists.
_LETTER_ON_REPEAT = {
    Signature.State.PENDING: Letter.Kind.CONFIRM,
    Signature.State.WITHDRAWN: Letter.Kind.CONFIRM,
    Signature.State.COUNTED: Letter.Kind.ALREADY_SIGNED,
}


@transaction.atomic
def sign(
    *,
    campaign: Campaign,
    statement: Statement,
    notice: ConsentNotice,
    email: str,
    typed: Typed,
    referrer_code: str = "",
) -> None:
    """Record that the owner of `email` is said to sign, and owe them the letter that asks or tells.

    `statement` and `notice` are the versions that were shown. `email` is a clean address. A repeat
    changes nothing that stands: not the name, not a subscription, not a withdrawal. Safe to call
    any number of times at once: the constraint lets one row in.
    """
    supporter_id = _find_or_create_supporter(email)
    at_once = campaign.proof == Campaign.Proof.AT_ONCE
    with connection.cursor() as cursor:
        cursor.execute(
            _CREATE_SIGNATURE,
            [
                campaign.pk,
                supporter_id,
                statement.pk,
                notice.pk,
                typed.consents,
                typed.name,
                typed.postal_code,
                typed.country,
                typed.comment,
                referrer_code[:64],
                Signature.State.COUNTED if at_once else Signature.State.PENDING,
                at_once,
            ],
        )
        created = cursor.fetchone()
    if created is None:
        _answer_repeat(campaign.pk, supporter_id)
        return
    signature_id, now = created
    statement.freeze()
    notice.freeze()
    kind = Letter.Kind.RECEIPT if at_once else Letter.Kind.CONFIRM
    owe_on_request(kind=kind, supporter_id=supporter_id, signature_id=signature_id)
    if at_once:
        move(campaign_id=campaign.pk, on=now, counted=1, opted_in=int(typed.consents))
    else:
        move(campaign_id=campaign.pk, on=now, pending=1)


@transaction.atomic
def send_link_again(*, campaign: Campaign, email: str) -> None:
    """Owe the letter about an existing signature once more, within the limits; else do nothing."""
    with connection.cursor() as cursor:
        cursor.execute(_FIND_SUPPORTER, [email_key(email)])
        found = cursor.fetchone()
    if found:
        _answer_repeat(campaign.pk, found[0])


def _find_or_create_supporter(email: str) -> int:
    key = email_key(email)
    with connection.cursor() as cursor:
        cursor.execute(_FIND_SUPPORTER, [key])
        found = cursor.fetchone()
        if found is None:
            cursor.execute(_CREATE_SUPPORTER, [email, key, email_hash(key)])
            found = cursor.fetchone()
        if found is None:  # somebody else inserted it between the two statements
            cursor.execute(_FIND_SUPPORTER, [key])
            found = cursor.fetchone()
    return found[0]


def _answer_repeat(campaign_id: int, supporter_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_FIND_SIGNATURE, [campaign_id, supporter_id])
        found = cursor.fetchone()
    if found and (kind := _LETTER_ON_REPEAT.get(found[1])):
        owe_on_request(kind=kind, supporter_id=supporter_id, signature_id=found[0])
