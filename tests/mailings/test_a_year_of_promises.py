"""Twelve months of six campaigns: nothing twice, nothing over the cap, no promise broken unsaid."""

import random

import pytest

from tests.mailings.driving import assert_invariants
from tests.mailings.year import Year
from tests.rig.moved_clock import MovedClock
from tests.rig.smtp_sink import SMTPSink


def assert_all_was_kept(year: Year) -> None:
    assert len(year.campaigns) == 6
    assert year.told_twice() == []
    assert year.over_the_cap() == []
    assert year.mailed_after_leaving() == []
    assert year.broken, "the quiet months were to break one"
    assert year.broken_without_warning() == []
    assert_invariants()


@pytest.mark.django_db
def test_f14_f15_months_with_late_and_double_beats_keep_what_was_promised(
    moved_clock: MovedClock, smtp_sink: SMTPSink
) -> None:
    year = Year(moved_clock, smtp_sink, people=30, days=150)
    year.live()
    assert sum(map(len, year.came.values())) > 50
    assert_all_was_kept(year)


@pytest.mark.soak
@pytest.mark.timeout(1800)
@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(5))
def test_f14_f15_a_year_keeps_what_was_promised(
    moved_clock: MovedClock, smtp_sink: SMTPSink, seed: int
) -> None:
    year = Year(moved_clock, smtp_sink, people=600, lot=random.Random(seed))
    year.live()
    assert sum(map(len, year.came.values())) > 1000
    assert_all_was_kept(year)
