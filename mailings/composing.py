"""What a mailing says, compiled once: templates, inlined styles, a text part, a skeleton.

A draft is compiled whenever somebody looks at it or acts on it, so that its digest stands for what
it would say now; a proof stands for one digest. What is scheduled is stored and compiled no more.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import css_inline
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from campaigns.checking import check_update
from campaigns.models import Organization, Update
from campaigns.text.footnotes import Note
from campaigns.text.rendering import render_mail, render_plain
from mailings.models import Mailing, MailingContent, content_digest
from postroom.addresses import BadAddress
from postroom.headers import BadHeader, mailbox
from postroom.messages import (
    bounce_address,
    bulk_headers,
    date_text,
    feedback_id,
    list_id,
    message_key,
    reply_address,
    unsubscribe_address,
)
from postroom.skeleton import (
    Placeholders,
    Skeleton,
    SkeletonError,
    compile_skeleton,
    without_holes,
)
from postroom.transport import Envelope
from signatures import links

HOLES = {
    "to",
    "date",
    "key",
    "signed_campaign",
    "signed_on",
    "unsubscribe_token",
    "preferences_token",
}
# The rules for dark mode and for narrow screens cannot be inlined and stay in a style sheet.
_inliner = css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)


class CannotBeSent(Exception):
    """The mailing lacks something; `reasons` says what, in sentences for the person who sends."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = reasons


@dataclass(frozen=True)
class MailText:
    """The body of one update: HTML, its numbered sources, and plain text without them."""

    html: SafeString
    notes: tuple[Note, ...]
    text: str


@dataclass(frozen=True)
class Reader:
    """Who one copy goes to, and the signature that is the reason for it."""

    supporter: int
    address: str
    signed_campaign: str
    signed_at: datetime


def missing(mailing: Mailing) -> list[str]:
    """What keeps the mailing from being sent, as sentences; empty when nothing does."""
    organization = mailing.organization
    updates = list(mailing.updates.all())
    reasons = []
    if not organization.postal_address.strip():
        reasons.append(
            _("%(organization)s has no postal address; the law asks for one in every mail.")
            % {"organization": organization}
        )
    if not updates:
        reasons.append(_("Choose the update that it is about."))
    if any(update.published_at is None for update in updates):
        reasons.append(_("Publish the update first: the mail leads its readers there."))
    reasons += [finding.text for update in updates for finding in check_update(update)]
    if mailing.scope.organization_id != mailing.organization_id:
        reasons.append(_("The kind of mail belongs to another organization."))
    return reasons


def compile_content(mailing: Mailing) -> MailingContent:
    """What the mailing says: of a draft compiled now and not stored, later the stored content.

    Raises CannotBeSent.
    """
    if not mailing.is_editable:
        return mailing.contents.get()
    if reasons := missing(mailing):
        raise CannotBeSent(reasons)
    try:
        literal, layout = _compile(mailing).dump()
    except (SkeletonError, BadHeader, BadAddress) as error:
        raise CannotBeSent([str(error)]) from error
    return MailingContent(
        mailing=mailing,
        language=mailing.language,
        skeleton=literal,
        layout=layout,
        digest=content_digest(literal, layout),
    )


def freeze_content(content: MailingContent) -> None:
    """Store what a mailing will say to everyone, in place of anything stored before."""
    content.mailing.contents.all().delete()
    content.save(force_insert=True)


def load_skeleton(content: MailingContent) -> Skeleton:
    """The stored skeleton, ready to be filled."""
    return Skeleton.load(content.skeleton, content.layout)


def fill(
    skeleton: Skeleton, *, mailing: Mailing, language: str, reader: Reader
) -> tuple[Envelope, bytes]:
    """One person's envelope and message.

    Raises postroom.skeleton.SkeletonError when the address cannot stand in a message.
    """
    key = message_key("m", mailing.pk, reader.supporter)
    message = skeleton.fill(
        {
            "to": reader.address,
            "date": date_text(timezone.now()),
            "key": key,
            "signed_campaign": reader.signed_campaign,
            "signed_on": _day(reader.signed_at.date().toordinal(), language),
            "unsubscribe_token": links.unsubscribe_token(
                supporter_id=reader.supporter,
                organization_id=mailing.organization_id,
                campaign_id=mailing.campaign_id,
                mailing_id=mailing.pk,
            ),
            "preferences_token": links.preferences_token(
                supporter_id=reader.supporter, organization_id=mailing.organization_id
            ),
        }
    )
    return Envelope(bounce_address(key, settings.MAIL_DOMAIN), reader.address), message


@lru_cache(maxsize=4096)
def _day(ordinal: int, language: str) -> str:
    with translation.override(language):
        return date_format(datetime.fromordinal(ordinal), "DATE_FORMAT")


def _compile(mailing: Mailing) -> Skeleton:
    organization, scope = mailing.organization, mailing.scope
    holes = Placeholders()
    with translation.override(mailing.language):
        context = _context(mailing) | {
            "holes": holes,
            "unsubscribe_url": links.full_address(links.UNSUBSCRIBE, holes["unsubscribe_token"]),
            "preferences_url": links.full_address(links.PREFERENCES, holes["preferences_token"]),
        }
        text = render_to_string(f"mailings/mail/{mailing.kind}.txt", context)
        html = _inliner.inline(render_to_string(f"mailings/mail/{mailing.kind}.html", context))
    return compile_skeleton(
        sender=without_holes(mailbox(*organization.sender)),
        subject=without_holes(mailing.subject),
        headers=bulk_headers(
            to="[[to]]",
            key="[[key]]",
            domain=settings.MAIL_DOMAIN,
            date="[[date]]",
            language=mailing.language,
            reply_to=_reply_to(organization),
            unsubscribe_url=links.full_address(links.UNSUBSCRIBE, "[[unsubscribe_token]]"),
            unsubscribe_mailto=(
                unsubscribe_address("[[key]]", settings.MAIL_DOMAIN) if settings.INBOUND_URL else ""
            ),
            list_id=list_id(
                without_holes(scope.name), f"{scope.key}.{organization.slug}", settings.MAIL_DOMAIN
            ),
            feedback_id=feedback_id(
                f"mailing{mailing.pk}", scope.key, f"organization{organization.pk}"
            ),
        ),
        text=holes.settle(text),
        html=holes.settle(html),
        holes=HOLES,
    )


def _reply_to(organization: Organization) -> str:
    """Where answers go: as the organization says; else to us, where mail can come in."""
    if organization.reply_to or not settings.INBOUND_URL:
        return organization.reply_to or organization.contact_address or organization.sender[1]
    return reply_address("[[key]]", settings.MAIL_DOMAIN)


def _context(mailing: Mailing) -> dict[str, Any]:
    updates = [*mailing.updates.select_related("campaign").order_by("-published_at", "-pk")]
    common = {
        "organization": mailing.organization,
        "scope": mailing.scope,
        "campaign": mailing.campaign,
        "subject": mailing.subject,
        "preheader": mailing.preheader,
    }
    if mailing.kind == Mailing.Kind.DIGEST:
        return common | {
            "items": [
                {
                    "campaign": update.campaign,
                    "title": update.title,
                    "url": update.public_url,
                    "body": _mail_text(update),
                }
                for update in updates
            ]
        }
    return common | {"body": _mail_text(updates[0]), "update_url": updates[0].public_url}


def _mail_text(update: Update) -> MailText:
    campaign = update.campaign
    sources = list(campaign.sources.all())
    rendered = render_mail(
        update.body,
        sources=sources,
        ask=campaign.ask,
        ask_url=campaign.public_url,
        page_url=campaign.public_url,
        prefix=f"{update.anchor}-",
        media_url=settings.SITE_URL,
    )
    plain = render_plain(
        update.body,
        sources=sources,
        ask=campaign.ask,
        ask_url=campaign.public_url,
    )
    return MailText(rendered.html, rendered.notes, plain.body)
