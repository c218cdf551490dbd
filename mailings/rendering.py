"""The words of a mail and where its links lead: HTML and plain text of one body, with holes."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import Resolver404, resolve
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from campaigns.editions import editions_of
from campaigns.models import Campaign
from campaigns.text.footnotes import Note, number_footnotes
from campaigns.text.rendering import render_mail, render_plain
from campaigns.text.sanitising import read
from campaigns.text.vocabulary import Block, Listing, Merge, Paragraph, Quote
from mailings.following import number_of
from mailings.merging import hole_of, merged_line
from mailings.visiting import address_that_counts
from postroom.skeleton import Placeholders
from signatures import links

# A link to the form of a page is a link to the page: whoever is recognised has no form to fill in.
_TO_THE_FORM = ("", "sign")


@dataclass(frozen=True)
class MailText:
    """A body in a mail: HTML, its numbered sources, and plain text without them."""

    html: SafeString
    notes: tuple[Note, ...]
    text: str


@dataclass
class Links:
    """Where the links of one mail lead, and what stands for its merge fields: holes.

    With `counts` who follows them is counted; `targets` then holds where they lead, by number.
    `says_mailing` tells whether one of them says which mail it is in.
    """

    holes: Placeholders
    counts: bool = False
    merged_holes: set[str] = field(default_factory=set)
    targets: dict[int, str] = field(default_factory=dict)
    says_mailing: bool = False

    def leads_to(self, href: str) -> str:
        """`href`, or where it knows its reader when it leads to the page of a campaign."""
        return self._to_sign(href) or self.counted(href)

    def counted(self, href: str) -> str:
        """`href`, or where it leads over an address of ours that counts who follows it, where that
        is wanted.
        """
        if not self.counts or not href.startswith(("https://", "http://")):
            return self.read(href)
        number = number_of(href)
        self.targets[number] = href
        return links.full_follow_address(self.holes["follow_token"], number)

    def read(self, href: str) -> str:
        """`href`, or where it says which mail it is in, when it leads to a page of ours."""
        address = address_that_counts(href, self.holes["read_token"])
        self.says_mailing |= address != href
        return address

    def _to_sign(self, href: str) -> str:
        """The page of a campaign as it knows its reader; empty for what is no such page."""
        parts = urlsplit(href)
        if not href.startswith(f"{settings.SITE_URL}/") or parts.fragment not in _TO_THE_FORM:
            return ""
        try:
            page = resolve(parts.path)
        except Resolver404:
            return ""
        if page.url_name != "campaign-page":
            return ""
        address = links.full_recognised_address(page.kwargs["slug"], self.holes["recognised_token"])
        return f"{address}?{parts.query}" if parts.query else address

    def line(self, text: str) -> str:
        """A line with placeholders for its merge fields."""
        return merged_line(text, self.merged)

    def merged(self, merge: Merge) -> str:
        """The placeholder of a merge field."""
        hole = hole_of(merge)
        self.merged_holes.add(hole)
        return self.holes[hole]


def mail_text(
    body: str, *, campaign: Campaign | None, leads: Links, page_url: str = "", prefix: str = ""
) -> MailText:
    """`body` as a mail has it, citing the sources of `campaign`, in both forms with the same links.
    A mail that is about no campaign cites nothing.

    `page_url` and `prefix` say where its notes stand on the web; without them the numbers are
    plain, since the whole list stands at the end of the mail.
    """
    shown: dict[str, Any] = {"sources": [], "ask": "", "ask_url": ""}
    if campaign:
        shown["sources"] = list(campaign.sources.all())
        shown["ask"] = campaign.ask
        shown["ask_url"] = leads.leads_to(campaign.public_url)
    rendered = render_mail(
        body,
        **shown,
        page_url=page_url,
        prefix=prefix,
        media_url=settings.SITE_URL,
        leads_to=leads.leads_to,
        merged=leads.merged,
    )
    plain = render_plain(body, **shown, leads_to=leads.leads_to, merged=leads.merged)
    return MailText(rendered.html, rendered.notes, plain.body)


def page_in(campaign: Campaign, language: str) -> Campaign:
    """The public edition of a campaign in `language`, or the campaign itself."""
    editions = editions_of(campaign)
    return next((each for each in editions if each.language == language), campaign)


def check_body(body: str, *, campaign: Campaign | None) -> list[str]:
    """What keeps a text from being mailed, as sentences: unknown sources, names with no words.

    A mail cannot be mended once it is read.
    """
    document = read(body)
    sources = campaign.sources.all() if campaign else ()
    reasons = []
    if unknown := number_footnotes(document, sources).unknown_keys:
        sentence = _("Cited, and no source has this key: %(keys)s.")
        reasons.append(sentence % {"keys": ", ".join(unknown)})
    if any(not merge.fallback for merge in merges(document)):
        reasons.append(_("Say what stands in place of a name for those who gave none."))
    return reasons


def merges(blocks: tuple[Block, ...]) -> Iterator[Merge]:
    """Every merge field of a text, in reading order."""
    for block in blocks:
        match block:
            case Paragraph(inlines):
                yield from (leaf for leaf in inlines if isinstance(leaf, Merge))
            case Listing(items):
                for item in items:
                    yield from merges(item)
            case Quote(inner):
                yield from merges(inner)
