"""Reads the HTML of a page, of a mail or of one paragraph into pieces."""

import re
from dataclasses import replace
from html.parser import HTMLParser

from campaigns.importing.pieces import NUMBERED, Kind, Piece, labelled
from campaigns.importing.reading import INVISIBLE
from campaigns.text.vocabulary import SOURCE_KEY, Break, Inline, Marker, Words, allowed_link
from campaigns.tracking import strip_tracking

UNSEEN = {"script", "style", "head", "template", "noscript", "svg", "iframe", "object", "math"}
FURNITURE = {"nav", "footer", "aside", "form", "button", "select", "label", "option", "dialog"}
VOID = {"br", "img", "hr", "input", "meta", "link", "wbr", "area", "base", "col", "embed", "source"}
INLINE = {
    *("a", "abbr", "b", "big", "cite", "code", "del", "em", "font", "i", "ins", "kbd", "mark"),
    *("q", "s", "small", "span", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr", "img"),
    *("br", "input", "bdi", "bdo", "data", "dfn", "label", "option"),
}
KINDS: dict[str, Kind] = {
    "h1": "h2",
    "h2": "h2",
    "h3": "h3",
    "h4": "h3",
    "h5": "h3",
    "h6": "h3",
    "blockquote": "quote",
}
SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
RAISED_LETTERS = str.maketrans("abcdefgh", "ᵃᵇᶜᵈᵉᶠᵍʰ")
NOTE_NUMBER = re.compile(r"\s*[\[(]?([0-9]{1,3}(?:\s*[,;]\s*[0-9]{1,3})*)[\])]?\s*")
BACK_LINK = re.compile(r"\s*(?:↩|↑|\^|⤴)\ufe0e?\s*")
# Deeper than this no page means anything by its tags.
MAX_DEPTH = 100


def page_pieces(html: str) -> list[Piece]:
    """The pieces of an HTML text. What stands in its navigation, forms and footer is marked so."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.end_piece()
    return reader.pieces


def read_inlines(html: str) -> tuple[Inline, ...]:
    """The inlines of one paragraph's HTML."""
    pieces = page_pieces(html)
    return tuple(leaf for piece in pieces for leaf in piece.inlines)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[Piece] = []
        self.open: list[str] = []
        self.inlines: list[Inline] = []
        self.hrefs: list[str] = []
        self.counts: list[int | None] = []
        self.raised = ""
        # Where the pieces of the last header begin.
        self.header = 0
        # The number of the list item that begins here; None once it has been used.
        self.item: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag not in INLINE:
            self.end_piece()
        if len(self.open) >= MAX_DEPTH and tag not in VOID:
            return
        if tag == "br":
            self.inlines.append(Break())
        elif tag == "img":
            self._add_picture(attributes.get("alt", ""))
        elif tag == "sup" and SOURCE_KEY.fullmatch(attributes.get("data-source", "")):
            self.inlines.append(Marker(attributes["data-source"]))
        elif tag == "input" and attributes.get("type") in ("checkbox", "radio"):
            # What people have to tick or choose is part of what they are asked.
            box = "☑ " if "checked" in attributes else "☐ "
            self._add(box if attributes["type"] == "checkbox" else "○ ")
        elif tag == "a":
            self.hrefs.append(strip_tracking(allowed_link(attributes.get("href", ""))))
        elif tag in ("ol", "ul"):
            start = attributes.get("start", "")
            first = int(start) if start.isdecimal() and len(start) < 4 else 1
            self.counts.append(first if tag == "ol" else None)
        elif tag == "header":
            self.header = len(self.pieces)
        elif tag == "li":
            self._start_item(attributes.get("value", ""))
        if tag not in VOID:
            self.open.append(tag)

    def _add_picture(self, alt: str) -> None:
        """What a picture shows, above the paragraph that it stands in."""
        text = " ".join(INVISIBLE.sub("", alt).split())
        if text and UNSEEN.isdisjoint(self.open):
            is_furniture = not FURNITURE.isdisjoint(self.open)
            words = (Words(text),)
            self.pieces.append(Piece(words, text, is_furniture=is_furniture, is_picture=True))

    def _start_item(self, value: str) -> None:
        count = self.counts[-1] if self.counts else None
        if count is not None and value.isdecimal() and len(value) < 4:
            count = int(value)
        self.item = "" if count is None else str(count)
        if self.counts and count is not None:
            self.counts[-1] = count + 1

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.open:
            return
        while self.open:
            ended = self.open[-1]
            if ended not in INLINE:
                self.end_piece()
            if ended == "sup":
                self._end_raised()
            elif ended == "a":
                self.hrefs.pop()
            elif ended in ("ol", "ul"):
                self.counts.pop()
            elif ended == "header":
                self._end_header()
            self.open.pop()
            if ended == tag:
                break

    def _end_header(self) -> None:
        """A header without a heading is that of the site, not that of its text."""
        if not any(piece.kind in ("h2", "h3") for piece in self.pieces[self.header :]):
            for at in range(self.header, len(self.pieces)):
                self.pieces[at] = replace(self.pieces[at], is_furniture=True)

    def handle_data(self, data: str) -> None:
        if not UNSEEN.isdisjoint(self.open):
            return
        if "sup" in self.open:
            self.raised += data
        else:
            self._add(data)

    def _end_raised(self) -> None:
        """A raised number is a reference; what else is raised (`m²`, `1st`) stays as it reads."""
        raised, self.raised = self.raised, ""
        if re.fullmatch(r"\s*[a-h]\s*", raised) and not self._ends_in_digit():
            raised = raised.strip().translate(RAISED_LETTERS)
        elif number := NOTE_NUMBER.fullmatch(raised):
            numbers = re.split(r"\s*[,;]\s*", number[1])
            raised = " ".join(numbers).translate(SUPERSCRIPT)
        self._add(raised)

    def _ends_in_digit(self) -> bool:
        """Whether a number stands before what is raised: `2<sup>e</sup>` is no note."""
        last = self.inlines[-1] if self.inlines else None
        return isinstance(last, Words) and last.text[-1:].isdigit()

    def _add(self, data: str) -> None:
        text = re.sub(r"\s+", " ", INVISIBLE.sub("", data))
        href = self.hrefs[-1] if self.hrefs else ""
        # A link to an anchor of the page itself is a note's number or the way back from it.
        if self.hrefs and not href and BACK_LINK.fullmatch(text):
            return
        if text:
            strong, em = not {"b", "strong"}.isdisjoint(self.open), bool({"i", "em"} & {*self.open})
            self.inlines.append(Words(text, href, strong, em))

    def end_piece(self) -> None:
        inlines, self.inlines = self.inlines, []
        for part in _lines(inlines):
            self._append(part)

    def _append(self, inlines: list[Inline]) -> None:
        kind: Kind = next((KINDS[tag] for tag in reversed(self.open) if tag in KINDS), "p")
        label = ""
        if "li" in self.open and kind == "p" and self.item is not None:
            kind, label, self.item = "ol" if self.item else "ul", self.item, None
        piece = Piece(tuple(inlines), "", kind, label)
        if not piece.text:
            self.item = label if kind in ("ol", "ul") else self.item
            return
        is_furniture = not FURNITURE.isdisjoint(self.open)
        piece = Piece(piece.inlines, piece.text, kind, label, is_furniture=is_furniture)
        self.pieces.append(labelled(piece))


def _lines(inlines: list[Inline]) -> list[list[Inline]]:
    """Two line breaks in a row part paragraphs, as an empty line does; so does one at a number."""
    parts: list[list[Inline]] = [[]]
    for leaf in inlines:
        is_blank = isinstance(leaf, Words) and not leaf.text.strip()
        is_next = isinstance(leaf, Words) and NUMBERED.match(leaf.text.lstrip())
        follows_break = bool(parts[-1]) and isinstance(parts[-1][-1], Break)
        if follows_break and isinstance(leaf, Break):
            parts[-1].pop()
            parts.append([])
        elif follows_break and is_next:
            parts[-1].pop()
            parts.append([leaf])
        elif not (is_blank and (not parts[-1] or isinstance(parts[-1][-1], Break))):
            parts[-1].append(leaf)
    return [part for part in parts if part]
