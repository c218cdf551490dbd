"""Finds the list of sources: under its heading, by its numbers, by its look."""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from campaigns.citations import parse_citation
from campaigns.importing import furniture, phrases
from campaigns.importing.citations import Entry
from campaigns.importing.dates import find_dates
from campaigns.importing.draft import Part
from campaigns.importing.finding import ADDRESS, SEEN, is_archived
from campaigns.importing.pieces import Piece, labelled
from campaigns.importing.references import is_imprint
from campaigns.importing.rows import parted_row, sources_on_line

BARE_NUMBER = re.compile(r"([0-9]{1,3}) (?=\S)")
# A letter may have lists of its own; the sources are among the last.
MOST_LISTS = 5
MOST_ON_LINES = 200
QUOTATION = re.compile(r"[\"“„«‘'].{4,}[\"”“»’']")


@dataclass
class Listing:
    """The entries of a list of sources, the indexes of their pieces, and that of its heading."""

    entries: list[Entry] = field(default_factory=list)
    pieces: list[int] = field(default_factory=list)
    heading: int | None = None


def find_entries(pieces: list[Piece], *, taken: Collection[int]) -> Listing:
    """The list of sources in `pieces`, leaving alone those at the indexes in `taken`."""
    notes = [at for at, piece in enumerate(pieces) if piece.kind == "note"]
    if notes:
        return _by_notes(pieces, notes)
    if listing := _by_heading(pieces, taken, _is_heading):
        return listing
    start = _start_of_numbers(pieces, taken)
    if start is not None:
        return _under(pieces, start, taken, by_heading=False)
    return (
        _by_heading(pieces, taken, _may_be_heading)
        or _last_bullets(pieces, taken)
        or _on_lines(pieces, taken)
        or _by_look(pieces, taken)
    )


def _on_lines(pieces: list[Piece], taken: Collection[int]) -> Listing | None:
    """`Source: …` on one line, wherever it stands."""
    listing = Listing()
    for at, piece in enumerate(pieces):
        sources = [] if at in taken else sources_on_line(piece)
        if not any(looks_cited(source.text) for source in sources):
            continue
        _append_row(listing, at, sources)
    return listing if 0 < len(listing.entries) <= MOST_ON_LINES else None


def looks_cited(text: str) -> bool:
    """Whether a paragraph looks like a reference, and not like one of a list of demands."""
    text = text[:2000]
    if ADDRESS.search(text) or parse_citation(text):
        return True
    return bool(find_dates(text)) and (bool(QUOTATION.search(text)) or len(text) < 300)


def _by_notes(pieces: list[Piece], notes: list[int]) -> Listing:
    """Markdown: `[^key]: …`, with the lines under it that belong to it."""
    listing = Listing()
    for at in notes:
        end = at + 1
        while end < len(pieces) and _goes_on(pieces[end - 1], pieces[end]):
            end += 1
        own = range(at, end)
        listing.entries.append(Entry(pieces[at].label, tuple(pieces[index] for index in own)))
        listing.pieces += own
    above = notes[0] - 1
    if above >= 0 and _is_heading(pieces[above]):
        listing.heading = above
    return listing


def _is_heading(piece: Piece) -> bool:
    return phrases.LABELS[Part.SOURCE].fullmatch(piece.text.strip(" :*_")) is not None


def _may_be_heading(piece: Piece) -> bool:
    return phrases.FURTHER_READING.fullmatch(piece.text.strip(" :*_")) is not None


def _by_heading(
    pieces: list[Piece], taken: Collection[int], is_heading: Callable[[Piece], bool]
) -> Listing | None:
    """The sources under the last heading of that kind, where any looks like one."""
    at = next((at for at in reversed(range(len(pieces))) if is_heading(pieces[at])), None)
    if at is None:
        return None
    listing = _under(pieces, at + 1, taken, by_heading=True)
    is_certain = is_heading is _is_heading
    if not is_certain and not any(looks_cited(entry.text) for entry in listing.entries):
        return None
    listing.heading = at
    return listing if listing.entries else None


def _start_of_numbers(pieces: list[Piece], taken: Collection[int]) -> int | None:
    """Where the last numbered list begins that looks like sources, or that the text cites."""
    starts = [
        at
        for at, piece in enumerate(pieces)
        if piece.label and at not in taken and not _counts_on(pieces, at)
    ]
    if bare := _bare_row(pieces, taken):
        return bare
    is_cited = {at: looks_cited(pieces[at].text) for at in _run(pieces, 0, taken)}
    for start in reversed(starts[-MOST_LISTS:]):
        run = _run(pieces, start, taken)
        cited = sum(is_cited[at] for at in run)
        if 2 * cited >= len(run) or _is_cited_by(pieces[:start], len(run)):
            return start
    return None


def _bare_row(pieces: list[Piece], taken: Collection[int]) -> int | None:
    """Where a list without points begins: `1 Ada Poe, "Closed," 2016`, then `2 …`."""
    for start in reversed(range(len(pieces) - 1)):
        row: list[int] = []
        for at in range(start, len(pieces)):
            match = BARE_NUMBER.match(pieces[at].text) if pieces[at].kind == "p" else None
            if at in taken or match is None or int(match[1]) != len(row) + 1:
                break
            row.append(at)
        if len(row) > 1 and 2 * sum(looks_cited(pieces[at].text) for at in row) >= len(row):
            return start
    return None


def _counts_on(pieces: list[Piece], at: int) -> bool:
    """Whether a numbered piece before this one has a smaller number: then the list began there."""
    for before in reversed(pieces[max(0, at - 4) : at]):
        if before.label.isdecimal() and pieces[at].label.isdecimal():
            return int(before.label) < int(pieces[at].label)
        if before.label:  # signs and letters do not count, they only stand one under the other
            return True
    return False


def _run(pieces: list[Piece], start: int, taken: Collection[int]) -> list[int]:
    return [at for at in range(start, len(pieces)) if pieces[at].label and at not in taken]


def _is_cited_by(before: list[Piece], count: int) -> bool:
    """Whether the text above uses at least two of the numbers 1 to `count` as references."""
    text = "\n".join(piece.text for piece in before)
    marks = re.findall(r"(?:(?<=[.!?”\"])|\[)([0-9]{1,2})(?=[\s\],]|\Z)", text)
    return len({int(mark) for mark in marks} & set(range(1, count + 1))) >= min(2, count)


def _under(pieces: list[Piece], start: int, taken: Collection[int], *, by_heading: bool) -> Listing:
    """The entries from `start` on, until something comes that is no part of a list of sources."""
    listing = Listing()
    region = _region(pieces, start, taken)
    labels = _own_labels(pieces, region)
    numbered = list(labels)
    if numbered and numbered[0] > (region or [0])[0] and not by_heading:
        region = [at for at in region if at >= numbered[0]]
    for at in region:
        piece = pieces[at]
        if numbered and at > numbered[-1] and not _goes_on(pieces[at - 1], piece):
            break
        label = labels.get(at, "")
        if label and piece.kind == "p":
            piece = labelled(_with_point(piece))
        begins = bool(label) if numbered else not _goes_on(pieces[at - 1], piece)
        if not begins and numbered and listing.entries and looks_cited(piece.text):
            begins = not _goes_on(pieces[at - 1], piece)
        if not numbered and not _may_be_source(piece, by_heading=by_heading):
            break
        if len(row := parted_row(piece)) > 1:
            _append_row(listing, at, row)
            continue
        _append(
            listing, at, piece, label, begins=begins or not listing.entries, numbered=bool(numbered)
        )
    return listing if numbered else _cut_tail(listing)


def _append(
    listing: Listing, at: int, piece: Piece, label: str, *, begins: bool, numbered: bool
) -> None:
    listing.pieces.append(at)
    if not begins:
        last = listing.entries[-1]
        listing.entries[-1] = Entry(last.label, (*last.pieces, piece), last.why)
        return
    why = ""
    if not label:
        last_label = listing.entries[-1].label if listing.entries else "0"
        label = str(int(last_label) + 1) if last_label.isdecimal() else ""
        why = _("It has no number; it was counted as number %(number)s.") % {"number": label}
    listing.entries.append(Entry(label, (piece,), why))


def _append_row(listing: Listing, at: int, row: list[Piece]) -> None:
    """Sources that stood together in the piece at `at`."""
    for part in row:
        _append(listing, at, part, part.label, begins=True, numbered=bool(part.label))
        if len(row) > 1:
            last = listing.entries[-1]
            why = _("Several sources stood on one line; look whether it is whole.")
            listing.entries[-1] = Entry(last.label, last.pieces, f"{last.why} {why}".strip())
    listing.pieces = list(dict.fromkeys(listing.pieces))


def _cut_tail(listing: Listing) -> Listing:
    """`listing` without what stands behind the last source, where nothing has a number.

    `Rivers Now is a movement of people like you …` is no source, if others look like some.
    """
    cited = [looks_cited(entry.text) for entry in listing.entries]
    while any(cited) and not cited[-1] and _says_something(listing.entries[-1].text):
        cited.pop()
        gone = listing.entries.pop()
        del listing.pieces[len(listing.pieces) - len(gone.pieces) :]
    return listing


def _says_something(text: str) -> bool:
    return len(text.split()) > 7 and text.endswith((".", "!"))


def _region(pieces: list[Piece], start: int, taken: Collection[int]) -> list[int]:
    region = []
    for at in range(start, len(pieces)):
        piece = pieces[at]
        is_next = piece.kind in ("h2", "h3") and not piece.label
        if is_next or piece.is_furniture:
            break
        if at not in taken:
            region.append(at)
    return region


def _own_labels(pieces: list[Piece], region: list[int]) -> dict[int, str]:
    """The numbers of those pieces that have one, by their indexes.

    Also a number without a point, `1 Ada Poe`, as only such lists have it: where it comes next, or
    where what follows looks like a reference. `38 Degrees would like …` is a name.
    """
    labels: dict[int, str] = {}
    last = 0
    for at in region:
        label = pieces[at].label
        bare = BARE_NUMBER.match(pieces[at].text) if pieces[at].kind == "p" else None
        if not label and bare:
            number = int(bare[1])
            is_next = number == last + 1 or looks_cited(pieces[at].text[bare.end() :])
            label = str(number) if is_next else ""
        if label:
            labels[at] = label
            last = int(label) if label.isdecimal() else last
    return labels


def _with_point(piece: Piece) -> Piece:
    bare = BARE_NUMBER.match(piece.text)
    if bare is None:
        return piece
    number = str(int(bare[1]))
    cut = piece.without(bare.end())
    return Piece(cut.inlines, piece.raw, "ol", number, ends_block=piece.ends_block)


def _goes_on(before: Piece, piece: Piece) -> bool:
    """Whether `piece` belongs to the reference above it: an address, a day of access, a rest."""
    if piece.label:
        return False
    text = piece.text
    if ADDRESS.match(text) and ADDRESS.search(before.text[:2000]):
        # A second address is a second source, unless a copy of the first is kept there.
        return is_archived(text)
    alone = (
        ADDRESS.match(text) is not None
        or SEEN.match(text.split(" 1")[0].split(" 2")[0]) is not None
    )
    seen = re.match(
        r"(?i)[\[(]?(?:last |date )?(?:accessed|retrieved|available|archived|url|link|doi|abgerufen"
        r"|verfügbar|zugriff|consultado|disponible|recuperado)\b",
        text,
    )
    leads = re.fullmatch(
        r"(?i)(?:available (?:at|from)|url|link|source|see)?:? ?\(?<?(?:https?://|www\.)\S+", text
    )
    return bool(alone or seen or leads or is_imprint(before.text, text)) or (
        not before.ends_block and text[:1].islower()
    )


def _may_be_source(piece: Piece, *, by_heading: bool) -> bool:
    """Whether a piece without a number can be a source: by its look, or at least by its place."""
    if furniture.FURNITURE.fullmatch(piece.text[:600].strip(" *:")):
        return False
    if looks_cited(piece.text):
        return True
    is_line = len(piece.text) < 300
    ends = furniture.MAIL_FURNITURE.fullmatch(piece.text) or phrases.NOTICE.search(piece.text)
    others = phrases.THANKS.fullmatch(piece.text) or phrases.CALL_TO_ACTION.fullmatch(piece.text)
    return by_heading and is_line and not ends and not others


def _last_bullets(pieces: list[Piece], taken: Collection[int]) -> Listing | None:
    """The last list of a text where each item is an address or dated, and half have addresses."""
    end = next((at for at in reversed(range(len(pieces))) if pieces[at].kind == "ul"), -1) + 1
    start = end
    while start and pieces[start - 1].kind == "ul" and start - 1 not in taken:
        start -= 1
    texts = [piece.text[:2000] for piece in pieces[start:end]]
    addresses = sum(ADDRESS.search(text) is not None for text in texts)
    is_late = start >= len(pieces) // 2
    if not is_late or len(texts) < 2 or 2 * addresses < len(texts):
        return None
    if not all(ADDRESS.match(text) or find_dates(text) for text in texts):
        return None
    listing = Listing()
    for at in range(start, end):
        _append(listing, at, pieces[at], "", begins=True, numbered=False)
    return listing


def _by_look(pieces: list[Piece], taken: Collection[int]) -> Listing:
    """Citations at the end of a text, without numbers and without a heading."""
    listing = Listing()
    last = len(pieces)
    while last and last - 1 not in taken and not _is_cited(pieces[last - 1]):
        last -= 1
        if len(pieces) - last > 12:
            return listing
    first = last
    while first and first - 1 not in taken and _is_cited(pieces[first - 1]):
        first -= 1
    for at in range(first, last):
        begins = at == first or not _goes_on(pieces[at - 1], pieces[at])
        _append(listing, at, pieces[at], "", begins=begins, numbered=False)
    return listing


def _is_cited(piece: Piece) -> bool:
    """A citation by our rule, or close to it: a quoted title, and a date or an address."""
    text = piece.text[:2000]
    if piece.is_furniture or len(text) > 600:
        return False
    dated = bool(find_dates(text)) or ADDRESS.search(text) is not None
    title = re.search(r"[,:.] ?[\"“„«].{8,}[\"”“»]", text)
    return parse_citation(text) is not None and dated or bool(title) and dated
