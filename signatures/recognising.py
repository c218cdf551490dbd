"""Recognised supporters: whoever comes from a mail of ours signs with one button.

Their address is proven by the link, so the signature counts at once, and a receipt tells the owner
of the mailbox, with “not me” in it.
"""

from collections.abc import Callable

from django.db import transaction

from campaigns.models import Campaign, ConsentNotice, Statement
from signatures.confirming import Confirmed, confirm
from signatures.counting import move
from signatures.models import Signature, Supporter, Suppression
from signatures.signing import Typed, Visit


def recognise(*, supporter_id: int, campaign: Campaign) -> Supporter | None:
    """The person whom the page of this campaign may greet by name.

    None for anybody erased or blocked, for who never confirmed a signature with this organization,
    and for who disowned this very campaign: they see the page that everybody sees.
    """
    supporter = Supporter.objects.filter(
        pk=supporter_id, erased_at=None, confirmed_at__isnull=False
    ).first()
    if supporter is None:
        return None
    blocks = Suppression.objects.filter(email_hash=bytes(supporter.email_hash))
    disowned = blocks.filter(reason=Suppression.Reason.NOT_ME, campaign_id=campaign.pk)
    if blocks.filter(lifted_at=None).exists() or disowned.exists():
        return None
    signed = Signature.objects.filter(supporter=supporter)
    if signed.filter(campaign_id=campaign.pk, state=Signature.State.REJECTED).exists():
        return None
    known = signed.filter(
        campaign__organization_id=campaign.organization_id, confirmed_at__isnull=False
    )
    return supporter if known.exists() else None


_visit_counters: list[Callable[[int, int], None]] = []


def register(counter: Callable[[int, int], None]) -> None:
    """Add a function that is told the number of a mailing, and the supporter who comes by its link.

    Safe to call twice.
    """
    if counter not in _visit_counters:
        _visit_counters.append(counter)


def note_visit(mailing_id: int, supporter_id: int) -> None:
    """Tell whoever counts visits that this person has come by a link of this mailing."""
    for counter in _visit_counters:
        counter(mailing_id, supporter_id)


@transaction.atomic
def sign_recognised(
    *,
    supporter: Supporter,
    campaign: Campaign,
    statement: Statement,
    notice: ConsentNotice,
    typed: Typed,
    visit: Visit,
) -> bool:
    """Count the signature of a recognised supporter, as the page that was shown to them says.

    Records the consent, begins the subscriptions that were agreed to and owes the receipt; a
    signature that waited or was withdrawn counts from now on. A second call is the same success.
    False when it cannot count, and then nothing is changed: disowned or erased meanwhile, or the
    campaign has closed.
    """
    Supporter.objects.select_for_update(no_key=True).get(pk=supporter.pk)
    brought = {
        "mailing_number": visit.mailing_number,
        "referrer_code": visit.referrer_code[:64],
        "sharer_id": visit.sharer_id,
    }
    shown = {"statement_id": statement.pk, "notice_id": notice.pk}
    signature, is_new = Signature.objects.get_or_create(
        campaign_id=campaign.pk,
        supporter=supporter,
        defaults={"name": typed.name, "consents": typed.consents, **shown, **brought},
    )
    if is_new:
        signature.refresh_from_db(fields=["created_at"])
        move(campaign_id=campaign.pk, on=signature.created_at, pending=1)
        statement.freeze()
        notice.freeze()
    elif signature.state in _UNSETTLED:
        Signature.objects.filter(pk=signature.pk).update(**shown)
    via = f"recognised, mailing {visit.mailing_number}" if visit.mailing_number else "recognised"
    done = confirm(signature_id=signature.pk, typed=typed, via=via)
    counts = done in (Confirmed.NOW, Confirmed.BEFORE)
    if not counts:
        transaction.set_rollback(True)
    return counts


_UNSETTLED = (Signature.State.PENDING, Signature.State.HELD, Signature.State.WITHDRAWN)
