"""What a letter says. It holds nothing that a visitor typed: a name is a slot for a spammer's text.

A letter of one kind about one campaign differs between two people only in its links, so it is
compiled once and filled per person, as a mailing is.
"""

from collections.abc import Collection
from typing import Any

import css_inline
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from campaigns.editions import edition_in
from campaigns.models import Campaign
from postroom.headers import mailbox
from postroom.messages import (
    bounce_address,
    date_text,
    letter_headers,
    message_key,
    unsubscribe_headers,
)
from postroom.skeleton import Placeholders, Skeleton, compile_skeleton, without_holes
from postroom.transport import Envelope
from signatures import links
from signatures.models import DataAccess, Letter
from signatures.sharing import share_code


class LetterPress:
    """Compiles letters and keeps them, one for each kind and text of a campaign. For one thread."""

    KEEP = 200

    def __init__(self) -> None:
        self._compiled: dict[tuple, Skeleton] = {}

    def write(self, letter: Letter) -> tuple[Envelope, bytes]:
        """The envelope and the finished message of `letter`.

        It speaks the language of the statement that was signed. Signature, statement, campaign,
        organization and supporter should be loaded. Raises
        postroom.skeleton.SkeletonError or postroom.headers.BadHeader when the address or the
        organization's own texts cannot stand in a message.
        """
        signature, supporter = letter.signature, letter.supporter
        campaign = edition_in(signature.campaign, signature.statement.language)
        values = _values(letter)
        standing = {
            "asks_to_confirm": signature.confirmed_at is None,
            "asks_to_share": letter.kind in _ASK_TO_SHARE and campaign.is_open,
        }
        skeleton = self._skeleton(letter.kind, campaign, standing, frozenset(values))
        sender = campaign.organization.sender[1]
        if settings.INBOUND_URL:
            # Where bounces can come in, each tells which letter it is of.
            sender = bounce_address(values["key"], settings.MAIL_DOMAIN)
        return Envelope(sender, supporter.email), skeleton.fill(values)

    def _skeleton(
        self, kind: str, campaign: Campaign, standing: dict[str, bool], holes: frozenset[str]
    ) -> Skeleton:
        organization = campaign.organization
        key = (
            kind,
            *standing.values(),
            campaign.pk,
            campaign.edition,
            campaign.updated_at,
            tuple(organization.__dict__[field.attname] for field in organization._meta.fields),
        )
        if key not in self._compiled:
            if len(self._compiled) >= self.KEEP:
                self._compiled.clear()
            self._compiled[key] = compile_letter(kind, campaign, holes, **standing)
        return self._compiled[key]


def _values(letter: Letter) -> dict[str, str]:
    """What differs between two people's copies of a letter: address, date and links.

    A link to somebody's data is made anew for each try to send it: it is stored as a hash alone, so
    an earlier one cannot be written again.
    """
    signature, supporter = letter.signature, letter.supporter
    common = {
        "to": supporter.email,
        "date": date_text(timezone.now()),
        "key": message_key("l", letter.pk),
    }
    if letter.kind == Letter.Kind.DATA_LINK:
        return common | {"data_token": DataAccess.objects.issue(supporter.pk)}
    return (
        common
        | {
            "confirm_token": links.confirm_token(signature_id=signature.pk),
            "not_me_token": links.not_me_token(signature_id=signature.pk),
            "withdraw_token": links.withdraw_token(signature_id=signature.pk),
            "preferences_token": links.preferences_token(
                supporter_id=supporter.pk, organization_id=signature.campaign.organization_id
            ),
            "share_code": share_code(signature.pk),
        }
        | (_values_to_stay(letter) if letter.kind == Letter.Kind.STAY else {})
    )


def _values_to_stay(letter: Letter) -> dict[str, str]:
    """What a letter about bulk mail has beside the others: it must offer to end that mail."""
    person = {
        "supporter_id": letter.supporter_id,
        "organization_id": letter.signature.campaign.organization_id,
    }
    return {
        "stay_token": links.stay_token(**person),
        "unsubscribe_token": links.unsubscribe_token(**person, campaign_id=None, mailing_id=0),
    }


# They are told whether the petition can still be passed on.
_ASK_TO_SHARE = (Letter.Kind.RECEIPT, Letter.Kind.ALREADY_SIGNED)

# Which hole of a letter each link is filled from.
_LINKS = {
    "confirm_url": (links.CONFIRM, "confirm_token"),
    "not_me_url": (links.NOT_ME, "not_me_token"),
    "withdraw_url": (links.WITHDRAW, "withdraw_token"),
    "preferences_url": (links.PREFERENCES, "preferences_token"),
    "data_url": (links.OWN_DATA, "data_token"),
    "stay_url": (links.STAY, "stay_token"),
    "unsubscribe_url": (links.UNSUBSCRIBE, "unsubscribe_token"),
}


def compile_letter(
    kind: str,
    campaign: Campaign,
    holes: Collection[str],
    *,
    asks_to_confirm: bool,
    asks_to_share: bool,
) -> Skeleton:
    """The letter of one kind about a campaign, with holes for address, date and links.

    `asks_to_confirm`: the signature is not yet confirmed, so the letter carries the link that does.
    `asks_to_share`: the petition takes signatures, so the letter asks to pass it on.
    `holes` are the names that are filled for each person.
    """
    placeholders = Placeholders()
    standing = {"asks_to_confirm": asks_to_confirm, "asks_to_share": asks_to_share}
    context = _context_of(campaign, placeholders) | standing
    template = f"signatures/letters/{kind}"
    with translation.override(campaign.language):
        subject = render_to_string(f"{template}_subject.txt", context).strip()
        text = render_to_string(f"{template}.txt", context)
        html = css_inline.inline(render_to_string(f"{template}.html", context), keep_at_rules=True)
    name, address = campaign.organization.sender
    return compile_skeleton(
        sender=mailbox(name, address),
        subject=without_holes(subject),
        headers=_headers_of(kind, campaign),
        text=placeholders.settle(text),
        html=placeholders.settle(html),
        holes=holes,
    )


def _context_of(campaign: Campaign, placeholders: Placeholders) -> dict[str, Any]:
    """What the templates of every letter read."""
    return {
        "organization": campaign.organization,
        "campaign": campaign,
        "campaign_url": campaign.public_url,
        "share_url": f"{campaign.public_url}?s={placeholders['share_code']}&source=share-letter",
        "own_data_url": settings.SITE_URL + reverse("own-data"),
        "keep_days": settings.KEEP_UNCONFIRMED_DAYS,
        "site_url": settings.SITE_URL,
        **{
            name: links.full_address(purpose, placeholders[hole])
            for name, (purpose, hole) in _LINKS.items()
        },
    }


def _headers_of(kind: str, campaign: Campaign) -> dict[str, str]:
    headers = letter_headers(
        to="[[to]]",
        key="[[key]]",
        domain=settings.MAIL_DOMAIN,
        date="[[date]]",
        language=campaign.language,
        reply_to=campaign.organization.reply_to,
    )
    if kind == Letter.Kind.STAY:
        url = links.full_address(links.UNSUBSCRIBE, "[[unsubscribe_token]]")
        headers |= unsubscribe_headers(url)
    return headers
