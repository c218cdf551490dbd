"""Reads the stored HTML of a body and writes it clean.

Two sieves, one behind the other. nh3 parses as a browser does and drops every tag, attribute and
scheme that is not allowed. Its orderly output is then read into the classes of `vocabulary`, and
only those are written again. What is written parses back to itself, so cleaning twice changes
nothing.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from html import escape
from html.parser import HTMLParser
from itertools import groupby

import nh3

from campaigns.text.vocabulary import (
    ATTRIBUTES,
    LINK_REL,
    LINK_SCHEMES,
    MAX_BODY,
    MAX_DEPTH,
    MAX_FALLBACK,
    MERGE_FIELDS,
    SOURCE_KEY,
    TAGS,
    Ask,
    Block,
    Break,
    Button,
    Document,
    Image,
    Inline,
    Listing,
    Marker,
    Merge,
    Paragraph,
    Quote,
    Words,
    allowed_link,
    own_image,
)

# Characters that no text needs, and that PostgreSQL or UTF-8 refuse.
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
SPACE = " \t\n"


class TextTooLong(ValueError):
    """The body is longer than `MAX_BODY` characters."""


def clean(html: str) -> str:
    """The body as it may be stored. Raises `TextTooLong`. `clean(clean(x)) == clean(x)`."""
    cleaned = write(read(html))
    # Escaping makes a text longer; what is stored must be short enough to be read again.
    refuse_too_long(cleaned)
    return cleaned


def read(html: str) -> Document:
    """The body as data, whatever the HTML held. Raises `TextTooLong`."""
    refuse_too_long(html)
    allowed = nh3.clean(
        _printable(html),
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes=LINK_SCHEMES,
        link_rel=None,
    )
    reader = _Reader()
    # Once more: a character reference may have stood for one of them.
    reader.feed(_printable(allowed))
    reader.close()
    return reader.document()


def refuse_too_long(text: str) -> None:
    """Raises `TextTooLong`. Comes before any other work on a text from outside."""
    if len(text) > MAX_BODY:
        raise TextTooLong(
            f"A text has at most {MAX_BODY:,} characters; this one has {len(text):,}."
        )


def _printable(html: str) -> str:
    return UNPRINTABLE.sub("", html.replace("\r\n", "\n").replace("\r", "\n"))


def write(document: Iterable[Block]) -> str:
    """The stored HTML of a document."""
    return "\n".join(map(_block_html, document))


def _block_html(block: Block) -> str:
    match block:
        case Paragraph(inlines, tag):
            return f"<{tag}>{_inline_html(inlines)}</{tag}>"
        case Listing(items, tag):
            return f"<{tag}>{''.join(f'<li>{_item_html(item)}</li>' for item in items)}</{tag}>"
        case Quote(blocks):
            return f"<blockquote>{write(blocks)}</blockquote>"
        case Ask():
            return '<div data-block="ask"></div>'
        case Button(label, href):
            return f'<p data-block="button">{_link_html(href, escape(label, quote=False))}</p>'


def _item_html(item: tuple[Block, ...]) -> str:
    match item:
        case (Paragraph(inlines, "p"),):
            return _inline_html(inlines)
    return write(item)


def _inline_html(inlines: Iterable[Inline]) -> str:
    html = ""
    for href, group in groupby(inlines, key=lambda leaf: getattr(leaf, "href", "")):
        inner = "".join(map(_leaf_html, group))
        html += _link_html(href, inner) if href else inner
    return html


def _link_html(href: str, inner: str) -> str:
    return f'<a href="{escape(href)}" rel="{LINK_REL}">{inner}</a>'


def _leaf_html(leaf: Inline) -> str:
    match leaf:
        case Words(text, _, strong, em):
            html = escape(text, quote=False)
            html = f"<em>{html}</em>" if em else html
            return f"<strong>{html}</strong>" if strong else html
        case Break():
            return "<br>"
        case Marker(key):
            return f'<sup data-source="{key}"></sup>'
        case Merge(name, fallback):
            return f'<span data-merge="{name}">{escape(fallback, quote=False)}</span>'
        case Image(src, alt, width, height):
            size = f' width="{width}"' if width else ""
            size += f' height="{height}"' if height else ""
            return f'<img src="{escape(src)}" alt="{escape(alt)}"{size}>'


@dataclass
class _Container:
    """A list, a list item, a quote or the body itself, while it is being read."""

    tag: str
    blocks: list[Block] = field(default_factory=list)
    items: list[tuple[Block, ...]] = field(default_factory=list)

    @property
    def is_list(self) -> bool:
        return self.tag in ("ul", "ol")

    def add(self, block: Block) -> None:
        if self.is_list:
            self.items.append((block,))
        else:
            self.blocks.append(block)


class _Reader(HTMLParser):
    """Reads nh3's output. That is well formed, so each end tag closes the newest open element."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.containers = [_Container("body")]
        # One entry for each open container tag: whether it became a container or was flattened.
        self.kept: list[bool] = []
        self.inlines: list[Inline] = []
        self.paragraph_tag = "p"
        self.is_button = False
        self.hrefs: list[str] = []
        self.strong = self.em = 0
        # One entry for each open span: the field that it stands for, or nothing.
        self.spans: list[str] = []
        self.fallback = ""
        # Inside a marker or an ask block, which hold no text of their own.
        self.is_muted = False

    def document(self) -> Document:
        self._end_paragraph()
        return tuple(self.containers[0].blocks)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        match tag:
            case "strong" | "b":
                self.strong += 1
            case "em" | "i":
                self.em += 1
            case "a":
                self.hrefs.append(allowed_link(attributes.get("href", "")))
            case "br":
                self.inlines.append(Break())
            case "img":
                self._add_image(attributes)
            case "sup":
                self._add_marker(attributes.get("data-source", ""))
            case "span":
                self._start_span(attributes.get("data-merge", ""))
            case _:
                self._start_block(tag, attributes.get("data-block", ""))

    def handle_endtag(self, tag: str) -> None:
        match tag:
            case "strong" | "b":
                self.strong -= 1
            case "em" | "i":
                self.em -= 1
            case "a":
                self.hrefs.pop()
            case "sup":
                self.is_muted = False
            case "span":
                self._end_span()
            case _:
                self._end_paragraph()
                if tag in ("ul", "ol", "li", "blockquote") and self.kept.pop():
                    self._end_container()

    def handle_data(self, data: str) -> None:
        if self.is_muted:
            return
        if any(self.spans):
            self.fallback += data
            return
        words = Words(
            data,
            href=next((href for href in reversed(self.hrefs) if href), ""),
            strong=self.strong > 0,
            em=self.em > 0,
        )
        last = self.inlines[-1] if self.inlines else None
        if isinstance(last, Words) and replace(last, text=words.text) == words:
            self.inlines[-1] = replace(last, text=last.text + words.text)
        else:
            self.inlines.append(words)

    def _add_image(self, attributes: dict[str, str]) -> None:
        if src := own_image(attributes.get("src", "")):
            width, height = (
                value if re.fullmatch(r"[0-9]{1,4}", value) else ""
                for value in (attributes.get("width", ""), attributes.get("height", ""))
            )
            self.inlines.append(Image(src, attributes.get("alt", ""), width, height))

    def _add_marker(self, key: str) -> None:
        if SOURCE_KEY.fullmatch(key):
            self._strip_space_before()
            self.inlines.append(Marker(key))
            self.is_muted = True

    def _start_span(self, merge: str) -> None:
        is_merge = merge in MERGE_FIELDS and not any(self.spans)
        self.spans.append(merge if is_merge else "")

    def _end_span(self) -> None:
        if self.spans and (merge := self.spans.pop()):
            fallback, self.fallback = " ".join(self.fallback.split())[:MAX_FALLBACK], ""
            self.inlines.append(Merge(merge, fallback.strip()))

    def _strip_space_before(self) -> None:
        """A marker sticks to the word before it."""
        while self.inlines and isinstance(words := self.inlines[-1], Words):
            if text := words.text.rstrip(SPACE):
                self.inlines[-1] = replace(words, text=text)
                break
            del self.inlines[-1]

    def _start_block(self, tag: str, block: str) -> None:
        self._end_paragraph()
        if tag in ("p", "h2", "h3"):
            self.paragraph_tag = tag
            self.is_button = tag == "p" and block == "button"
        elif tag == "div" and block == "ask":
            self.containers[-1].add(Ask())
            self.is_muted = True
        elif tag != "div":
            self.kept.append(self._start_container(tag))

    def _start_container(self, tag: str) -> bool:
        # Items do not count: a block that stands bare in a list gets one when it is written.
        depth = sum(container.tag != "li" for container in self.containers)
        if not (self.containers[-1].is_list if tag == "li" else depth <= MAX_DEPTH):
            return False
        self.containers.append(_Container(tag))
        return True

    def _end_container(self) -> None:
        ended = self.containers.pop()
        parent = self.containers[-1]
        if ended.tag == "li":
            parent.items += [tuple(ended.blocks)] if ended.blocks else []
        elif ended.tag == "blockquote":
            if ended.blocks:
                parent.add(Quote(tuple(ended.blocks)))
        elif ended.items:
            parent.add(Listing(tuple(ended.items), "ul" if ended.tag == "ul" else "ol"))

    def _end_paragraph(self) -> None:
        inlines, self.inlines = _trimmed(self.inlines), []
        tag, self.paragraph_tag = self.paragraph_tag, "p"
        is_button, self.is_button = self.is_button, False
        self.is_muted = False
        if is_button and (button := _button(inlines)):
            self.containers[-1].add(button)
        elif inlines:
            self.containers[-1].add(Paragraph(tuple(inlines), tag))  # type: ignore[arg-type]


def _button(inlines: list[Inline]) -> Button | None:
    """The button that a paragraph's links make; None when nothing in it links anywhere."""
    words = [leaf for leaf in inlines if isinstance(leaf, Words)]
    label = "".join(leaf.text for leaf in words).strip(SPACE)
    href = next((leaf.href for leaf in words if leaf.href), "")
    return Button(label, href) if label and href else None


def _trimmed(inlines: list[Inline]) -> list[Inline]:
    """`inlines` without the white space and line breaks at both ends."""
    kept = list(inlines)
    for end, strip in ((0, str.lstrip), (-1, str.rstrip)):
        while kept:
            leaf = kept[end]
            if isinstance(leaf, Words) and (text := strip(leaf.text, SPACE)):
                kept[end] = replace(leaf, text=text)
                break
            if not isinstance(leaf, Words | Break):
                break
            del kept[end]
    return kept
