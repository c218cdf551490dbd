"""Parts a list of sources that stands on one line: `[1] … [2] …`, `Sources: A; B`."""

import re
from collections.abc import Iterator
from dataclasses import replace

from campaigns.importing.dates import MONTH
from campaigns.importing.draft import Part
from campaigns.importing.labels import LABEL, label_of
from campaigns.importing.pieces import Piece, labelled

# More on one line are no list that somebody wrote.
MOST = 200
# Where the next source begins: its number in brackets, or with a point behind the end of another.
# `am 3. März` is a day and no number.
NEXT = (
    r"\s\[{0}\]:?\s(?=\S)|(?<=[.!?”\"»)/0-9a-z])\s{0}\.\s(?=[\"“„«A-ZÄÖÜ])"
    rf"(?!(?i:{MONTH})\b)"
)


def parted_row(piece: Piece) -> list[Piece]:
    """The numbered pieces in one whose list lost its line ends; `piece` alone where it is one."""
    if not piece.label.isdecimal():
        return [piece]
    starts = list(_starts(piece.text, int(piece.label)))
    if not starts:
        return [piece]
    ends = [begin for begin, _end in starts[1:]] + [len(piece.text)]
    row = [piece.until(starts[0][0])]
    for number, ((_begin, start), end) in enumerate(
        zip(starts, ends, strict=True), start=int(piece.label) + 1
    ):
        part = piece.until(end).without(start)
        row.append(replace(part, kind="ol", label=str(number)))
    return [replace(part, raw=part.text) for part in row]


def _starts(text: str, number: int) -> Iterator[tuple[int, int]]:
    """Where each number after `number` stands, as long as the next one follows."""
    at = 0
    while match := re.compile(NEXT.format(number + 1)).search(text, at):
        yield match.span()
        at, number = match.end(), number + 1


def sources_on_line(piece: Piece) -> list[Piece]:
    """The sources in `Source: …` or `Sources: A; B`; empty for any other piece."""
    if piece.kind != "p" or label_of(piece.text)[0] != Part.SOURCE:
        return []
    match = LABEL.fullmatch(piece.text)
    if match is None or not match["rest"]:
        return []
    rest = labelled(piece.without(match.start("rest")))
    if rest.label:
        return parted_row(rest)
    cuts = [found.span() for found in re.finditer(r"; (?=\S)", rest.text)]
    if len(cuts) >= MOST:
        return [rest]
    starts, ends = [0, *(end for _start, end in cuts)], [start for start, _end in cuts]
    return [
        rest.until(end).without(start)
        for start, end in zip(starts, [*ends, len(rest.text)], strict=True)
    ]
