"""The guards that `make mutations` breaks exist: one line each, with tests that exist."""

import pytest

from tests.mutations import ROOT, guards


@pytest.mark.parametrize("guard", guards(), ids=lambda guard: guard.keeps)
def test_a_guard_stands_once_and_its_tests_exist(guard):
    assert (ROOT / guard.file).read_text(encoding="utf-8").count(guard.line) == 1
    assert guard.line != guard.broken
    for test in guard.tests:
        path, _, name = test.partition("::")
        assert (ROOT / path).exists()
        assert not name or f"def {name}(" in (ROOT / path).read_text(encoding="utf-8")


def test_there_are_at_least_ten_of_them():
    assert len(guards()) >= 10
