"""A message built once for many people: pre-encoded MIME bytes with holes.

A mailing compiles one skeleton per language; per recipient only the holes are filled, by literal
replacement: what a value holds is never read as a hole. Followed: RFC 5322 (message), RFC 2045
and 2046 (MIME), RFC 2047 (header text).
"""

import hashlib
import re
import secrets
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from html import escape
from itertools import accumulate, chain, pairwise
from typing import Any, NamedTuple, Self
from urllib.parse import quote as percent_encode

from postroom.addresses import BadAddress, ascii_domain
from postroom.headers import BadHeader, check_name, plain_field, text_field
from postroom.quoting import SOFT_BREAK, quote
from postroom.transport import Ready

FORMAT = 1

_HOLE = re.compile(r"\[\[([a-z][a-z0-9_]*)\]\]")
_EDGE = re.compile(r"^[ \t]*\[\[(begin|end)_(\d+)\]\][ \t]*\r?\n", re.MULTILINE)
_WEB_ADDRESS = re.compile(r"https?://[^\s\"'<>]*")
_BEGINS_ADDRESS = re.compile(
    r"\b(?:href|src|srcset|action|formaction|background|poster)\s*=\s*[\"']?\s*\Z", re.IGNORECASE
)
_UNRESERVED = re.compile(r"[A-Za-z0-9_.~-]*").fullmatch
_SAFE_IN_FIELD = re.compile(r"[!-~]+").fullmatch
_NOT_IN_FIELD = re.compile(r"[<>,;()\[\]\\\"]").search

_FREE_TEXT = {"subject", "date"}
_REQUIRED = {"to", "date", "message-id"}
_WRITTEN_HERE = {"from", "subject", "mime-version", "content-type", "content-transfer-encoding"}

Values = Mapping[str, str]


class SkeletonError(ValueError):
    """Something about a skeleton or its values is wrong; each cause has its own class below."""


class HoleBeginsAddress(SkeletonError):
    """Compile: a hole may be part of a web address, never its beginning (its scheme)."""


class UnknownHole(SkeletonError):
    """Fill: a value was given for a hole that was not declared."""


class MissingValue(SkeletonError):
    """Fill: a declared hole was given no value."""


class BadValue(SkeletonError):
    """Fill: the value cannot stand in the header field that has this hole."""


class UnreadableSkeleton(SkeletonError):
    """Load: stored in a format that this version does not know."""


class Slot(NamedTuple):
    """A place to fill: how (`text`, `html`, `url`, `field`) and what.

    For `field` it is the whole line ("Subject: Hello [[first_name]]"), because encoding and
    folding depend on all of it; else it is the name of the hole.
    """

    context: str
    what: str


class Edge(NamedTuple):
    """Where a section begins or ends."""

    begins: bool
    section: int


class Section(NamedTuple):
    """A part that can be left out, as offsets into the bytes without their holes."""

    number: int
    start: int
    end: int


def without_holes(text: str) -> str:
    """The text with nothing in it that could be read as a hole: an unseen joiner parts brackets."""
    return text.replace("[[", "[\u2060[")


class Placeholders:
    """What stands for holes while a template is rendered that holds other people's text.

    `placeholders["to"]` goes into the template's context. `settle()` turns each into a hole
    afterwards, and keeps everything else that looks like one from being read as one: nobody who
    writes a headline can know the marks of this rendering.
    """

    def __init__(self) -> None:
        # As short as a date, so that lines of the text part wrap where they will.
        self._mark = f"h{secrets.token_hex(3)}"
        self._placed = re.compile(f"{self._mark}-([a-z0-9_]+)-")

    def __getitem__(self, name: str) -> str:
        return f"{self._mark}-{name}-"

    def settle(self, rendered: str) -> str:
        """The rendered text with holes where the placeholders stood, and nowhere else."""
        return self._placed.sub(r"[[\1]]", without_holes(rendered))


class Skeleton:
    """MIME bytes with holes. Made by compile_skeleton() or load(); safe to share by threads."""

    def __init__(
        self,
        pieces: Iterable[bytes | Slot | Edge],
        holes: Collection[str],
        sections: Iterable[Section] = (),
    ) -> None:
        self.holes = frozenset(holes)
        self._literals = [b""]
        self._slots: list[Slot] = []
        self._sections = list(sections)
        began: dict[int, int] = {}
        for piece in pieces:
            if isinstance(piece, Edge):
                at = sum(map(len, self._literals))
                if piece.begins:
                    began[piece.section] = at
                else:
                    self._sections.append(Section(piece.section, began.pop(piece.section), at))
            elif isinstance(piece, Slot):
                self._slots.append(piece)
                self._literals.append(b"")
            else:
                self._literals[-1] += piece
        # The same value in the same context is encoded once, however often it stands there.
        different = list(dict.fromkeys(self._slots))
        self._fillers = [_filler(slot) for slot in different]
        self._order = [different.index(slot) for slot in self._slots]

    def fill(self, values: Values) -> Ready:
        """The finished message: CRLF line ends, 7-bit, no line that starts with a dot.

        `values` has one text for every declared hole and no other.

        Raises UnknownHole, MissingValue, BadValue.
        """
        if values.keys() != self.holes:
            self._complain(values)
        filled = [fill(values) for fill in self._fillers]
        parts = [b""] * (2 * len(self._slots) + 1)
        parts[::2] = self._literals
        parts[1::2] = [filled[index] for index in self._order]
        return Ready(b"".join(parts))

    def _complain(self, values: Values) -> None:
        if unknown := sorted(values.keys() - self.holes):
            raise UnknownHole(f"no hole is called {', '.join(unknown)}")
        missing = sorted(self.holes - values.keys())
        raise MissingValue(f"no value for {', '.join(missing)}")

    @property
    def sections(self) -> frozenset[int]:
        """The numbers of the parts that can be left out."""
        return frozenset(section.number for section in self._sections)

    def without(self, sections: Collection[int]) -> Self:
        """The same message without these sections. As quick to fill as if it were made so."""
        cuts = [(start, end) for number, start, end in self._sections if number in sections]
        literal = b"".join(self._literals)
        slots: dict[int, list[Slot]] = {}
        for at, slot in zip(accumulate(map(len, self._literals)), self._slots, strict=False):
            slots.setdefault(at, []).append(slot)
        edges = sorted({0, len(literal), *slots, *chain.from_iterable(cuts)})
        pieces: list[bytes | Slot] = []
        for at, until in pairwise([*edges, len(literal)]):
            if not any(start <= at < end for start, end in cuts):
                pieces += [*slots.get(at, ()), literal[at:until]]
        return type(self)(pieces, self.holes)

    def dump(self) -> tuple[bytes, dict[str, Any]]:
        """For a bytea and a jsonb column: the bytes without holes, and where the holes are."""
        ends = accumulate(map(len, self._literals))
        slots = [[at, *slot] for at, slot in zip(ends, self._slots, strict=False)]
        layout = {"format": FORMAT, "holes": sorted(self.holes), "slots": slots}
        if self._sections:
            layout["sections"] = [[*section] for section in self._sections]
        return b"".join(self._literals), layout

    @classmethod
    def load(cls, literal: bytes | memoryview, layout: Mapping[str, Any]) -> Self:
        """The skeleton that dump() wrote. Raises UnreadableSkeleton."""
        if layout.get("format") != FORMAT:
            raise UnreadableSkeleton(f"format {layout.get('format')!r}, not {FORMAT}")
        literal = bytes(literal)
        pieces: list[bytes | Slot] = []
        done = 0
        for at, context, what in layout["slots"]:
            pieces += [literal[done:at], Slot(context, what)]
            done = at
        sections = [Section(*section) for section in layout.get("sections", ())]
        return cls([*pieces, literal[done:]], layout["holes"], sections)


def compile_skeleton(
    *,
    sender: str,
    subject: str,
    headers: Mapping[str, str],
    text: str,
    html: str,
    holes: Collection[str],
) -> Skeleton:
    """A multipart/alternative message, encoded once, with `[[name]]` as holes.

    `sender` is the From field as headers.mailbox() writes it. `headers` are the other fields in
    their order; To, Date and Message-ID must be among them. `holes` are the names that may occur;
    fill() wants a value for each. A value is escaped for where it stands: HTML in the HTML part,
    percent-encoded inside a web address, literally in the text part, as one line in a field.
    `[[…]]` around any other name is plain text, as somebody's headline may hold it.

    In both parts a line with `[[begin_3]]` alone and one with `[[end_3]]` enclose section 3, which
    can be left out again. Sections do not overlap.

    Raises HoleBeginsAddress, BadHeader.
    """
    return Skeleton(_pieces(sender, subject, headers, text, html, set(holes)), holes)


def compose(
    *, sender: str, subject: str, headers: Mapping[str, str], text: str, html: str
) -> bytes:
    """One finished message for one person, built like a skeleton; `[[…]]` in it is plain text.

    Raises BadHeader.
    """
    pieces = _pieces(sender, subject, headers, text, html, None)
    return Skeleton(pieces, ()).fill({})


def _pieces(
    sender: str,
    subject: str,
    headers: Mapping[str, str],
    text: str,
    html: str,
    holes: set[str] | None,
) -> Iterator[bytes | Slot | Edge]:
    """`holes` None: nothing is a hole."""
    _check_fields(headers)
    # "=_" never occurs in quoted-printable, so no text can end its part (RFC 2045 §6.7).
    digest = hashlib.sha256(f"{text}\0{html}".encode("utf-8", "replace"))
    boundary = b"=_" + digest.hexdigest()[:24].encode("ascii")
    for name, value in chain((("From", sender), ("Subject", subject)), headers.items()):
        yield from _field(name, value, holes)
    yield b'MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary="%b"\r\n' % boundary
    for subtype, body in (("plain", text), ("html", html)):
        yield (
            b"\r\n--%b\r\nContent-Type: text/%b; charset=utf-8\r\n"
            b"Content-Transfer-Encoding: quoted-printable\r\n\r\n"
        ) % (boundary, subtype.encode("ascii"))
        yield from _sections(body, subtype, holes)
    yield b"\r\n--%b--\r\n" % boundary


def _check_fields(headers: Mapping[str, str]) -> None:
    names = [check_name(name).lower() for name in headers]
    if len(names) != len(set(names)):
        raise BadHeader("a header field is given twice")
    if taken := sorted(_WRITTEN_HERE & set(names)):
        raise BadHeader(f"written by the skeleton itself: {', '.join(taken)}")
    if missing := sorted(_REQUIRED - set(names)):
        raise BadHeader(f"every message needs {', '.join(missing)}")


def _field(name: str, value: str, holes: set[str] | None) -> Iterator[bytes | Slot]:
    if any(isinstance(part, Slot) for part in _split(value, "field", holes)):
        check_name(name)
        yield Slot("field", f"{name}: {value}")
    else:
        yield _write_field(name, value)


def _write_field(name: str, value: str) -> bytes:
    return (text_field if name.lower() in _FREE_TEXT else plain_field)(name, value)


def _sections(body: str, subtype: str, holes: set[str] | None) -> Iterator[bytes | Slot | Edge]:
    """The body, with an edge where a section begins or ends: always at the start of a line."""
    done = 0
    for found in _EDGE.finditer(body) if holes is not None else ():
        yield from _body(body[done : found.start()], subtype, holes)
        yield Edge(found[1] == "begin", int(found[2]))
        done = found.end()
    yield from _body(body[done:], subtype, holes)


def _body(body: str, subtype: str, holes: set[str] | None) -> Iterator[bytes | Slot]:
    context = "html" if subtype == "html" else "text"
    parts = list(_split(body, context, holes))
    for index, part in enumerate(parts):
        if isinstance(part, Slot):
            yield part
            yield SOFT_BREAK
        else:
            encoded = quote(part)
            hole_follows = index + 1 < len(parts)
            at_line_start = not encoded or encoded.endswith(b"\r\n")
            yield encoded + SOFT_BREAK if hole_follows and not at_line_start else encoded


def _split(template: str, context: str, holes: Collection[str] | None) -> Iterator[str | Slot]:
    """Literal texts and slots in turn; slots inside a web address get the context `url`."""
    if holes is None:
        yield template
        return
    addresses = [found.span() for found in _WEB_ADDRESS.finditer(template)]
    done = 0
    for found in _HOLE.finditer(template):
        name = found[1]
        if name not in holes:
            continue
        literal = template[done : found.start()]
        if context == "html" and _BEGINS_ADDRESS.search(literal[-80:]):
            raise HoleBeginsAddress(f"[[{name}]] stands where a web address begins")
        yield literal
        in_address = any(start < found.start() < end for start, end in addresses)
        yield Slot("url" if in_address else context, name)
        done = found.end()
    yield template[done:]


def _filler(slot: Slot) -> Callable[[Values], bytes]:
    context, what = slot
    if context == "field":
        return _field_filler(*what.split(": ", 1))
    if context == "html":
        return lambda values: quote(escape(values[what]))
    if context == "url":
        return lambda values: quote(_in_address(values[what]))
    return lambda values: quote(values[what])


def _in_address(value: str) -> str:
    # Tokens are written so that nothing in them needs it.
    return value if _UNRESERVED(value) else percent_encode(value, safe="", errors="replace")


def _field_filler(name: str, template: str) -> Callable[[Values], bytes]:
    context = "text" if name.lower() in _FREE_TEXT else "field"
    parts = list(_split(template, context, set(_HOLE.findall(template))))
    last: tuple[str, bytes] = ("", b"")

    def fill(values: Values) -> bytes:
        nonlocal last
        text = "".join([part if isinstance(part, str) else insert(part, values) for part in parts])
        # The date is the same for all messages of a second, a subject often for all.
        said, written = last
        if said == text and written:
            return written
        try:
            written = _write_field(name, text)
        except BadHeader as error:
            raise BadValue(str(error)) from None
        last = (text, written)
        return written

    def insert(slot: Slot, values: Values) -> str:
        if slot.what not in values:
            return f"[[{slot.what}]]"
        value = values[slot.what]
        if slot.context == "url":
            return _in_address(value)
        return value if slot.context == "text" else _bare(slot.what, value)

    return fill


def _bare(hole: str, value: str) -> str:
    """An address, id or number that cannot end its place in a field of addresses or ids."""
    if not value.isascii() and "@" in value:
        try:
            value = ascii_domain(value)
        except BadAddress as error:
            raise BadValue(f"[[{hole}]]: {error}") from None
    if not _SAFE_IN_FIELD(value) or _NOT_IN_FIELD(value):
        raise BadValue(f"[[{hole}]]: not allowed in this header field")
    return value
