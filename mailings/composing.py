"""What a mailing says, compiled once: templates, inlined styles, a text part, a skeleton.

A draft is compiled whenever somebody looks at it or acts on it, so that its digest stands for what
it would say now; a proof stands for one digest. What is scheduled is stored and compiled no more.
"""

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import css_inline
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from campaigns.models import Campaign, Organization, Update
from mailings.digesting.blocks import blocks, items_in, languages_of
from mailings.digesting.preparing import automatic_subject
from mailings.digesting.subjects import headline_of
from mailings.examining import MOST_HTML_KB
from mailings.lacking import lacks
from mailings.merging import values_of
from mailings.models import (
    DigestItem,
    Mailing,
    MailingContent,
    TrialText,
    Wording,
    content_digest,
)
from mailings.rendering import Links, MailText, mail_text, page_in
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
    "recognised_token",
}
# A digest whose subject nobody wrote has one for each set of items.
OWN_SUBJECT = {"subject"}
# What the tokens of one reader add to the HTML, at most.
_ROOM_FOR_TOKENS_KB = 4
# The rules for dark mode and for narrow screens cannot be inlined and stay in a style sheet.
_inliner = css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)


class CannotBeSent(Exception):
    """The mailing lacks something; `reasons` says what, in sentences for the person who sends."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = reasons


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
    literal, layout = _compile(mailing, words, language).dump()
    layout |= _headlines(mailing, language)
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
            "unsubscribe_token": links.unsubscribe_token(
                supporter_id=reader.supporter,
                organization_id=mailing.organization_id,
                campaign_id=mailing.campaign_id,
                mailing_id=mailing.pk,
            ),
            "preferences_token": links.preferences_token(
                supporter_id=reader.supporter, organization_id=mailing.organization_id
            ),
            "recognised_token": links.recognised_token(
                supporter_id=reader.supporter, mailing_id=mailing.pk
            ),
            **values_of(skeleton.holes, reader.name),
            **({"subject": reader.subject} if "subject" in skeleton.holes else {}),
        }
    )
    return Envelope(bounce_address(key, settings.MAIL_DOMAIN), reader.address), message


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
        return _compile(mailing, words, language)
    except (SkeletonError, BadHeader, BadAddress) as error:
        raise CannotBeSent([str(error)]) from error


def _compile(mailing: Mailing, words: Wording, language: str) -> Skeleton:
    organization, scope = mailing.organization, mailing.scope
    own_subjects = OWN_SUBJECT if _headlines(mailing, language) else set()
    rendered = _fitting(mailing, words, language)
    subject = rendered.holes.settle(rendered.leads.line(words.subject))
    return compile_skeleton(
        sender=without_holes(mailbox(*mailing.sender)),
        subject="[[subject]]" if own_subjects else subject,
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
        text=rendered.holes.settle(rendered.text),
        html=rendered.holes.settle(rendered.html),
        holes=HOLES | rendered.leads.merged_holes | own_subjects,
    )


@dataclass(frozen=True)
class _Rendered:
    """Both parts of a mail, with the placeholders that stand in them."""

    text: str
    html: str
    leads: Links

    @property
    def holes(self) -> Placeholders:
        return self.leads.holes


def _fitting(mailing: Mailing, words: Wording, language: str) -> _Rendered:
    """The mail as Gmail shows it whole: it cuts off the end of what is longer.

    Of a digest that would be longer, the oldest news are told by their headlines, which lead to
    the page. Raises CannotBeSent.
    """
    most = mailing.items.count() if mailing.kind == Mailing.Kind.DIGEST else 0
    for briefly in range(most + 1):
        rendered = _render(mailing, words, language, briefly)
        if len(rendered.html.encode()) <= (MOST_HTML_KB - _ROOM_FOR_TOKENS_KB) * 1024:
            return rendered
    _refuse_too_long(rendered.html)
    return rendered


def _render(mailing: Mailing, words: Wording, language: str, briefly: int) -> _Rendered:
    leads = Links(holes := Placeholders())
    with translation.override(language):
        context = _context(mailing, words, language, leads, briefly) | {
            "holes": holes,
            "unsubscribe_url": links.full_address(links.UNSUBSCRIBE, holes["unsubscribe_token"]),
            "preferences_url": links.full_address(links.PREFERENCES, holes["preferences_token"]),
        }
        text = render_to_string(f"mailings/mail/{mailing.kind}.txt", context)
        html = _inliner.inline(render_to_string(f"mailings/mail/{mailing.kind}.html", context))
    return _Rendered(text, html, leads)


def _reply_to(organization: Organization) -> str:
    """Where answers go: as the organization says; else to us, where mail can come in."""
    if organization.reply_to or not settings.INBOUND_URL:
        return organization.reply_to or organization.contact_address or organization.sender[1]
    return reply_address("[[key]]", settings.MAIL_DOMAIN)


def _refuse_too_long(html: str) -> None:
    if (size := len(html.encode())) > MOST_HTML_KB * 1024:
        raise CannotBeSent(
            [
                _("The mail has %(size)s KB; above %(most)s KB Gmail cuts its end off. Shorten it.")
                % {"size": size // 1024, "most": MOST_HTML_KB}
            ]
        )


def _headlines(mailing: Mailing, language: str) -> dict[str, list[str]]:
    """The news of a digest, line by line, where its subject is to speak of each reader's own."""
    if mailing.kind != Mailing.Kind.DIGEST:
        return {}
    items = mailing.items.select_related("campaign", "update")
    if mailing.subject != automatic_subject(mailing.scope, items):
        return {}
    with translation.override(language):
        return {"headlines": [headline_of(item) for item in items_in(mailing, language)]}


def _context(
    mailing: Mailing, words: Wording, language: str, leads: Links, briefly: int
) -> dict[str, Any]:
    updates = [*mailing.updates.select_related("campaign").order_by("-published_at", "-pk")]
    common = {
        "organization": mailing.organization,
        "scope": mailing.scope,
        "campaign": mailing.campaign,
        "subject": leads.line(words.subject),
        "headline": leads.line(words.headline_text),
        "preheader": leads.line(words.preheader),
    }
    if mailing.kind == Mailing.Kind.DIGEST:
        return common | _round_up(mailing, words, language, leads, briefly)
    if mailing.kind == Mailing.Kind.ASK and mailing.campaign:
        page = page_in(mailing.campaign, language)
        return common | {"body": mail_text(words.body, campaign=page, leads=leads)}
    if mailing.kind == Mailing.Kind.WELCOME:
        return common | {"body": mail_text(words.body, campaign=None, leads=leads)}
    update = updates[0]
    page = page_in(update.campaign, language)
    address = update.address_on(page)
    return common | {"body": _own_news(update, words, page, leads), "update_url": address}


def _own_news(update: Update, words: Wording, page: Campaign, leads: Links) -> MailText:
    """An update in a mail of its own. Only its own words have their notes on the web too."""
    if words.body:
        return mail_text(words.body, campaign=page, leads=leads)
    return mail_text(
        update.body,
        campaign=page,
        leads=leads,
        page_url=update.address_on(page),
        prefix=f"{update.anchor}-",
    )


def _round_up(
    mailing: Mailing, words: Wording, language: str, leads: Links, briefly: int
) -> dict[str, Any]:
    """A digest's items; its headline only where somebody wrote one, or its subject."""
    items = items_in(mailing, language)

    def body_of(item: DigestItem) -> MailText:
        assert item.update
        return _news(item.update, item.campaign, leads)

    return {
        "items": [*blocks(items, leads.holes, body_of=body_of, briefly=briefly)],
        "intro": mail_text(words.body, campaign=items[0].campaign, leads=leads),
        "headline": leads.line(
            words.headline if _headlines(mailing, language) else words.headline_text
        ),
    }


def _news(update: Update, page: Campaign, leads: Links) -> MailText:
    """An update among others, whose notes stand on the page of its campaign."""
    return mail_text(
        update.body,
        campaign=page,
        leads=leads,
        page_url=page.public_url,
        prefix=f"{update.anchor}-",
    )
