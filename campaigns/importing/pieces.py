"""A text as a row of pieces: paragraphs, headings, list items, quotes."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from campaigns.text.vocabulary import Break, Image, Inline, Marker, Merge, Words

# `1.`, `1)`, `(1)`, `[1]`, `[1]:`, `¹`, `^1` at the beginning of a paragraph.
NUMBERED = re.compile(
    r"""(?: (?P<a>[0-9]{1,3}) (?:[.)][ ]|[.)](?=["“„«A-ZÄÖÜ])|:[ ])
        |   \((?P<b>[0-9]{1,3})\)[ ]? | \[\^?(?P<c>[0-9]{1,3})\]:?[ ]?
        |   (?P<d>[¹²³⁰⁴-⁹]{1,3})[ ]? | \^(?P<e>[0-9]{1,3})\^?[ ]? )""",
    re.VERBOSE,
)
RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
Kind = Literal["p", "h2", "h3", "ul", "ol", "quote", "note"]


@dataclass(frozen=True)
class Piece:
    """One paragraph as it was read, and `raw`, the lines that it came from.

    `label` is what a numbered piece or a note (`[^key]: …`) is called: `3`, `key`. `is_furniture`
    says that it stood in the navigation, a form or the footer of a page, `is_picture` that it is
    what a picture shows. `ends_block` says that an empty line, or as good as one, came behind it.
    """

    inlines: tuple[Inline, ...]
    raw: str
    kind: Kind = "p"
    label: str = ""
    is_furniture: bool = False
    is_picture: bool = False
    ends_block: bool = True

    @cached_property
    def text(self) -> str:
        """What the eye reads, on one line."""
        return " ".join("".join(map(_leaf_text, self.inlines)).split())

    @property
    def links(self) -> list[tuple[str, str]]:
        """(text, address) of each link."""
        return [
            (leaf.text, leaf.href) for leaf in self.inlines if isinstance(leaf, Words) and leaf.href
        ]

    def without(self, count: int) -> "Piece":
        """The piece without the first `count` characters of its text."""
        at, offset = self._place(count)
        kept = list(self.inlines[at:])
        if kept and isinstance(first := kept[0], Words):
            kept[0] = replace(first, text=first.text[offset:])
        while kept and not _leaf_text(kept[0]).strip() and isinstance(kept[0], Words | Break):
            kept.pop(0)
        if kept and isinstance(first := kept[0], Words):
            kept[0] = replace(first, text=first.text.lstrip())
        return replace(self, inlines=tuple(kept))

    def until(self, count: int) -> "Piece":
        """The piece with no more than the first `count` characters of its text."""
        at, offset = self._place(count)
        kept = list(self.inlines[:at])
        if offset and isinstance(leaf := self.inlines[at], Words):
            kept.append(replace(leaf, text=leaf.text[:offset].rstrip()))
        return replace(self, inlines=tuple(kept))

    def _place(self, count: int) -> tuple[int, int]:
        """Which inline holds character `count` of the text, and where; spaces in a row are one."""
        in_space = True
        for at, leaf in enumerate(self.inlines):
            for offset, character in enumerate(_leaf_text(leaf)):
                if count <= 0:
                    return at, offset
                count -= not (in_space and character.isspace())
                in_space = character.isspace()
        return len(self.inlines), 0


def labelled(piece: Piece) -> Piece:
    """`piece` as a numbered one when it begins with a number, else as it is."""
    match = NUMBERED.match(piece.text) if piece.kind == "p" else None
    if match is None or match.end() == len(piece.text):
        return piece
    number = next(filter(None, match.groups()))
    return replace(piece.without(match.end()), kind="ol", label=str(int(number.translate(RAISED))))


def _leaf_text(leaf: Inline) -> str:
    match leaf:
        case Words(text):
            return text
        case Marker(key):
            return f"[^{key}]"
        case Image(_, alt):
            return alt
        case Break():
            return " "
        case Merge(_, fallback):
            return fallback


def joined(pieces: Iterable[Piece], between: str = "\n\n") -> str:
    """The texts of `pieces`, as paragraphs."""
    return between.join(piece.text for piece in pieces)
