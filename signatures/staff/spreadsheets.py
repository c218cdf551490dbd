"""Text that somebody typed, made safe to open in a spreadsheet, and back.

A cell that begins with `=` is a formula, whoever typed it. So such a text gets an apostrophe in
front, which `plain_text()` takes away again: no text is lost, refused or changed for good.
"""

import re

# What a program may skip before it looks for a formula, and what begins one: also in its full-width
# and small forms, which some programs turn into the plain ones.
_SKIPPED = " \"'`´‘’‚‛“”„‟«»\u00a0\u200b\u2060\ufeff"
_BEGINS = "=+\\-@\t\r\n\x00＝＋－＠﹦﹢﹣﹫−"
_FORMULA = re.compile(f"[{_SKIPPED}]*[{_BEGINS}]")
_SUSPECT = frozenset(_SKIPPED + _BEGINS)


def safe_text(text: str) -> str:
    """The text as a cell may hold it; an apostrophe goes before what could be a formula.

    >>> safe_text("=1+1"), safe_text("Ada")
    ("'=1+1", 'Ada')
    """
    # The first letter decides for nearly every cell of a million rows.
    if text and text[0] in _SUSPECT and _FORMULA.match(text):
        return "'" + text
    return text


def plain_text(cell: str) -> str:
    """What `safe_text()` was given.

    >>> plain_text("'=1+1"), plain_text("'tis")
    ('=1+1', "'tis")
    """
    if cell[:1] == "'" and _FORMULA.match(cell, 1):
        return cell[1:]
    return cell
