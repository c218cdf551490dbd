"""Reference numbers become markers however they are written; other digits stay digits."""

import pytest

from campaigns.importing.markers import place_markers
from campaigns.text.vocabulary import Marker, Words

KEYS = {str(number): f"k{number}" for number in range(1, 9)}


def marked(*paragraphs: str, keys: dict[str, str] = KEYS) -> str:
    placed, _unsure = place_markers([(Words(text),) for text in paragraphs], keys)
    return " / ".join(
        "".join(f"^{leaf.key}" if isinstance(leaf, Marker) else leaf.text for leaf in inlines)
        for inlines in placed
    )


def doubts(text: str, keys: dict[str, str] = KEYS) -> list[str]:
    _placed, unsure = place_markers([(Words(text),)], keys)
    return [doubt.why for doubt in unsure if "does not cite" not in doubt.why]


REFERENCES = {
    "closing the border.2,3,4 Then": "closing the border.^k2^k3^k4 Then",
    "two contenders,1 both of them": "two contenders,^k1 both of them",
    "lasts a day.1 And a day. 2 Then": "lasts a day.^k1 And a day.^k2 Then",
    "It ends. 1": "It ends.^k1",
    "they say [1]. And [2, 3].": "they say^k1. And^k2^k3.",
    "they say[1][2] it": "they say^k1^k2 it",
    "in every school (1). Then": "in every school^k1. Then",
    "so they say (1, 2), and": "so they say^k1^k2, and",
    "dissent.¹ And² more.³,⁴": "dissent.^k1 And^k2 more.^k3^k4",
    "dissent.¹˒² And": "dissent.^k1^k2 And",
    "he said “no.”1 Then": "he said “no.”^k1 Then",
    "is it so?1 It is!2": "is it so?^k1 It is!^k2",
    "see all of it.1-3 Then": "see all of it.^k1^k2^k3 Then",
    "the communities1 and streets2.": "the communities^k1 and streets^k2.",
    "since 2016.1 Repairs": "since 2016.^k1 Repairs",
    "since 2016.12 Repairs and.3": "since 2016.12 Repairs and.^k3",
    "both at once.12 Then": "both at once.^k1^k2 Then",
    "cited twice.1 Again.1 Once more. 1": "cited twice.^k1 Again.^k1 Once more.^k1",
}


@pytest.mark.parametrize(("text", "expected"), REFERENCES.items())
def test_a_reference_is_found_however_it_is_written(text, expected):
    assert marked(text) == expected


DECOYS = [
    "nearly 20 states across the country",
    "It took 5.3 billion dollars.",
    "with 30 other allies, to send",
    "It cost 1,200 coins. 20 states paid.",
    "Es kostet 5,3 Milliarden Euro.",
    "In 2018, 4 of them left on Sept. 2 or May 3, 2018.",
    "H.R. 1 and No. 5 and Art. 2 apply; see p. 4.",
    "They meet at 7:30 Monday and pay $3.50 each.",
    "It covers 9,000 km² and emits CO₂ at 3 m³ a day.",
    "COVID19, G20 and B12 are no notes.",
    "We demand (1) clean water, (2) clean air.",
    "version 2.1 of section 3.2",
    "20 of 100 people; 3 in 4; 1/2; 24/7; 9-5.",
]


@pytest.mark.parametrize("text", DECOYS)
def test_other_digits_stay(text):
    assert marked(text) == text


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a day. 1 Then", "after a space"),
        ("the communities1 and", "glued to a word"),
        ("since 2016.1 Repairs", "may belong to the text"),
        ("at once.12 Then", "one by one"),
        ("unknown.77 Then", "77 looks like the number"),
        ("one, then.2 Then.1", "out of order"),
        ("first.1 Then.3", "Numbers are missing"),
    ],
)
def test_what_is_unsure_about_a_number_is_said(text, says):
    assert any(says in why for why in doubts(text)), doubts(text)


def test_of_several_numbers_the_known_ones_become_markers_and_the_others_stay():
    keys = {"1": "k1", "2": "k2", "4": "k4"}

    assert marked("nine.2,3 Then", keys=keys) == "nine.^k2[3] Then"
    assert any("3 looks like" in why for why in doubts("nine.2,3 Then", keys))


def test_a_source_that_nothing_cites_and_a_number_without_a_list_are_named():
    _placed, unsure = place_markers([(Words("It ends.1"),)], {"1": "k1", "2": "k2"})
    assert [doubt.why for doubt in unsure] == ["The text does not cite source 2."]
    assert doubts("It ends.1 So they say [2].", keys={})


def test_a_marker_by_key_is_taken_and_one_without_a_source_stays_readable():
    placed, unsure = place_markers([(Words("a"), Marker("wong"), Marker("none"))], {"wong": "wong"})

    assert placed == [(Words("a"), Marker("wong"), Words("[^none]"))]
    assert [doubt.text for doubt in unsure] == ["[^none]"]


def test_a_page_within_a_source_is_kept_behind_its_marker_and_said():
    placed, unsure = place_markers([(Words("It smells.[^mon, p. 3] So."),)], {"mon": "mon"})

    assert placed == [(Words("It smells."), Marker("mon"), Words(" (p. 3)"), Words(" So."))]
    assert [doubt.text for doubt in unsure] == ["[^mon, p. 3]"]


def test_a_note_with_a_page_that_no_source_has_is_left_and_said():
    placed, unsure = place_markers([(Words("It smells.[^moon, p. 3]"),)], {"mon": "mon"})

    assert placed == [(Words("It smells.[^moon, p. 3]"),)]
    assert "[^moon, p. 3]" in [doubt.text for doubt in unsure]


def test_a_number_that_no_source_has_keeps_brackets_beside_a_marker():
    placed, unsure = place_markers([(Words("The company.2,4 So."),)], {"1": "a", "2": "b"})

    assert placed == [(Words("The company."), Marker("b"), Words("[4]"), Words(" So."))]
    assert any("4 looks like" in doubt.why for doubt in unsure)


def test_an_apostrophe_between_thousands_is_no_reference():
    placed, unsure = place_markers([(Words("It took 3’000 homes[4]"),)], {"4": "d"})

    assert placed == [(Words("It took 3’000 homes"), Marker("d"))]
    assert not [doubt for doubt in unsure if "lacks" in doubt.why]
