"""Shows a body: on a page, in a mail (HTML and plain text) and in a feed.

Every function sanitises first, for the rules may have changed since the body was saved. HTML is put
together by `format_html` alone, so all that a person wrote is escaped.
"""

import textwrap
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import ClassVar

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from campaigns.text.footnotes import BackLink, Cited, Footnotes, Note, number_footnotes
from campaigns.text.sanitising import read
from campaigns.text.vocabulary import (
    LINK_REL,
    Ask,
    Block,
    Break,
    Button,
    Image,
    Inline,
    Listing,
    Marker,
    Merge,
    Paragraph,
    Quote,
    Words,
)

WORD_JOINER = "\u2060"  # no line begins with a marker; inside it, so that the sentence stays exact
THIN_SPACE = "\u202f"  # between two markers: 1 and 2 in a row are not 12
MAIL_COLUMNS = 72


def _as_written(href: str) -> str:
    return href


def _fallback(merge: Merge) -> str:
    return merge.fallback


@dataclass(frozen=True)
class RenderedText:
    """A body as HTML, its notes in order, and the keys it uses that no source has."""

    html: SafeString
    notes: tuple[Note, ...] = ()
    unknown_keys: tuple[str, ...] = ()


@dataclass(frozen=True)
class PlainText:
    """A body as plain text of `MAIL_COLUMNS`, and its sources, empty when it cites none."""

    body: str
    sources: str


def render_page(
    body: str,
    *,
    sources: Iterable[Cited],
    ask: str,
    ask_url: str = "#sign",
    prefix: str = "",
    preview: bool = False,
) -> RenderedText:
    """`body` for a page, with markers that lead to the notes and are led back to.

    `prefix` keeps the anchors of two texts on one page apart. A marker without a source is left
    out, and shown in a preview.
    """
    document = read(body)
    footnotes = number_footnotes(document, sources, prefix=prefix)
    renderer = _Page(footnotes, ask, ask_url, shows_unknown=preview)
    return RenderedText(renderer.blocks(document), footnotes.notes, footnotes.unknown_keys)


def render_mail(
    body: str,
    *,
    sources: Iterable[Cited],
    ask: str,
    ask_url: str,
    page_url: str,
    prefix: str = "",
    media_url: str = "",
    leads_to: Callable[[str], str] = _as_written,
    merged: Callable[[Merge], str] = _fallback,
) -> RenderedText:
    """`body` for the HTML of a mail: the marker `[1]` leads to note 1 on the page at `page_url`.

    `prefix` is the one that the page gives this text. `media_url` stands before the path of a
    picture: `https://example.org`. `leads_to` says where a link of the text leads in this mail,
    `merged` what stands for a merge field.
    """
    document = read(body)
    footnotes = number_footnotes(document, sources, prefix=prefix)
    renderer = _Mail(
        footnotes,
        ask,
        ask_url,
        page_url=page_url,
        media_url=media_url,
        leads_to=leads_to,
        merged=merged,
    )
    return RenderedText(renderer.blocks(document), footnotes.notes, footnotes.unknown_keys)


def render_feed(
    body: str,
    *,
    sources: Iterable[Cited],
    ask: str,
    page_url: str,
    prefix: str = "",
    media_url: str = "",
) -> SafeString:
    """`body` for a feed: as in a mail, with the list of sources under it."""
    text = render_mail(
        body,
        sources=sources,
        ask=ask,
        ask_url=page_url,
        page_url=page_url,
        prefix=prefix,
        media_url=media_url,
    )
    return format_html("{}{}", text.html, _source_list(text.notes))


def render_plain(
    body: str,
    *,
    sources: Iterable[Cited],
    ask: str,
    ask_url: str,
    leads_to: Callable[[str], str] = _as_written,
    merged: Callable[[Merge], str] = _fallback,
) -> PlainText:
    """`body` for the plain text of a mail: links as `text <url>`, markers and sources as `[1]`.

    `leads_to` and `merged` as in `render_mail`.
    """
    document = read(body)
    footnotes = number_footnotes(document, sources)
    renderer = _Plain(footnotes, ask, ask_url, leads_to=leads_to, merged=merged)
    return PlainText(
        body=renderer.blocks(document, MAIL_COLUMNS),
        sources="\n".join(_plain_note(note) for note in footnotes.notes),
    )


def _source_list(notes: Iterable[Note]) -> SafeString:
    items = format_html_join("", "<li>{}</li>", ((note.html,) for note in notes))
    return format_html("<h2>{}</h2><ol>{}</ol>", gettext("Sources"), items) if items else items


@dataclass
class _Html(ABC):
    """What the HTML of a page and of a mail have in common."""

    footnotes: Footnotes
    ask: str
    ask_url: str
    media_url: str = field(default="", kw_only=True)
    leads_to: Callable[[str], str] = field(default=_as_written, kw_only=True)
    merged: Callable[[Merge], str] = field(default=_fallback, kw_only=True)
    lazily: ClassVar[SafeString] = SafeString()

    def __post_init__(self) -> None:
        self.notes = {note.source.key: note for note in self.footnotes.notes}
        self.uses = {key: iter(note.backlinks) for key, note in self.notes.items()}

    @abstractmethod
    def marker(self, note: Note, use: BackLink) -> SafeString:
        """The marker that stands for `note`; `use` is the place that the note leads back to."""

    def unknown(self, key: str) -> SafeString:
        """What stands where the text names a source that there is not."""
        return SafeString()

    def blocks(self, blocks: Iterable[Block]) -> SafeString:
        return format_html_join("\n", "{}", ((self.block(block),) for block in blocks))

    def block(self, block: Block) -> SafeString:
        match block:
            case Paragraph(inlines, tag):
                return format_html("<{0}>{1}</{0}>", tag, self.inlines(inlines))
            case Listing(items, tag):
                listed = format_html_join("", "<li>{}</li>", ((self.item(i),) for i in items))
                return format_html("<{0}>{1}</{0}>", tag, listed)
            case Quote(inner):
                return format_html("<blockquote>{}</blockquote>", self.blocks(inner))
            case Button(label, href):
                return format_html(
                    '<p><a class="button" href="{}" rel="{}">{}</a></p>',
                    self.leads_to(href),
                    LINK_REL,
                    label,
                )
            case Ask():
                return self.ask_block()

    def item(self, item: tuple[Block, ...]) -> SafeString:
        match item:
            case (Paragraph(inlines, "p"),):
                return self.inlines(inlines)
        return self.blocks(item)

    def ask_block(self) -> SafeString:
        if not self.ask:
            return SafeString()
        return format_html(
            '<p class="ask"><a href="{}"><strong>{}</strong></a></p>', self.ask_url, self.ask
        )

    def inlines(self, inlines: Iterable[Inline]) -> SafeString:
        return format_html_join("", "{}", ((part,) for part in self.parts(inlines)))

    def parts(self, inlines: Iterable[Inline]) -> Iterator[SafeString]:
        """`inlines` with the neighbours of one link in one link, and markers in a row apart."""
        for kind, group in groupby(inlines, key=lambda leaf: getattr(leaf, "href", type(leaf))):
            leaves = ((leaf,) for leaf in filter(None, map(self.leaf, group)))
            inner = format_html_join(THIN_SPACE if kind is Marker else "", "{}", leaves)
            if isinstance(kind, str) and kind:
                href = self.leads_to(kind)
                inner = format_html('<a href="{}" rel="{}">{}</a>', href, LINK_REL, inner)
            yield inner

    def leaf(self, leaf: Inline) -> str:
        match leaf:
            case Words(text, _, strong, em):
                html: str = format_html("<em>{}</em>", text) if em else text
                return format_html("<strong>{}</strong>", html) if strong else html
            case Break():
                return SafeString("<br>")
            case Image(src, alt, width, height):
                size = (("width", width), ("height", height))
                attributes = format_html_join("", ' {}="{}"', (pair for pair in size if pair[1]))
                url = self.media_url + src if src.startswith("/") else src
                return format_html('<img src="{}" alt="{}"{}{}>', url, alt, attributes, self.lazily)
            case Marker(key):
                if note := self.notes.get(key):
                    return self.marker(note, next(self.uses[key]))
                return self.unknown(key)
            case Merge():
                return self.merged(leaf)


@dataclass
class _Page(_Html):
    shows_unknown: bool = field(kw_only=True)
    # A text stands below the ask: its pictures load when somebody comes near them.
    lazily: ClassVar[SafeString] = SafeString(' loading="lazy"')

    def marker(self, note: Note, use: BackLink) -> SafeString:
        return format_html(
            '<a class="note" role="doc-noteref" id="{}" href="#{}">{}'
            '<span class="visually-hidden">{} </span>{}</a>',
            use.anchor,
            note.anchor,
            WORD_JOINER,
            gettext("Source"),
            note.number,
        )

    def unknown(self, key: str) -> SafeString:
        if not self.shows_unknown:
            return SafeString()
        return format_html(
            '<strong class="missing">[{}]</strong>',
            gettext("no source has the key “%(key)s”") % {"key": key},
        )


@dataclass
class _Mail(_Html):
    page_url: str = field(kw_only=True)

    def marker(self, note: Note, use: BackLink) -> SafeString:
        # Many mail programs do not follow an anchor inside the mail, so it leads to the page. What
        # stands on no page has the number alone.
        if not self.page_url:
            return format_html("<sup>{}[{}]</sup>", WORD_JOINER, note.number)
        return format_html(
            '<sup>{}<a href="{}#{}">[{}]</a></sup>',
            WORD_JOINER,
            self.page_url,
            note.anchor,
            note.number,
        )


@dataclass
class _Plain:
    """Plain text. Widths are columns left for the text once it is indented."""

    footnotes: Footnotes
    ask: str
    ask_url: str
    leads_to: Callable[[str], str] = field(default=_as_written, kw_only=True)
    merged: Callable[[Merge], str] = field(default=_fallback, kw_only=True)

    def __post_init__(self) -> None:
        self.numbers = {note.source.key: note.number for note in self.footnotes.notes}

    def blocks(self, blocks: Iterable[Block], width: int) -> str:
        return "\n\n".join(filter(None, (self.block(block, width) for block in blocks)))

    def block(self, block: Block, width: int) -> str:
        match block:
            case Paragraph(inlines):
                return _wrapped(self.inlines(inlines), width)
            case Listing(items, tag):
                marks = [f"{n}. " if tag == "ol" else "- " for n in range(1, len(items) + 1)]
                listed = zip(marks, items, strict=True)
                return "\n".join(self.item(mark, item, width) for mark, item in listed)
            case Quote(inner):
                lines = self.blocks(inner, width - 2).split("\n")
                return "\n".join(f"> {line}".rstrip() for line in lines)
            case Button(label, href):
                return _wrapped(_plain_link(label, self.leads_to(href)), width)
            case Ask():
                return _wrapped(_plain_link(self.ask, self.ask_url), width) if self.ask else ""

    def item(self, mark: str, item: tuple[Block, ...], width: int) -> str:
        indent = " " * len(mark)
        text = textwrap.indent(self.blocks(item, width - len(mark)), indent)
        return mark + text.removeprefix(indent)

    def inlines(self, inlines: Iterable[Inline]) -> str:
        groups = groupby(inlines, key=lambda leaf: getattr(leaf, "href", ""))
        parts = ((href, "".join(map(self.leaf, group))) for href, group in groups)
        return "".join(
            _plain_link(text, self.leads_to(href)) if href else text for href, text in parts
        )

    def leaf(self, leaf: Inline) -> str:
        match leaf:
            case Words(text):
                # Within a paragraph HTML knows no line ends; only `Break` makes one.
                return text.replace("\n", " ")
            case Break():
                return "\n"
            case Image(_, alt):
                return f"[{alt}]" if alt else ""
            case Marker(key):
                return f"[{self.numbers[key]}]" if key in self.numbers else ""
            case Merge():
                return self.merged(leaf)


def _plain_link(text: str, href: str) -> str:
    address = href.removeprefix("mailto:")
    return f"<{address}>" if text.strip() == address else f"{text} <{address}>"


def _plain_note(note: Note) -> str:
    mark = f"[{note.number}] "
    links = [f"<{url}>" for url in (note.url, note.archive_url) if url]
    text = _wrapped(" ".join([note.citation, *links]), MAIL_COLUMNS - len(mark))
    return mark + textwrap.indent(text, " " * len(mark)).lstrip()


def _wrapped(text: str, width: int) -> str:
    """`text` wrapped line by line; an address is never broken."""
    return "\n".join(
        textwrap.fill(line.strip(), width, break_long_words=False, break_on_hyphens=False)
        for line in text.split("\n")
    )
