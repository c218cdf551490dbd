"""Confirming a signature, or disowning it: what the owner of a mailbox says by its link."""

from dataclasses import fields
from enum import StrEnum

from django.db import connection, transaction
from django.utils import timezone

from campaigns.models import ConsentNotice
from signatures.counting import restate, standing_of
from signatures.leaving import end_what_signature_began
from signatures.letters.owing import owe_to_owner
from signatures.models import ConsentEvent, Letter, Signature, Supporter, Suppression
from signatures.signing import Typed

State = Signature.State


class Confirmed(StrEnum):
    """What became of a confirmation. The first two look alike to its reader."""

    NOW = "now"
    BEFORE = "before"
    DISOWNED = "disowned"
    TOO_LATE = "too late"


# An existing subscription that its owner ended begins again only by an explicit yes: a notice that
# agrees by signing alone is no new choice of theirs.
_SUBSCRIBE = """
INSERT INTO signatures_subscription AS s (supporter_id, scope_id, signature_id)
SELECT %(supporter)s, ns.mailscope_id, %(signature)s
FROM campaigns_consentnotice_scopes ns WHERE ns.consentnotice_id = %(notice)s
ORDER BY ns.mailscope_id
ON CONFLICT (supporter_id, scope_id) DO UPDATE SET
    unsubscribed_at = NULL, subscribed_at = now(), signature_id = EXCLUDED.signature_id,
    asked_to_stay_at = NULL
WHERE s.unsubscribed_at IS NOT NULL AND %(explicit)s
"""


@transaction.atomic
def confirm(*, signature_id: int, typed: Typed, via: str = "confirm page") -> Confirmed | None:
    """The owner of the address signs, with the name, place and choice as they now stand.

    Counts the signature, records the consent, begins the subscriptions that were agreed to and
    owes the receipt. A second call is the same success and changes nothing. None when there is no
    such signature any more. `via` is the page where it was said.
    """
    signature = lock_signature(signature_id)
    if signature is None:
        return None
    if signature.state == State.REJECTED:
        return Confirmed.DISOWNED
    if signature.confirmed_at and signature.state == State.COUNTED:
        return Confirmed.BEFORE
    if not may_count(signature):
        return Confirmed.TOO_LATE
    was = standing_of(signature)
    _store(signature, typed)
    _remember_person(signature)
    _record_consent(signature, via)
    owe_to_owner(
        kind=Letter.Kind.RECEIPT, supporter_id=signature.supporter_id, signature_id=signature.pk
    )
    restate(signature, was)
    return Confirmed.NOW


def typed_in(signature: Signature) -> Typed:
    """What stands in a signature, as its owner would type it again."""
    return Typed(**{field.name: getattr(signature, field.name) for field in fields(Typed)})


def may_count(signature: Signature) -> bool:
    """Whether this signature counts already, or its campaign still takes its confirmation."""
    counts = signature.state == State.COUNTED
    return counts or signature.campaign.takes_confirmation_of(signature.created_at)


@transaction.atomic
def disown(*, signature_id: int) -> bool:
    """“Not me”: the signature goes, whatever its state, and its address is left in peace.

    Beats an earlier confirmation and every later one. Safe to call twice. False when there is no
    such signature.
    """
    signature = lock_signature(signature_id)
    if signature is None:
        return False
    Suppression.objects.suppress(
        signature.supporter.email_hash,
        Suppression.Reason.NOT_ME,
        campaign_id=signature.campaign_id,
    )
    if signature.state == State.REJECTED:
        return True
    was = standing_of(signature)
    signature.state = State.REJECTED
    signature.save(update_fields=["state"])
    end_what_signature_began(
        signature_id=signature.pk, supporter_id=signature.supporter_id, via="not-me page"
    )
    restate(signature, was)
    return True


def lock_signature(signature_id: int) -> Signature | None:
    """The signature, its person's row locked before its own, as signing and erasing have it.

    None when there is none any more, or its person is erased. For a transaction that is open.
    """
    owner = Signature.objects.filter(pk=signature_id).values("supporter_id")
    if not Supporter.objects.select_for_update(no_key=True).filter(pk__in=owner).first():
        return None
    return (
        Signature.objects.select_for_update(of=("self",), no_key=True)
        .select_related("supporter", "notice", "campaign")
        .filter(pk=signature_id, supporter__erased_at=None)
        .first()
    )


def _store(signature: Signature, typed: Typed) -> None:
    now = timezone.now()
    for field in fields(typed):
        setattr(signature, field.name, getattr(typed, field.name))
    if signature.state != State.COUNTED:
        signature.counted_at = now
    signature.state = State.COUNTED
    signature.confirmed_at = now
    signature.save()


def _remember_person(signature: Signature) -> None:
    """Name and place of a person are what they last confirmed; “not me” elsewhere is taken back,
    and a mailbox whose owner confirms is not full any more.

    What a campaign did not ask for stays as another one was told.
    """
    told = {
        field: value
        for field in ("name", "postal_code", "country")
        if (value := getattr(signature, field))
    }
    Supporter.objects.filter(pk=signature.supporter_id).update(
        **told, confirmed_at=signature.confirmed_at
    )
    reasons = Suppression.Reason
    Suppression.objects.filter(
        email_hash=bytes(signature.supporter.email_hash),
        reason__in=[reasons.NOT_ME, reasons.ERASED, reasons.SOFT_BOUNCE],
        lifted_at=None,
    ).update(lifted_at=signature.confirmed_at)


def _record_consent(signature: Signature, via: str) -> None:
    notice = signature.notice
    choices = ConsentEvent.Choice
    ConsentEvent.objects.create(
        supporter_id=signature.supporter_id,
        notice=notice,
        choice=choices.AGREED if signature.consents else choices.DECLINED,
        scope_ids=list(notice.scopes.order_by("pk").values_list("pk", flat=True)),
        via=via[:40],
    )
    if signature.consents:
        with connection.cursor() as cursor:
            cursor.execute(
                _SUBSCRIBE,
                {
                    "supporter": signature.supporter_id,
                    "signature": signature.pk,
                    "notice": notice.pk,
                    "explicit": notice.kind != ConsentNotice.Kind.IMPLICIT,
                },
            )
