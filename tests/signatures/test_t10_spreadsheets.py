"""T10: what people typed is text in every spreadsheet, and comes back as they typed it."""

import csv
import io
import re
import zipfile
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signatures.models import Signature
from signatures.staff import xlsx_stream
from signatures.staff.exporting import Chosen, ask, stream
from signatures.staff.spreadsheets import plain_text, safe_text
from signatures.staff.xlsx_stream import workbook
from tests.factories import make_campaign, make_signature

FORMULAS = [
    '=HYPERLINK("http://x","y")',
    "+1-2",
    "-x",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "\x00=1+1",
    "＝1+1",
    "＋1",
    "＠SUM(A1)",
    "  =1+1",
    '"=cmd|" /C calc"!A0',
]
PLAIN = ["Ada Lovelace", "O'Brien; DROP TABLE--", "'tis I", "Zoë", "李", "a=b", "1+1", "", "“Bob”"]
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def begins_formula(cell: str) -> bool:
    """What a spreadsheet would take for one, by the rule of T10."""
    bare = cell.lstrip(" \"'") if not cell.startswith("'") else ""
    return bare[:1] in tuple("=+-@\t\r\x00＝＋－＠") and bool(bare)


@pytest.mark.parametrize("typed", FORMULAS)
def test_t10_a_formula_becomes_text_and_comes_back(typed):
    cell = safe_text(typed)
    assert begins_formula(typed)
    assert not begins_formula(cell)
    assert plain_text(cell) == typed


@pytest.mark.parametrize("typed", PLAIN)
def test_t10_what_is_no_formula_stays_as_it_is(typed):
    assert safe_text(typed) == typed == plain_text(typed)


@given(st.text(alphabet=st.sampled_from(" '\"=+-@＝\tab“")) | st.text())
def test_t10_every_text_comes_back_and_none_is_a_formula(typed):
    assert plain_text(safe_text(typed)) == typed
    assert not begins_formula(safe_text(typed))


# --- XLSX


def cells(content: bytes) -> list[list[list[tuple[str | None, str]]]]:
    """(type, text) of each cell, by row, by sheet, read by nothing of ours."""
    archive = zipfile.ZipFile(io.BytesIO(content))
    assert archive.testzip() is None
    relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    targets = [relation.get("Target") for relation in relations]
    sheets = []
    for target in targets:
        sheet = ElementTree.fromstring(archive.read(f"xl/{target}"))
        assert sheet.find(f".//{MAIN}f") is None, "a formula"
        sheets.append(
            [
                [(cell.get("t"), _decoded("".join(cell.itertext()))) for cell in row]
                for row in sheet.iter(f"{MAIN}row")
            ]
        )
    return sheets


def _decoded(text: str) -> str:
    return re.sub("_x([0-9A-F]{4})_", lambda match: chr(int(match[1], 16)), text)


@pytest.mark.parametrize("typed", [*FORMULAS, *PLAIN[:-2], "_x0041_", "<b>&amp;", "a\x0bb", "😀"])
def test_t10_a_cell_of_a_workbook_is_typed_text(typed):
    content = b"".join(workbook(["name"], [[[typed]]], title="Signatures"))
    ((head, row),) = cells(content)
    assert head == [("inlineStr", "name")]
    assert row == [("inlineStr", typed)]


def test_a_sheet_that_is_full_is_followed_by_another(monkeypatch):
    monkeypatch.setattr(xlsx_stream, "MOST_ROWS", 4)
    batches = [[[str(number)] for number in range(start, start + 5)] for start in (0, 5)]
    sheets = cells(b"".join(workbook(["n"], batches, title="Signatures")))
    assert [len(sheet) for sheet in sheets] == [4, 4, 4, 2]
    assert {sheet[0][0][1] for sheet in sheets} == {"n"}
    texts = [cell[1] for sheet in sheets for row in sheet[1:] for cell in row]
    assert texts == [str(number) for number in range(10)]


def test_a_workbook_without_rows_has_its_heading():
    assert cells(b"".join(workbook(["name"], [], title="Signatures"))) == [
        [[("inlineStr", "name")]]
    ]


def test_a_workbook_comes_piece_by_piece():
    asked = []

    def batches():
        for number in range(3):
            asked.append(number)
            yield [["x" * 100_000]] * 20

    pieces = workbook(["name"], batches(), title="Signatures")
    next(pieces)
    next(pieces)
    assert asked == [0]


def test_a_text_longer_than_a_cell_is_cut():
    ((_head, row),) = cells(b"".join(workbook(["c"], [[["x" * 40_000]]], title="Signatures")))
    assert len(row[0][1]) == 32_767


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_t10_no_export_holds_a_formula_and_every_name_comes_back(file_format):
    campaign = make_campaign()
    typed = [name for name in (*FORMULAS, *PLAIN) if name and "\x00" not in name]
    for name in typed:
        signature = make_signature(campaign)
        Signature.objects.filter(pk=signature.pk).update(name=name, comment=name)
    export, _token = ask(
        campaign=campaign, user=None, purpose="x", file_format=file_format, chosen=Chosen()
    )
    content = b"".join(stream(export))
    if file_format == "csv":
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    else:
        rows = [[text for _type, text in row] for row in cells(content)[0]]
    column = rows[0].index("name")
    assert sorted(plain_text(row[column]) for row in rows[1:]) == sorted(typed)
    assert not [cell for row in rows for cell in row if begins_formula(cell)]
