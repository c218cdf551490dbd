"""Every family of bad input that a visitor can send has its verdicts, or a test of its own."""

import re

from tests.corpus import HERE, families

OWED = {f"B{number}" for number in (*range(1, 21), *range(38, 64), *range(79, 97))}
# What depends on where a link stands in its life, or on rows of others, cannot be written down as
# one line of input.
IN_CODE = {"B80", "B82", "B84", "B86", "B94", "B95", "B96"}


def test_every_family_has_a_verdict():
    assert families() - {"B38"} <= OWED
    assert OWED - families() == IN_CODE


def test_what_is_no_data_is_a_test_of_its_name():
    tests = "\n".join(file.read_text(encoding="utf-8") for file in HERE.parent.rglob("test_*.py"))
    for family in IN_CODE:
        assert re.search(rf"def test_\w*{family.lower()}_", tests)
