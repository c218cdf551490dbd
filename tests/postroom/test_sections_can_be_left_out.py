"""One message compiled with all its parts can be had without some of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroom.skeleton import Placeholders, Skeleton, compile_skeleton
from tests.postroom.test_a_skeleton_is_filled_for_each_recipient import (
    FIELDS,
    VALUES,
    assert_travels_unharmed,
    part,
)

HOLES = VALUES.keys()
SECTIONS = range(4)


def written(sections: set[int], *, marked: bool, said: str = "=é. From") -> tuple[str, str]:
    """The text and the HTML part with some sections, each with a hole at either end."""
    text, html = ["Hello\n"], ["<p>Hello</p>\n"]
    for number in sections:
        begin, end = (f"  [[{edge}_{number}]]\n" if marked else "" for edge in ("begin", "end"))
        text.append(f"{begin}[[first_name]] {said} {number}\n[[token]]\n{end}")
        html.append(f"{begin}<p>[[first_name]]</p>{number}<p>[[token]]</p>\n{end}")
    return "".join([*text, "Bye [[first_name]]"]), "".join([*html, "<p>Bye</p>"])


def compiled(text: str, html: str) -> Skeleton:
    return compile_skeleton(
        sender="A <a@example.org>",
        subject="News",
        headers=FIELDS,
        text=text,
        html=html,
        holes=HOLES,
    )


@given(kept=st.sets(st.sampled_from(SECTIONS)))
def test_what_is_left_reads_as_if_nothing_else_had_been_written(kept: set[int]) -> None:
    whole = compiled(*written(set(SECTIONS), marked=True))
    some = Skeleton.load(*whole.dump()).without(set(SECTIONS) - kept).fill(VALUES)
    alone = compiled(*written(kept, marked=False)).fill(VALUES)
    for subtype in ("plain", "html"):
        assert part(some, subtype) == part(alone, subtype)
    assert_travels_unharmed(some)


def test_the_whole_message_shows_no_mark_of_its_sections() -> None:
    whole = compiled(*written(set(SECTIONS), marked=True))
    assert whole.sections == set(SECTIONS)
    assert "begin_" not in part(whole.fill(VALUES), "plain")
    assert whole.without(()).fill(VALUES) == whole.fill(VALUES)


def test_nobody_begins_a_section_by_writing_its_mark() -> None:
    holes = Placeholders()
    text = f"{holes['begin_1']}\n[[end_1]]\n{holes['end_1']}\n"
    assert compiled(holes.settle(text), "<p>x</p>").sections == {1}
    assert "end_1" in part(compiled(holes.settle(text), "<p>x</p>").fill(VALUES), "plain")


@pytest.mark.parametrize("section", SECTIONS)
def test_each_section_goes_by_itself(section: int) -> None:
    whole = compiled(*written(set(SECTIONS), marked=True))
    left = whole.without({section})
    assert f". From {section}" not in part(left.fill(VALUES), "plain")
    assert f">{section}<" not in part(left.fill(VALUES), "html")
