"""Confirming a signature, or disowning it: what the owner of a mailbox says by its link."""

from enum import StrEnum

from django.db import connection, transaction
from django.utils import timezone

from campaigns.models import ConsentNotice
from signatures.counting import move
from signatures.leaving import end_what_signature_began
from signatures.models import ConsentEvent, Letter, Signature, Supporter, Suppression
from signatures.owing import owe_to_owner
from signatures.signing import Typed

State = Signature.State


class Confirmed(StrEnum):
    """What became of a confirmation. The first two look alike to its reader."""

    NOW = "now"
    BEFORE = "before"
    DISOWNED = "disowned"


# An existing subscription that its owner ended begins again only by an explicit yes: a notice that
# agrees by signing alone is no new choice of theirs.
_SUBSCRIBE = """
INSERT INTO signatures_subscription AS s (supporter_id, scope_id, signature_id)
SELECT %(supporter)s, ns.mailscope_id, %(signature)s
FROM campaigns_consentnotice_scopes ns WHERE ns.consentnotice_id = %(notice)s
ORDER BY ns.mailscope_id
ON CONFLICT (supporter_id, scope_id) DO UPDATE SET
    unsubscribed_at = NULL, subscribed_at = now(), signature_id = EXCLUDED.signature_id
WHERE s.unsubscribed_at IS NOT NULL AND %(explicit)s
"""


@transaction.atomic
def confirm(*, signature_id: int, typed: Typed) -> Confirmed | None:
    """The owner of the address signs, with the name, place and choice as they now stand.

    Counts the signature, records the consent, begins the subscriptions that were agreed to and
    owes the receipt. A second call is the same success and changes nothing. None when there is no
    such signature any more.
    """
    signature = _lock(signature_id)
    if signature is None:
        return None
    if signature.state == State.REJECTED:
        return Confirmed.DISOWNED
    if signature.confirmed_at and signature.state == State.COUNTED:
        return Confirmed.BEFORE
    was_counted, had_opted_in = signature.state == State.COUNTED, signature.consents
    was_pending = signature.state == State.PENDING
    _store(signature, typed)
    _remember_person(signature)
    _record_consent(signature)
    owe_to_owner(
        kind=Letter.Kind.RECEIPT, supporter_id=signature.supporter_id, signature_id=signature.pk
    )
    if was_pending:
        move(campaign_id=signature.campaign_id, on=signature.created_at, pending=-1)
    move(
        campaign_id=signature.campaign_id,
        on=signature.counted_at or signature.created_at,
        counted=0 if was_counted else 1,
        opted_in=int(signature.consents) - int(was_counted and had_opted_in),
    )
    return Confirmed.NOW


@transaction.atomic
def disown(*, signature_id: int) -> bool:
    """“Not me”: the signature goes, whatever its state, and its address is left in peace.

    Beats an earlier confirmation and every later one. Safe to call twice. False when there is no
    such signature.
    """
    signature = _lock(signature_id)
    if signature is None:
        return False
    Suppression.objects.suppress(
        signature.supporter.email_hash,
        Suppression.Reason.NOT_ME,
        campaign_id=signature.campaign_id,
    )
    if signature.state == State.REJECTED:
        return True
    Signature.objects.filter(pk=signature.pk).update(state=State.REJECTED)
    end_what_signature_began(signature_id=signature.pk, supporter_id=signature.supporter_id)
    if signature.state == State.PENDING:
        move(campaign_id=signature.campaign_id, on=signature.created_at, pending=-1)
    elif signature.state == State.COUNTED:
        move(
            campaign_id=signature.campaign_id,
            on=signature.counted_at or signature.created_at,
            counted=-1,
            opted_in=-int(signature.consents),
        )
    return True


def _lock(signature_id: int) -> Signature | None:
    return (
        Signature.objects.select_for_update(of=("self",))
        .select_related("supporter", "notice")
        .filter(pk=signature_id)
        .first()
    )


def _store(signature: Signature, typed: Typed) -> None:
    now = timezone.now()
    for field in ("name", "postal_code", "country", "comment", "consents"):
        setattr(signature, field, getattr(typed, field))
    if signature.state != State.COUNTED:
        signature.counted_at = now
    signature.state = State.COUNTED
    signature.confirmed_at = now
    signature.save()


def _remember_person(signature: Signature) -> None:
    """Name and place of a person are what they last confirmed; “not me” elsewhere is taken back."""
    Supporter.objects.filter(pk=signature.supporter_id).update(
        name=signature.name,
        postal_code=signature.postal_code,
        country=signature.country,
        confirmed_at=signature.confirmed_at,
    )
    reasons = Suppression.Reason
    Suppression.objects.filter(
        email_hash=bytes(signature.supporter.email_hash),
        reason__in=[reasons.NOT_ME, reasons.ERASED],
        lifted_at=None,
    ).update(lifted_at=signature.confirmed_at)


def _record_consent(signature: Signature) -> None:
    notice = signature.notice
    choices = ConsentEvent.Choice
    ConsentEvent.objects.create(
        supporter_id=signature.supporter_id,
        notice=notice,
        choice=choices.AGREED if signature.consents else choices.DECLINED,
        scope_ids=list(notice.scopes.order_by("pk").values_list("pk", flat=True)),
        via="confirm page",
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
