"""Notes that a sign marks, a letter or a small Roman number: `*`, `†`, `[a]`, `(ii)`, `ᵃ`."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from campaigns.importing.citations import IBID
from campaigns.importing.listing import looks_cited
from campaigns.importing.pieces import Piece
from campaigns.text.vocabulary import Inline, Marker, Words

RAISED = dict(zip("ᵃᵇᶜᵈᵉᶠᵍʰ", "abcdefgh", strict=True))
SIGN, LETTER = r"\*{1,4}|[†‡¶‖]{1,3}", r"[a-z]|[ivx]{2,5}"
# How such a note begins.
NOTE = re.compile(
    rf"(?P<sign>{SIGN}) ?(?=\S)|[\[(](?P<bracketed>{LETTER})[\])]:? ?(?=\S)"
    rf"|(?P<raised>[{''.join(RAISED)}]) ?(?=\S)|(?P<point>[a-h]|[ivx]{{1,5}})[.)] (?=\S)"
)
MOST_SIGNS = 60
# `*word*` is how a mail as text says that a word is strong.
EMPHASIS = r"(?<!\S)\*[^\s*][^*]{0,80}\*(?!\*)"


def label_signed_notes(pieces: list[Piece]) -> list[Piece]:
    """`pieces` with each note that a sign marks called by it, and a marker for each of its uses.

    A note is a piece that begins with a sign of its own and looks like a reference; a list whose
    every item has the same bullet is none.
    """
    notes = dict(_notes(pieces))
    times = Counter(sign for sign, _end in notes.values())
    notes = {at: note for at, note in notes.items() if times[note[0]] == 1}
    if not notes or len(notes) > MOST_SIGNS:
        return pieces
    uses = re.compile(
        "|".join([rf"(?P<emphasis>{EMPHASIS})", *map(_use, sorted(times, reverse=True))])
    )
    marked = [piece if at in notes else _marked(piece, uses) for at, piece in enumerate(pieces)]
    if marked == pieces:
        return pieces
    for at, (sign, end) in notes.items():
        marked[at] = replace(pieces[at].without(end), kind="ol", label=sign)
    return marked


def _notes(pieces: list[Piece]) -> Iterator[tuple[int, tuple[str, int]]]:
    """The index of each note, its sign and where its text begins."""
    for at, piece in enumerate(pieces):
        if piece.kind == "ul" and piece.raw.startswith("* "):
            match, sign, end = None, "*", 0
        elif piece.kind == "p" and (match := NOTE.match(piece.text)):
            sign = next(filter(None, match.groups()))
            end = match.end()
        else:
            continue
        if looks_cited(piece.text[end:]) or IBID.fullmatch(piece.text[end:]):
            yield at, (RAISED.get(sign, sign), end)


def _use(sign: str) -> str:
    """How a text uses `sign`: behind a word, and never as the bullet of a list."""
    if not sign.isalpha():
        return rf"(?<=[^\s*†‡¶‖]){re.escape(sign)}(?=[\s.,;:!?)”\"’]|\Z)"
    raised = "".join(mark for mark, letter in RAISED.items() if letter == sign)
    return rf" ?\[{sign}\]|(?<=[.!?]){sign}(?=\s|\Z)|(?<=[.!?”\"’]) ?\({sign}\)" + (
        f"|{raised}" if raised else ""
    )


def _marked(piece: Piece, uses: re.Pattern[str]) -> Piece:
    inlines: list[Inline] = []
    before = ""
    for leaf in piece.inlines:
        if not isinstance(leaf, Words):
            inlines.append(leaf)
            continue
        # A raised sign is a leaf of its own; what it stands behind is in the one before.
        text, start = before + leaf.text, len(before)
        for match in uses.finditer(text, start):
            if match.lastgroup == "emphasis":
                continue
            inlines.append(replace(leaf, text=text[start : match.start()]))
            sign = match[0].strip(" []()")
            inlines.append(Marker(RAISED.get(sign, sign)))
            start = match.end()
        inlines.append(replace(leaf, text=text[start:]))
        before = text[-1:]
    kept = tuple(leaf for leaf in inlines if not (isinstance(leaf, Words) and not leaf.text))
    return replace(piece, inlines=kept) if kept != piece.inlines else piece
