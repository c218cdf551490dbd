"""Both parts of a mail from its templates, with what stands for its holes still in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import css_inline
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from campaigns.models import Campaign, Update
from mailings.digesting.blocks import blocks, items_in
from mailings.digesting.preparing import automatic_subject
from mailings.digesting.subjects import headline_of
from mailings.examining import MOST_HTML_KB
from mailings.models import DigestItem, Mailing, Wording
from mailings.rendering import Links, MailText, mail_text, page_in
from postroom.skeleton import Placeholders
from signatures import links

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
class LaidOut:
    """Both parts of a mail, with the placeholders that stand in them."""

    text: str
    html: str
    leads: Links
    # Of a digest whose subject speaks of each reader's own news: what its items are called.
    headlines: tuple[str, ...] = ()


def lay_out(mailing: Mailing, words: Wording, language: str) -> LaidOut:
    """The mail as Gmail shows it whole: it cuts off the end of what is longer.

    Of a digest that would be longer, the oldest news are told by their headlines, which lead to
    the page. Raises CannotBeSent.
    """
    is_digest = mailing.kind == Mailing.Kind.DIGEST
    items = items_in(mailing, language) if is_digest else []
    headlines = _headlines(mailing, items, language)
    for briefly in range(len(items) + 1):
        rendered = _render(mailing, words, language, items, headlines, briefly)
        if len(rendered.html.encode()) <= (MOST_HTML_KB - _ROOM_FOR_TOKENS_KB) * 1024:
            return rendered
    _refuse_too_long(rendered.html)
    return rendered


def _render(
    mailing: Mailing,
    words: Wording,
    language: str,
    items: Sequence[DigestItem],
    headlines: tuple[str, ...],
    briefly: int,
) -> LaidOut:
    leads = Links(holes := Placeholders(), counts=mailing.organization.counts_clicks)
    with translation.override(language):
        told = (
            _round_up(words, items, headlines, leads, briefly)
            if items
            else _own(mailing, words, language, leads)
        )
        context = _common(mailing, words, leads) | told
        context |= {
            "holes": holes,
            "unsubscribe_url": links.full_address(links.UNSUBSCRIBE, holes["unsubscribe_token"]),
            "preferences_url": links.full_address(links.PREFERENCES, holes["preferences_token"]),
        }
        text = render_to_string(f"mailings/mail/{mailing.kind}.txt", context)
        html = _inliner.inline(render_to_string(f"mailings/mail/{mailing.kind}.html", context))
    return LaidOut(text, html, leads, headlines)


def _refuse_too_long(html: str) -> None:
    if (size := len(html.encode())) > MOST_HTML_KB * 1024:
        raise CannotBeSent(
            [
                _("The mail has %(size)s KB; above %(most)s KB Gmail cuts its end off. Shorten it.")
                % {"size": size // 1024, "most": MOST_HTML_KB}
            ]
        )


def _headlines(mailing: Mailing, items: Sequence[DigestItem], language: str) -> tuple[str, ...]:
    """The news of a digest, line by line, where its subject is to speak of each reader's own."""
    if not items:
        return ()
    said = mailing.items.select_related("campaign", "update")
    if mailing.subject != automatic_subject(mailing.scope, said):
        return ()
    with translation.override(language):
        return tuple(headline_of(item) for item in items)


def _common(mailing: Mailing, words: Wording, leads: Links) -> dict[str, Any]:
    """What the templates of every kind read."""
    return {
        "organization": mailing.organization,
        "scope": mailing.scope,
        "campaign": mailing.campaign,
        "subject": leads.line(words.subject),
        "headline": leads.line(words.headline_text),
        "preheader": leads.line(words.preheader),
    }


def _own(mailing: Mailing, words: Wording, language: str, leads: Links) -> dict[str, Any]:
    """What the template of the kind reads besides, of every kind but a digest."""
    if mailing.kind == Mailing.Kind.ASK and mailing.campaign:
        page = page_in(mailing.campaign, language)
        return {"body": mail_text(words.body, campaign=page, leads=leads)}
    if mailing.kind == Mailing.Kind.WELCOME:
        return {"body": mail_text(words.body, campaign=None, leads=leads)}
    update = mailing.updates.select_related("campaign").order_by("-published_at", "-pk")[0]
    page = page_in(update.campaign, language)
    return {
        "body": _own_news(update, words, page, leads),
        "update_url": leads.counted(update.address_on(page)),
    }


def _own_news(update: Update, words: Wording, page: Campaign, leads: Links) -> MailText:
    """An update in a mail of its own. Only its own words have their notes on the web too."""
    if words.body:
        return mail_text(words.body, campaign=page, leads=leads)
    return mail_text(
        update.body,
        campaign=page,
        leads=leads,
        page_url=leads.counted(update.address_on(page)),
        prefix=f"{update.anchor}-",
    )


def _round_up(
    words: Wording,
    items: Sequence[DigestItem],
    headlines: tuple[str, ...],
    leads: Links,
    briefly: int,
) -> dict[str, Any]:
    """A digest's items; its headline only where somebody wrote one, or its subject."""

    def body_of(item: DigestItem) -> MailText:
        assert item.update
        return _news(item.update, item.campaign, leads)

    return {
        "items": [
            *blocks(items, leads.holes, leads_to=leads.read, body_of=body_of, briefly=briefly)
        ],
        "intro": mail_text(words.body, campaign=items[0].campaign, leads=leads),
        "headline": leads.line(words.headline if headlines else words.headline_text),
    }


def _news(update: Update, page: Campaign, leads: Links) -> MailText:
    """An update among others, whose notes stand on the page of its campaign."""
    return mail_text(
        update.body,
        campaign=page,
        leads=leads,
        page_url=leads.read(page.public_url),
        prefix=f"{update.anchor}-",
    )
