"""Excel workbooks (ECMA-376, Office Open XML) of text cells, written row by row into a stream.

Every cell is an inline string: typed as text, so nothing in it is ever a formula, a date or a
number. Memory stays the same however many rows there are; a sheet that is full is followed by
another with the same heading.
"""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

MOST_ROWS: Final = 1_048_576
MOST_LETTERS: Final = 32_767
# Below what needs ZIP64 (2 GiB), which makes Excel offer to repair a sound file.
_MOST_BYTES: Final = 1_500_000_000
# Fast, and within a few per cent of the best: rows look alike.
_COMPRESSION = 1

_ESCAPED = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
# ECMA-376 Part 1, 22.4.2.4: what XML cannot hold is written _xHHHH_, and so is what looks like it.
_NEEDS_ESCAPE = re.compile(
    "[&<>]|[\x00-\x08\x0b\x0c\x0d\x0e-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)"
)

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


class _Pipe(io.RawIOBase):
    """Takes what zipfile writes, and gives it away; it cannot be turned back."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return False

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self._parts.append(bytes(data))
        return len(data)

    def taken(self) -> bytes:
        """Everything written since the last call."""
        parts, self._parts = self._parts, []
        return b"".join(parts)


class _Supply:
    """Rows that come in batches, to be taken in portions."""

    def __init__(self, batches: Iterable[Sequence[Sequence[str]]]) -> None:
        self._batches = iter(batches)
        self._left: Sequence[Sequence[str]] = ()

    def __bool__(self) -> bool:
        """Whether there are more rows."""
        while not self._left:
            try:
                self._left = next(self._batches)
            except StopIteration:
                return False
        return True

    def take(self, most: int) -> Sequence[Sequence[str]]:
        """Some rows, and at most so many; none when all are taken."""
        if not self:
            return ()
        taken, self._left = self._left[:most], self._left[most:]
        return taken


def workbook(
    heading: Sequence[str], batches: Iterable[Sequence[Sequence[str]]], *, title: str
) -> Iterator[bytes]:
    """The bytes of a workbook, as they come: `heading`, then the rows of each batch.

    `title` names the sheets, the second one `title 2`, so it holds letters and digits alone. Texts
    longer than a cell may hold are cut at 32,767 letters.
    """
    pipe, supply = _Pipe(), _Supply(batches)
    sheets = 0
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED, compresslevel=_COMPRESSION) as archive:
        while not sheets or supply:
            sheets += 1
            with archive.open(f"xl/worksheets/sheet{sheets}.xml", "w") as sheet:
                for part in _sheet(heading, supply):
                    sheet.write(part)
                    yield pipe.taken()
        for path, text in _frame(sheets, title):
            archive.writestr(path, _XML + text)
    yield pipe.taken()


def _sheet(heading: Sequence[str], supply: _Supply) -> Iterator[bytes]:
    yield f'{_XML}<worksheet xmlns="{_MAIN}"><sheetData>{_row(heading)}'.encode()
    rows, size = 1, 0
    while size < _MOST_BYTES and (some := supply.take(MOST_ROWS - rows)):
        part = "".join(map(_row, some)).encode()
        rows, size = rows + len(some), size + len(part)
        yield part
    yield b"</sheetData></worksheet>"


def _row(cells: Sequence[str]) -> str:
    return "<row>" + "".join(map(_cell, cells)) + "</row>"


def _cell(text: str) -> str:
    if not text:
        return "<c/>"
    if len(text) > MOST_LETTERS:
        text = text[:MOST_LETTERS]
    if _NEEDS_ESCAPE.search(text):
        text = _NEEDS_ESCAPE.sub(_escape, text)
    return f'<c t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def _escape(match: re.Match[str]) -> str:
    letter = match[0]
    return _ESCAPED.get(letter) or f"_x{ord(letter):04X}_"


def _frame(sheets: int, title: str) -> Iterator[tuple[str, str]]:
    """The parts of a workbook around its sheets."""
    numbers = range(1, sheets + 1)
    named = [title if number == 1 else f"{title} {number}" for number in numbers]
    listed = "".join(
        f'<sheet name="{name}" sheetId="{number}" r:id="rId{number}"/>'
        for number, name in zip(numbers, named, strict=True)
    )
    yield (
        "xl/workbook.xml",
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets>{listed}</sheets></workbook>',
    )
    relations = "".join(
        f'<Relationship Id="rId{number}" Type="{_RELATIONS}/worksheet"'
        f' Target="worksheets/sheet{number}.xml"/>'
        for number in numbers
    )
    yield (
        "xl/_rels/workbook.xml.rels",
        f'<Relationships xmlns="{_PACKAGE}/relationships">{relations}</Relationships>',
    )
    yield (
        "_rels/.rels",
        f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1"'
        f' Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    )
    types = "".join(
        f'<Override PartName="/xl/worksheets/sheet{number}.xml"'
        f' ContentType="{_OFFICE}.worksheet+xml"/>'
        for number in numbers
    )
    yield (
        "[Content_Types].xml",
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_OFFICE}.sheet.main+xml"/>'
        f"{types}</Types>",
    )
