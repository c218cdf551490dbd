"""However a text marks its sources, and however it lists them, each marker finds its source."""

import pytest

from campaigns.citations import format_reference
from campaigns.importing.draft import CampaignDraft
from campaigns.importing.parsing import parse_campaign

LETTER = (
    "River Watch\n\nTell Governor Ada Lee: Close the Elm Creek pipeline\n\nSign the petition\n\n"
    'The petition to Governor Ada Lee reads:\n\n"Close the pipeline."\n\n'
    "By signing, you agree to receive emails.\n\n{}\n\nThank you for acting.\n\n{}"
)
# Digits that are no markers stand beside each of them.
SENTENCES = (
    "It leaked three times since 2018.{} They paid $1.5 million.{} In 20 states people fear"
    " COVID-19.{} We say no, all 3,000 of us."
)
WORKS = [
    'Ada Poe, "Pipe leaks again," The Gazette, May 22, 2018.',
    'Bo Roe, "Fine paid," The Post, June 2019.',
    'Cy Doe, "Fear," The Sun, 2020.',
]
# What stands behind a sentence, and what before a source; one of each for every source.
STYLES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "glued digits": (("1", "2", "3"), ("1. ", "2. ", "3. ")),
    "a space before": ((" [1]", " [2]", " [3]"), ("[1] ", "[2] ", "[3] ")),
    "round brackets": ((" (1)", " (2)", " (3)"), ("(1) ", "(2) ", "(3) ")),
    "raised digits": (("¹", "²", "³"), ("¹ ", "² ", "³")),
    "carets": (("^1", "^2", "^3"), ("^1 ", "^2 ", "^3 ")),
    "stars": (("*", "**", "***"), ("* ", "** ", "*** ")),
    "stars without a space": (("*", "**", "***"), ("*", "**", "***")),
    "daggers": (("*", "†", "‡"), ("* ", "† ", "‡ ")),
    "letters": (("[a]", "[b]", "[c]"), ("[a] ", "[b] ", "[c] ")),
    "letters in round brackets": (("(a)", "(b)", "(c)"), ("(a) ", "(b) ", "(c) ")),
    "raised letters": (("ᵃ", "ᵇ", "ᶜ"), ("a. ", "b. ", "c. ")),
    "Roman numbers": (("[i]", "[ii]", "[iii]"), ("[i] ", "[ii] ", "[iii] ")),
    "Roman numbers without brackets": (("i", "ii", "iii"), ("i. ", "ii. ", "iii. ")),
    "keys of Markdown": (("[^poe]", "[^b]", "[^3]"), ("[^poe]: ", "[^b]: ", "[^3]: ")),
    "no numbers under a heading": (("1", "2", "3"), ("Sources:\n", "", "")),
}
# The lists that follow the sentences with [1], [2], [3].
LISTS = {
    "on one line": "[1] {} [2] {} [3] {}",
    "on one line behind a word": "Sources: [1] {} [2] {} [3] {}",
    "on one line with points": "1. {} 2. {} 3. {}",
    "numbers on lines of their own": "1\n{}\n2\n{}\n3\n{}",
    "bullets": "References\n• {}\n• {}\n• {}",
    "under more information": "More information:\n{}\n{}\n{}",
    "before a word on who asks": "[1] {}\n[2] {}\n[3] {}\n\nRiver Watch is a movement of people.",
}


def read(marks: tuple[str, ...], sources: str) -> CampaignDraft:
    return parse_campaign(LETTER.format(SENTENCES.format(*marks), sources))


def cited(draft: CampaignDraft) -> list[str]:
    """The letter, parted at its markers, and the source of each as it is printed."""
    printed = {source.key: format_reference(source.citation) for source in draft.sources}
    parts = draft.body.replace('"></sup>', '<sup data-source="').split('<sup data-source="')
    return [printed.get(part, part) for part in parts]


EXPECTED = [
    "<p>It leaked three times since 2018.",
    WORKS[0],
    " They paid $1.5 million.",
    WORKS[1],
    " In 20 states people fear COVID-19.",
    WORKS[2],
    " We say no, all 3,000 of us.</p>",
]


@pytest.mark.parametrize(("marks", "before"), STYLES.values(), ids=STYLES)
def test_each_style_of_footnotes_is_read_the_same(marks, before):
    draft = read(marks, "\n".join(sign + work for sign, work in zip(before, WORKS, strict=True)))

    assert cited(draft) == EXPECTED
    assert draft.closing == "Thank you for acting."


@pytest.mark.parametrize("sources", LISTS.values(), ids=LISTS)
def test_each_layout_of_the_list_is_read_the_same(sources):
    draft = read(("[1]", "[2]", "[3]"), sources.format(*WORKS))

    assert cited(draft) == EXPECTED


def test_raised_signs_and_letters_of_a_web_page_are_markers():
    page = (
        "<h1>Tell Governor Ada Lee: Close it</h1><p>The petition to Governor Ada Lee reads:</p>"
        "<blockquote>Close it.</blockquote><p>It leaked.<sup>*</sup> On the 2<sup>e</sup> day, it"
        "<sup>a</sup> stank.</p>"
        f"<p>* {WORKS[0]}</p><p><sup>a</sup> {WORKS[1]}</p>"
    )

    assert cited(parse_campaign(page)) == [
        "<p>It leaked.",
        WORKS[0],
        " On the 2e day, it",
        WORKS[1],
        " stank.</p>",
    ]


@pytest.mark.parametrize(
    ("again", "says"),
    [
        ("2. Ibid.\n3. Id. at 14.", "“at 14”, was left out"),
        ("2. Ebd., S. 4.\n3. Ibid.", "“S. 4”, was left out"),
        ("2. See note 1.\n3. Vgl. Fußnote 1", "both numbers cite that one"),
    ],
)
def test_a_source_that_is_named_again_stays_one_and_that_is_said(again, says):
    draft = read(("1", "2", "3"), f"1. {WORKS[0]}\n{again}")

    assert cited(draft)[1::2] == [WORKS[0]] * 3
    assert any(says in doubt.why for doubt in draft.unsure)


def test_see_note_and_ibid_follow_each_other():
    draft = read(("1", "2", "3"), f"1. {WORKS[0]}\n2. {WORKS[1]}\n3. See note 1\n4. Ibid.")

    assert cited(draft)[1::2] == [WORKS[0], WORKS[1], WORKS[0]]


def test_a_work_that_is_listed_twice_stays_two_sources_and_is_said():
    draft = read(("1", "2", "3"), f'1. {WORKS[0]}\n2. {WORKS[1]}\n3. Poe, "Pipe leaks again."')

    assert len(draft.sources) == 3
    assert any("title of another source, poe-2018" in doubt.why for doubt in draft.unsure)


@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_each_address_in_a_list_of_bare_ones_is_a_source_and_an_archived_one_its_copy(gap):
    urls = [
        "https://gazette.example/pipe?utm_source=x",
        "https://post.example/fine",
        "https://web.archive.org/web/2019/https://post.example/fine",
        "https://sun.example/fear",
    ]
    draft = read(("", "", ""), f"Sources\n{gap.join(urls)}")
    found = [(source.citation.url, source.citation.archive_url) for source in draft.sources]

    assert found == [
        ("https://gazette.example/pipe", ""),
        ("https://post.example/fine", urls[2]),
        ("https://sun.example/fear", ""),
    ]


@pytest.mark.parametrize(
    ("line", "printed"),
    [
        (f"Source: {WORKS[0]}", [WORKS[0]]),
        ("Source: https://g.example/a", ['"g.example/a". https://g.example/a']),
        (
            "Sources: The Gazette (May 22, 2018); https://post.example/fine",
            ['"The Gazette," May 22, 2018.', '"post.example/fine". https://post.example/fine'],
        ),
    ],
)
def test_a_source_on_one_line_with_its_word_is_found_and_said_to_be_uncited(line, printed):
    draft = read(("", "", ""), line)

    assert [format_reference(source.citation) for source in draft.sources] == printed
    assert draft.closing == "Thank you for acting."
    assert any("does not cite source 1" in doubt.why for doubt in draft.unsure)


def test_a_list_of_demands_is_no_list_of_sources():
    demands = "We ask for this:\n\n1. Close it by May 2018.\n2. Clean the river.\n3. Pay us."
    draft = parse_campaign(LETTER.format(f"{demands}\n\nIt leaked.1", f"1. {WORKS[0]}"))

    assert "<ol><li>Close it by May 2018.</li><li>Clean the river.</li>" in draft.body
    assert [format_reference(source.citation) for source in draft.sources] == WORKS[:1]


def test_starred_words_and_bullets_are_no_footnotes():
    draft = parse_campaign(
        LETTER.format(
            "This is *urgent* now. It is late.\n\n* Read The Gazette, 2018\n* Call us, 2019", ""
        )
    )

    assert "This is *urgent* now." in draft.body
    assert "<li>Read The Gazette, 2018</li>" in draft.body


def test_a_link_in_the_letter_stays_a_link_and_is_said():
    draft = parse_campaign(
        "<h1>Tell Governor Ada Lee: Close it</h1><p>The petition to Governor Ada Lee reads:</p>"
        "<blockquote>Close it.</blockquote><p>It <a href='https://g.example/a'>leaked</a>.</p>"
    )

    assert '<a href="https://g.example/a"' in draft.body
    assert not draft.sources
    assert "leaked (https://g.example/a)" in [
        doubt.text for doubt in draft.unsure if doubt.item == "links"
    ]


def test_links_that_markdown_defines_at_its_end_are_filled_in():
    draft = parse_campaign(
        "# Tell Governor Ada Lee: Close it\n\nThe petition to Governor Ada Lee reads:\n\n"
        "> Close it.\n\nIt leaked, [The Gazette][g] says. It did [1].\n\n"
        "[g]: https://g.example/a\n[1]: https://p.example/b"
    )

    assert (
        '<a href="https://g.example/a" rel="noopener nofollow">The Gazette</a> says.' in draft.body
    )
    assert [source.citation.url for source in draft.sources] == ["https://p.example/b"]
