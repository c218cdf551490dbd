"""Makes the letter's body of its pieces: lists of items, quotes of their paragraphs, asks."""

from collections.abc import Iterable
from itertools import groupby

from campaigns.importing.pieces import Piece
from campaigns.text.sanitising import clean, refuse_too_long, write
from campaigns.text.vocabulary import Ask, Block, Inline, Listing, Paragraph, Quote, Words


def letter_html(
    pieces: list[Piece], inlines: list[tuple[Inline, ...]], asks: Iterable[bool]
) -> str:
    """The body as it is stored. Raises `TextTooLong`.

    `inlines` are those of `pieces`, with markers; `asks` says which pieces are the ask.
    """
    rows = list(zip(pieces, inlines, asks, strict=True))
    blocks: list[Block] = []
    for kind, group in groupby(rows, key=lambda row: "ask" if row[2] else row[0].kind):
        members = [(piece, inner) for piece, inner, _is_ask in group]
        if kind == "ask":
            blocks += [Ask() for _member in members]
        elif kind == "ul":
            blocks.append(Listing(tuple((Paragraph(inner),) for _piece, inner in members)))
        elif kind == "ol":
            blocks += _numbered(members)
        elif kind == "quote":
            blocks.append(Quote(tuple(Paragraph(inner) for _piece, inner in members)))
        else:
            blocks += [_paragraph(piece, inner) for piece, inner in members]
    html = write(blocks)
    refuse_too_long(html)
    return clean(html)


def _paragraph(piece: Piece, inlines: tuple[Inline, ...]) -> Paragraph:
    match piece.kind:
        case "h2" | "h3" as tag:
            return Paragraph(inlines, tag)
    return Paragraph(inlines)


def _numbered(members: list[tuple[Piece, tuple[Inline, ...]]]) -> list[Block]:
    """A list when its numbers count from 1; else paragraphs that keep theirs."""
    labels = [piece.label for piece, _inner in members]
    if labels == [str(number) for number in range(1, len(labels) + 1)] and len(labels) > 1:
        return [Listing(tuple((Paragraph(inner),) for _piece, inner in members), "ol")]
    return [Paragraph((Words(f"{piece.label}. "), *inner)) for piece, inner in members]
