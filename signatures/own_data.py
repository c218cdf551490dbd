"""A person's own data: the link to it, all that is held, and the changes that its owner makes.

What other apps hold about a person they tell here: `register()` a section in `ready()`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from campaigns.models import MailScope
from signatures.addresses import email_key
from signatures.confirming import lock_signature
from signatures.letters.owing import MINUTES_BETWEEN
from signatures.models import (
    CampaignMute,
    ConsentEvent,
    Letter,
    Signature,
    Supporter,
    Suppression,
)
from signatures.models.signature import SignatureQuerySet

# Newest first; nobody reads further, and the download has them all up to here.
MOST_ROWS = 500

OF_THE_PERSON = ("name", "postal_code", "country")
CORRECTABLE = (*OF_THE_PERSON, "comment", "shows_name", "answers")

Rows = list[dict[str, Any]]

# One link in ten minutes, and a place among the ten letters of a day, as for every letter that
# anybody can ask for by typing an address. It hangs on the newest signature, whose language it
# speaks.
_OWE_LINK = """
INSERT INTO signatures_letter (kind, supporter_id, signature_id, attempts, reason)
SELECT 'data_link', p.id, s.id, 0, ''
FROM signatures_supporter p
CROSS JOIN LATERAL (
    SELECT id FROM signatures_signature WHERE supporter_id = p.id ORDER BY id DESC LIMIT 1
) s
WHERE p.id = %(supporter)s AND NOT EXISTS (
    SELECT 1 FROM signatures_letter l WHERE l.supporter_id = p.id AND l.kind = 'data_link'
        AND l.created_at > statement_timestamp() - make_interval(mins => %(minutes)s)
)
ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True)
class Section:
    """One part of what is held about a person.

    `key` names it in the download, `rows` gives plain values by name: texts, numbers, dates.
    """

    key: str
    title: Any
    rows: Callable[[Supporter], Rows]


_sections: list[Section] = []


def register(section: Section) -> None:
    """Add what an app holds about a person. Safe to call twice."""
    if section not in _sections:
        _sections.append(section)


def sections_of(supporter: Supporter) -> Iterator[tuple[Section, Rows]]:
    """What apps that joined hold about this person."""
    for section in _sections:
        yield section, section.rows(supporter)


@transaction.atomic
def owe_link(*, email: str) -> None:
    """Owe the owner of this address the link to their data, if there is any, within the limits."""
    # In a statement of its own: the next one sees what those did who had the row before.
    locked = Supporter.objects.select_for_update(no_key=True)
    supporter = locked.filter(email_key=email_key(email), erased_at=None).first()
    if supporter is None:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            _OWE_LINK,
            {"supporter": supporter.pk, "minutes": MINUTES_BETWEEN},
        )


def signatures_of(supporter: Supporter) -> SignatureQuerySet:
    """Every signature of this person, newest first, with the texts that were shown."""
    return (
        Signature.objects.filter(supporter=supporter)
        .select_related("campaign__organization", "statement", "notice")
        .order_by("-pk")
    )


def everything_about(supporter: Supporter) -> dict[str, Any]:
    """All that is held about a person, as JSON can say it; dates are datetimes in UTC."""
    signatures = signatures_of(supporter).with_disowned()
    return {
        "person": {
            "email": supporter.email,
            "name": supporter.name,
            "postal_code": supporter.postal_code,
            "country": supporter.country,
            "known_since": supporter.created_at,
            "confirmed_at": supporter.confirmed_at,
        },
        "signatures": [
            _signature(one)
            for one in signatures.prefetch_related("campaign__custom_fields")[:MOST_ROWS]
        ],
        **mail_of(supporter),
        **{section.key: rows for section, rows in sections_of(supporter)},
    }


def mail_of(supporter: Supporter) -> dict[str, Any]:
    """What is held about mail to a person, shaped as in `everything_about()`."""
    scopes = {scope.pk: str(scope) for scope in MailScope.objects.select_related("organization")}
    return {
        "consents": _consents(supporter, scopes),
        "subscriptions": [
            {
                "kind_of_mail": scopes.get(one.scope_id, ""),
                "since": one.subscribed_at,
                "ended_at": one.unsubscribed_at,
            }
            for one in supporter.subscriptions.order_by("-subscribed_at")
        ],
        "muted_campaigns": [
            {"campaign": mute.campaign.headline, "since": mute.muted_at}
            for mute in CampaignMute.objects.filter(supporter=supporter).select_related("campaign")
        ],
        "letters": _letters(supporter),
        "blocks": _blocks(supporter),
    }


def _consents(supporter: Supporter, scopes: dict[int, str]) -> list[dict[str, Any]]:
    """Every yes and no, the newest first, with the words that were agreed to."""
    events = ConsentEvent.objects.filter(supporter=supporter).select_related("notice")
    return [
        {
            "at": event.at,
            "choice": event.choice,
            "meaning": str(event.get_choice_display()),
            "kinds_of_mail": [scopes.get(pk, str(pk)) for pk in event.scope_ids],
            "notice": event.notice.text if event.notice else "",
            "said_on": event.via,
        }
        for event in events.order_by("-at")[:MOST_ROWS]
    ]


def _letters(supporter: Supporter) -> list[dict[str, Any]]:
    """What was written to them about their signatures, the newest first."""
    letters = Letter.objects.filter(supporter=supporter).select_related("signature__campaign")
    return [
        {
            "kind": letter.kind,
            "meaning": str(letter.get_kind_display()),
            "about": letter.signature.campaign.headline,
            "asked_for_at": letter.created_at,
            "sent_at": letter.sent_at,
        }
        for letter in letters.order_by("-created_at")[:MOST_ROWS]
    ]


def _blocks(supporter: Supporter) -> list[dict[str, Any]]:
    """Why nothing is written to this address, or was not for a time."""
    return [
        {
            "reason": block.reason,
            "meaning": str(block.get_reason_display()),
            "since": block.created_at,
            "lifted_at": block.lifted_at,
        }
        for block in Suppression.objects.filter(email_hash=bytes(supporter.email_hash))
    ]


@transaction.atomic
def correct(*, signature_id: int, supporter_id: int, texts: dict[str, Any]) -> bool:
    """What the owner of a signature says of themselves from now on, there and as a person.

    `texts` has clean values for some of the fields in `CORRECTABLE`. Neither state nor consent
    changes. False when the signature is not theirs, or they are erased.
    """
    if not _lock_own(signature_id, supporter_id):
        return False
    said = {field: texts[field] for field in CORRECTABLE if field in texts}
    Signature.objects.filter(pk=signature_id).update(**said)
    person = {field: texts[field] for field in OF_THE_PERSON if field in texts}
    Supporter.objects.filter(pk=supporter_id, confirmed_at__isnull=False).update(**person)
    return True


@transaction.atomic
def hide(*, signature_id: int, supporter_id: int) -> bool:
    """Show neither name nor place nor comment of this signature. False as for `correct()`."""
    if not _lock_own(signature_id, supporter_id):
        return False
    Signature.objects.filter(pk=signature_id).update(shows_name=False)
    return True


def _lock_own(signature_id: int, supporter_id: int) -> bool:
    signature = lock_signature(signature_id)
    return signature is not None and signature.supporter_id == supporter_id


def _signature(signature: Signature) -> dict[str, Any]:
    return {
        "campaign": signature.campaign.headline,
        "organization": signature.campaign.organization.name,
        "page": signature.campaign.public_url,
        "statement": signature.statement.text,
        "notice": signature.notice.text,
        "agreed_to_notice": signature.consents,
        "state": signature.state,
        "meaning": signature.state_in_full,
        "name": signature.name,
        "postal_code": signature.postal_code,
        "country": signature.country,
        "comment": signature.comment,
        "answers": [
            {"question": question, "answer": answer} for question, answer in signature.answered()
        ],
        "name_is_shown": signature.shows_name,
        "source": signature.referrer_code,
        "mailing": signature.mailing_number,
        "from_a_shared_link": signature.sharer_id is not None,
        "signed_at": signature.created_at,
        "confirmed_at": signature.confirmed_at,
        "counted_at": signature.counted_at,
    }
