"""What a mailing says, compiled once into a skeleton; `laying_out.py` makes its parts.

A draft is compiled whenever somebody looks at it or acts on it, so that its digest stands for what
it would say now; a proof stands for one digest. What is scheduled is stored and compiled no more.
"""

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from campaigns.models import Organization
from mailings.digesting.blocks import languages_of
from mailings.following import keep_links
from mailings.lacking import lacks
from mailings.laying_out import CannotBeSent, LaidOut, lay_out
from mailings.merging import values_of
from mailings.models import Mailing, MailingContent, TrialText, Wording, content_digest
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
from postroom.skeleton import Skeleton, SkeletonError, compile_skeleton, without_holes
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
    "recognised_token",
}
# A digest whose subject nobody wrote has one for each set of items.
OWN_SUBJECT = {"subject"}
# A mail whose links are counted.
FOLLOWED = {"follow_token"}
# A mail that leads to pages which everybody reads.
SAYS_MAILING = {"read_token"}


@dataclass(frozen=True)
class Reader:
    """Who one copy goes to, and the signature that is the reason for it."""

    supporter: int
    address: str
    signed_campaign: str
    signed_at: datetime
    name: str = ""
    subject: str = ""


def compile_content(mailing: Mailing) -> MailingContent:
    """What the mailing says in its own language: of a draft compiled now and not stored, later the
    stored content.

    Raises CannotBeSent.
    """
    return compile_contents(mailing)[0]


def compile_contents(mailing: Mailing) -> list[MailingContent]:
    """What the mailing says in each of its languages, its own first.

    A draft is compiled now, and nothing is stored; later these are the stored contents. Raises
    CannotBeSent.
    """
    if not mailing.is_editable:
        stored = mailing.contents.filter(variant=0).order_by("pk")
        return sorted(stored, key=lambda content: content.language != mailing.language)
    if reasons := lacks(mailing):
        raise CannotBeSent(reasons)
    spoken: list[tuple[str, Wording]] = [(mailing.language, mailing)]
    spoken += [(each.language, each) for each in mailing.translations.order_by("language")]
    if mailing.kind == Mailing.Kind.DIGEST:
        spoken += [(language, mailing) for language in languages_of(mailing)]
    tried = [text.filled() for text in TrialText.objects.filter(trial__mailing=mailing)]
    try:
        contents = [_content(mailing, words, language) for language, words in spoken]
        return contents + [_content(mailing, text, mailing.language) for text in tried]
    except (SkeletonError, BadHeader, BadAddress) as error:
        raise CannotBeSent([str(error)]) from error


def _content(mailing: Mailing, words: Wording, language: str) -> MailingContent:
    laid_out = lay_out(mailing, words, language)
    literal, layout = _compile(mailing, words, language, laid_out).dump()
    if laid_out.headlines:
        layout |= {"headlines": [*laid_out.headlines]}
    if targets := laid_out.leads.targets:
        layout |= {"links": {str(number): url for number, url in targets.items()}}
    return MailingContent(
        mailing=mailing,
        language=language,
        variant=words.number if isinstance(words, TrialText) else 0,
        skeleton=literal,
        layout=layout,
        digest=content_digest(literal, layout),
    )


def freeze_content(*contents: MailingContent) -> None:
    """Store what a mailing will say, in each language and variant, for anything stored before."""
    keep_links(contents)
    contents[0].mailing.contents.all().delete()
    MailingContent.objects.bulk_create(contents)


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
            "date": _date(int(time.time())),
            "key": key,
            "signed_campaign": reader.signed_campaign,
            "signed_on": _day(reader.signed_at.date().toordinal(), language),
            **_tokens(skeleton, mailing, reader.supporter),
            **values_of(skeleton.holes, reader.name),
            **({"subject": reader.subject} if "subject" in skeleton.holes else {}),
        }
    )
    return Envelope(bounce_address(key, settings.MAIL_DOMAIN), reader.address), message


def _tokens(skeleton: Skeleton, mailing: Mailing, supporter: int) -> dict[str, str]:
    """What makes the links of a copy its reader's own."""
    organization = mailing.organization_id
    tokens = {
        "unsubscribe_token": links.unsubscribe_token(
            supporter_id=supporter,
            organization_id=organization,
            campaign_id=mailing.campaign_id,
            mailing_id=mailing.pk,
        ),
        "preferences_token": links.preferences_token(
            supporter_id=supporter, organization_id=organization
        ),
        "recognised_token": links.recognised_token(supporter_id=supporter, mailing_id=mailing.pk),
    }
    if "follow_token" in skeleton.holes:
        tokens["follow_token"] = links.follow_token(supporter_id=supporter, mailing_id=mailing.pk)
    if "read_token" in skeleton.holes:
        # A proof goes to nobody, and whoever tries its links is no visitor of the mailing.
        tokens["read_token"] = links.read_link_token(mailing_id=mailing.pk if supporter else 0)
    return tokens


@lru_cache(maxsize=4)
def _date(second: int) -> str:
    return date_text(datetime.fromtimestamp(second, UTC))


@lru_cache(maxsize=4096)
def _day(ordinal: int, language: str) -> str:
    with translation.override(language):
        return date_format(datetime.fromordinal(ordinal), "DATE_FORMAT")


def compile_words(mailing: Mailing, words: Wording, language: str) -> Skeleton:
    """The mailing as it would say `words`, saved or not. Raises CannotBeSent.

    Nothing is asked of the mailing but that it is about something.
    """
    if mailing.kind == Mailing.Kind.UPDATE and not mailing.updates.exists():
        raise CannotBeSent([_("Choose the update that it is about.")])
    try:
        return _compile(mailing, words, language, lay_out(mailing, words, language))
    except (SkeletonError, BadHeader, BadAddress) as error:
        raise CannotBeSent([str(error)]) from error


def _compile(mailing: Mailing, words: Wording, language: str, laid_out: LaidOut) -> Skeleton:
    organization, scope = mailing.organization, mailing.scope
    leads, settle = laid_out.leads, laid_out.leads.holes.settle
    own_subjects = OWN_SUBJECT if laid_out.headlines else set()
    followed = FOLLOWED if leads.targets else set()
    followed |= SAYS_MAILING if leads.says_mailing else set()
    return compile_skeleton(
        sender=without_holes(mailbox(*mailing.sender)),
        subject="[[subject]]" if own_subjects else settle(leads.line(words.subject)),
        headers=bulk_headers(
            to="[[to]]",
            key="[[key]]",
            domain=settings.MAIL_DOMAIN,
            date="[[date]]",
            language=language,
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
        text=settle(laid_out.text),
        html=settle(laid_out.html),
        holes=HOLES | leads.merged_holes | own_subjects | followed,
    )


def _reply_to(organization: Organization) -> str:
    """Where answers go: as the organization says; else to us, where mail can come in."""
    if organization.reply_to or not settings.INBOUND_URL:
        return organization.reply_to or organization.contact_address or organization.sender[1]
    return reply_address("[[key]]", settings.MAIL_DOMAIN)
