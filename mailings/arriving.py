"""Mail that comes in: stored as it came, read afterwards, and never answered.

Whatever door it came by (a mail server's pipe, a mailbox, a provider), `take_in()` has it on disk
before anybody says that it was received. The `tx` worker reads what is stored.
"""

import hashlib
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import DataError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from campaigns.models import Organization
from mailings.events import store
from mailings.models import ArrivedMail, Mailing, Reply
from postroom.events import Event
from postroom.inbound import MOST_BYTES, Arrival, ArrivalKind, sort
from postroom.messages import MessageKey
from signatures.addresses import clean_address, email_key
from signatures.leaving import by_mail_to_us, unsubscribe
from signatures.models import Letter, Supporter


def take_in(*, raw: bytes, recipient: str = "") -> None:
    """Store a mail, of a long one its first megabyte. Safe to call twice with the same mail."""
    digest = hashlib.sha256(recipient.encode("utf-8", "replace") + b"\0" + raw).digest()
    kept = ArrivedMail(digest=digest, recipient=recipient[:320], raw=raw[:MOST_BYTES])
    ArrivedMail.objects.bulk_create([kept], ignore_conflicts=True)


def read_waiting() -> bool:
    """Read one mail that waits, and do what it asks for. False when none waits.

    Any number of workers may read at once: each takes another mail.
    """
    with transaction.atomic():
        waiting = ArrivedMail.objects.filter(read_at=None).order_by("pk")
        mail = waiting.select_for_update(skip_locked=True).first()
        if mail is None:
            return False
        arrival = sort(bytes(mail.raw), recipient=mail.recipient)
        whom = _who_got(arrival.key)
        mail.kind, mail.read_at = _taken_effect(mail, arrival, whom), timezone.now()
        mail.supporter_number = _about_whom(arrival, whom)
        mail.save(update_fields=["kind", "read_at", "supporter_number"])
    return True


def _who_got(key: MessageKey | None) -> tuple[int, int] | None:
    """(supporter, organization) of the message with this key; None for a message we do not know."""
    if key is None:
        return None
    if key.kind == "m":
        mailing, supporter = key.ids
        sent = Mailing.objects.filter(pk=mailing, recipients__supporter_id=supporter)
        organization = sent.values_list("organization_id", flat=True).first()
        return (supporter, organization) if organization else None
    letters = Letter.objects.filter(pk=key.ids[0])
    return letters.values_list("supporter_id", "signature__campaign__organization_id").first()


def _taken_effect(mail: ArrivedMail, arrival: Arrival, whom: tuple[int, int] | None) -> ArrivalKind:
    """Do what a mail asks for; what it is. One that cannot be stored keeps no other one waiting."""
    try:
        with transaction.atomic():
            _act_on(mail, arrival, whom)
    except (DataError, ValueError):
        return ArrivalKind.UNREADABLE
    return arrival.kind


def _act_on(mail: ArrivedMail, arrival: Arrival, whom: tuple[int, int] | None) -> None:
    match arrival.kind:
        case ArrivalKind.BOUNCE | ArrivalKind.COMPLAINT if arrival.event:
            store([_event(mail, arrival)])
        case ArrivalKind.UNSUBSCRIBE if whom:
            via = by_mail_to_us(_mailing_of(arrival.key))
            unsubscribe(supporter_id=whom[0], organization_id=whom[1], via=via)
        case ArrivalKind.REPLY:
            _keep_reply(mail, arrival)


def _mailing_of(key: MessageKey | None) -> int | None:
    """The number of the mailing that it is about; None for a letter, or what is none of ours."""
    return key.ids[0] if key and key.kind == "m" else None


def _about_whom(arrival: Arrival, whom: tuple[int, int] | None) -> int | None:
    """With whom a mail is to go: who got what it is about, or who it says that it is from."""
    if whom := whom or _who_got(arrival.answers):
        return whom[0]
    return _people_at(arrival.sender).values_list("pk", flat=True).first()


def _likely_for(sender: str) -> int | None:
    """The one organization that whoever is named as sender has to do with, or the only one here.

    None where there are several: a reply is shown to nobody whose supporter that might not be.
    """
    people = _people_at(sender)
    signed = Organization.objects.filter(campaigns__signatures__supporter__in=people)
    mailed = Organization.objects.filter(scopes__subscriptions__supporter__in=people)
    for likely in (signed.union(mailed), Organization.objects.all()):
        found = list(likely.values_list("pk", flat=True)[:2])
        if len(found) == 1:
            return found[0]
        if found:
            break
    return None


def _people_at(sender: str) -> QuerySet[Supporter]:
    """The supporter with this address; nobody for what is no address."""
    try:
        key = email_key(clean_address(sender))
    except ValidationError:
        return Supporter.objects.none()
    return Supporter.objects.filter(email_key=key)


def _event(mail: ArrivedMail, arrival: Arrival) -> Event:
    assert arrival.event
    return Event(
        provider="mail",
        identity=bytes(mail.digest).hex(),
        kind=arrival.event,
        key=arrival.key,
        happened_at=mail.arrived_at,
        status=arrival.status,
    )


def _keep_reply(mail: ArrivedMail, arrival: Arrival) -> None:
    """For whoever wrote the mail that is answered, so that they see whom they hear from.

    Where it names no mail of ours it is shown to whom it is likely for, and is nobody's: anybody
    can write in another's name.
    """
    supporter, organization = _who_got(arrival.answers) or (None, _likely_for(arrival.sender))
    known = Supporter.objects.filter(pk=supporter or 0, erased_at=None).exists()
    Reply.objects.create(
        arrived=mail,
        organization_id=organization,
        supporter_id=supporter if known else None,
        mailing_number=_mailing_of(arrival.answers),
        sender=arrival.sender,
        subject=arrival.subject,
        text=arrival.text,
        arrived_at=mail.arrived_at,
    )


def forget_person(supporter_id: int) -> None:
    """Delete what came from a person or about them. Part of an erasure."""
    ArrivedMail.objects.filter(supporter_number=supporter_id).delete()
    address = Supporter.objects.filter(pk=supporter_id).values_list("email", flat=True).first()
    if address:
        ArrivedMail.objects.filter(reply__sender__iexact=address).delete()


def forget_old(*, days: int) -> None:
    """Delete mail that was read and came more than so many days ago, replies with it."""
    old = timezone.now() - timedelta(days=days)
    ArrivedMail.objects.filter(arrived_at__lt=old).exclude(read_at=None).delete()
