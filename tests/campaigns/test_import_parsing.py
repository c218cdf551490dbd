"""The text of a petition page is read into a draft: what is in it, and what is unsure."""

import contextlib
import time

import pytest
from django.conf import settings

from campaigns.citations import format_citation
from campaigns.importing.draft import NotAPetition, Part, TargetDraft
from campaigns.importing.parsing import parse_campaign
from campaigns.importing.reading import MAX_TEXT, decode
from campaigns.text.sanitising import TextTooLong

SAMPLE = settings.BASE_DIR / "campaigns/samples/credo-amazon-rekognition.txt"

OTHER = """
Rivers Now

Mayor Lee: open the river

The petition to Mayor Ada Lee and Harbor Director Sam Roe reads:

“Open the river path.

Keep it open.”

We email you about this campaign.

Mayor Lee: open the river

The river has been closed since 2016.1 Repairs took 3.5 months.2,3 It cost 1,200 coins,
which nobody had, and people had to walk around the whole hill to get to the other bank,
as they do today.1 Nobody knows why.7

1. Ada Poe, "Closed," The Gazette, 2016.
2. Ada Poe, "Closed again," The Gazette, May 2016.
3. See www.example.org
4. Rivers Now, "Unused," 2015.

Terms of use
"""


@pytest.fixture(scope="module")
def sample():
    return parse_campaign(decode(SAMPLE.read_bytes()), file_name=str(SAMPLE))


@pytest.fixture(scope="module")
def other():
    return parse_campaign(OTHER)


def doubts(draft, item):
    return [doubt for doubt in draft.unsure if doubt.item == item]


def letter(draft):
    """The body with `[^key]` for each marker."""
    return draft.body.replace('<sup data-source="', "[^").replace('"></sup>', "]")


def test_the_sample_names_its_parts_verbatim(sample):
    assert sample.brand == "Credo Action"
    assert sample.short_name == "CREDO"
    assert sample.headline == "Tell Amazon: Stop powering Trump's surveillance state"
    assert sample.call_to_action == "Sign the petition"
    assert sample.lead_in == "The petition to {targets} reads:"
    assert sample.targets == (TargetDraft("Jeff Bezos", "CEO", "Amazon"),)
    assert sample.statement == (
        "Stop selling facial recognition technology to government agencies. Immediately prohibit "
        "all government use of Rekognition."
    )
    assert sample.notice == (
        "You'll receive periodic updates on offers and activism opportunities."
    )
    assert sample.lead_line == "Amazon needs to get out of the government surveillance business."
    assert sample.ask == (
        "Tell Amazon CEO Jeff Bezos: Stop powering Trump's surveillance state. Prohibit all "
        "government use of Rekognition."
    )
    assert sample.closing == "Thanks for speaking out."
    assert sample.allies == ("Center for Media Justice", "ACLU")
    assert sample.slug == "amazon-rekognition"


def test_the_sample_has_its_eight_markers_in_their_places(sample):
    for passage in [
        "criminalize dissent.[^wong-2018]",
        "police communities.[^dwoskin-2018] Speak out now",
        "immigrant activists.[^burnett-2018] DHS",
        "online activity.[^frej-2017] The FBI",
        "Matter movement.[^hemmer-2018] And",
        "across the country.[^aclu-2017]",
        "tech adviser.[^cbs-news-2017] Now, he",
        "right thing.[^wingfield-2018] Now it's time",
    ]:
        assert passage in letter(sample)
    assert letter(sample).count("[^") == 8


def test_digits_that_are_no_markers_stay(sample):
    assert "nearly 20 states across" in sample.body
    assert "more than 30 other allies, to send" in sample.body
    assert "The 20+ Immigration" in sample.sources[2].citation.title


def test_the_ask_stands_where_it_was_printed_both_times(sample):
    blocks = sample.body.split("\n")
    assert blocks[2] == blocks[-1] == '<div data-block="ask"></div>'
    assert sample.body.count("data-block") == 2


def test_the_sample_citations_print_again_byte_for_byte(sample):
    numbered = [line.strip() for line in SAMPLE.read_text().splitlines()][-8:]

    assert [
        f"{number}. {format_citation(source.citation)}"
        for number, source in enumerate(sample.sources, start=1)
    ] == numbered


def test_the_sample_leaves_two_things_to_look_at(sample):
    assert [(doubt.item, doubt.text) for doubt in sample.unsure] == [
        ("allies", "30 other allies"),
        ("sources", ""),
    ]


def test_windows_line_ends_and_a_byte_order_mark_change_nothing(sample):
    data = b"\xef\xbb\xbf" + SAMPLE.read_bytes().replace(b"\n", b"\r\n")

    assert parse_campaign(decode(data), file_name=str(SAMPLE)) == sample
    assert parse_campaign("\ufeff" + SAMPLE.read_text(), file_name=str(SAMPLE)) == sample


def test_a_statement_of_several_paragraphs_in_curly_quotation_marks(other):
    assert other.statement == "Open the river path.\n\nKeep it open."


def test_several_targets_are_read_and_named_as_unsure(other):
    assert other.targets == (
        TargetDraft("Ada Lee", "Mayor"),
        TargetDraft("Sam Roe", "Director", "Harbor"),
    )
    assert other.lead_in == "The petition to {targets} reads:"
    assert doubts(other, "targets")


def test_a_target_without_a_title_is_named_as_unsure():
    draft = parse_campaign('A\n\nThe petition to Congress reads:\n\n"Act."')

    assert draft.targets == (TargetDraft("Congress"),)
    assert doubts(draft, "targets")


def test_a_list_of_targets_written_another_way_keeps_its_own_lead_in():
    draft = parse_campaign('A\n\nThe petition to Mayor A, Mayor B, and Mayor C reads:\n\n"Act."')

    assert draft.lead_in == "The petition to Mayor A, Mayor B, and Mayor C reads:"
    assert len(draft.targets) == 3


def test_decimals_stay_text_and_a_doubtful_marker_is_named(other):
    assert "since 2016.[^poe-2016] Repairs" in letter(other)
    assert "3.5 months.[^poe-2016-2][^source-3] It cost 1,200 coins, which" in letter(other)
    assert "today.[^poe-2016] Nobody knows why.7" in letter(other)
    glued, unlisted, unused = doubts(other, "marker")
    assert "2016.1 Repairs" in glued.text
    assert "may belong to the text" in glued.why
    assert "knows why.7" in unlisted.text
    assert "the list lacks" in unlisted.why
    assert unused.text == "rivers-now-2015"


def test_a_source_that_is_an_address_alone_is_named(other):
    citation = other.sources[2].citation
    assert (citation.title, citation.url) == ("www.example.org", "https://www.example.org")
    assert [doubt.text for doubt in doubts(other, "source 3")] == ["3. See www.example.org"]


def test_what_finds_no_place_is_named(other):
    assert [doubt.text for doubt in doubts(other, "left out")] == ["Terms of use"]


def test_a_closing_ends_where_a_note_to_activists_begins():
    draft = parse_campaign(
        "Free Amara Desta\n\nSign the petition\n\nShe is held. She is ill.\n\nIt goes on. We ask."
        "\n\nYours sincerely,\n\nPLEASE TAKE ACTION AS SOON AS POSSIBLE UNTIL: 30 July 2024"
    )

    assert draft.closing == "Yours sincerely,"
    assert any("30 July 2024" in doubt.text for doubt in doubts(draft, "left out"))


def test_a_list_above_the_statement_stays_whole():
    draft = parse_campaign(
        "Blue Planet\n\nStop deep sea mining\n\n- Mining destroys what took ages to grow.\n"
        "- Plumes spread for hundreds of kilometres (1-2)\n- Over 800 scientists object (2)\n\n"
        "We call on Mayor Ada Lee to stop it.\n\nSign the petition\n\nIt is deep. It is dark."
        '\n\n1. Ida Holm, "Life," Post, 2021.\n2. Ida Holm, "Sea," Post, 2022.'
    )

    assert letter(draft).startswith(
        "<ul><li>Mining destroys what took ages to grow.</li>"
        "<li>Plumes spread for hundreds of kilometres[^holm-2021][^holm-2022]</li>"
        "<li>Over 800 scientists object[^holm-2022]</li></ul>"
    )


def test_a_numbered_list_in_markdown_keeps_its_numbers():
    draft = parse_campaign(
        "# Stop it now\n\nSign the petition\n\nWe call on Mayor Ada Lee to:\n\n1. Close the mine.\n"
        "2. Pay the miners.\n\nIt is *dirty*. It smells.\n\n1. The **dust** flies.\n2. It stays."
    )

    assert draft.statement == (
        "We call on Mayor Ada Lee to:\n\n1. Close the mine.\n2. Pay the miners."
    )
    assert "<ol><li>The <strong>dust</strong> flies.</li><li>It stays.</li></ol>" in draft.body


@pytest.mark.parametrize("name", ["Mietwende e.V.", "38 Degrees", "350.org", "foodwatch e.V."])
def test_the_first_line_names_the_organization_and_is_no_headline(name):
    draft = parse_campaign(f"{name}\n\nAppell: Mieten runter!\n\nJetzt unterschreiben\n\nSo.")

    assert (draft.brand, draft.headline) == (name, "Appell: Mieten runter!")
    assert [doubt.text for doubt in doubts(draft, "brand")] == [name]


@pytest.mark.parametrize(
    ("file_name", "slug"),
    [
        ("credo-action-fair-wages.txt", "fair-wages"),
        ("credo-fair-wages.txt", "fair-wages"),
        ("petition.txt", "stop-it-now"),
        ("2018-05.txt", "stop-it-now"),
        ("", "stop-it-now"),
    ],
)
def test_the_address_comes_from_a_telling_file_name_else_from_the_headline(file_name, slug):
    text = 'Credo Action\n\nStop it now\n\nGo\n\nThe petition to Mayor A reads:\n\n"Act."\n\nCREDO'

    assert parse_campaign(text, file_name=file_name).slug == slug


GUESSED = {
    "not in quotation marks": (
        "Open the river\n\nThe petition to Mayor A reads:\n\nAct now.\n\nIt is closed.",
        "Act now.",
    ),
    "on the line of the lead-in": (
        'Open the river\n\nThe petition to Mayor A reads: "Act now."\n\nIt is closed.',
        "Act now.",
    ),
    "a plea": (
        "Open the river\n\nIt is closed.\n\nWe, the undersigned, call on Mayor A to act.",
        "We, the undersigned, call on Mayor A to act.",
    ),
    "demands in a list": (
        "Open the river\n\nIt is closed.\n\nWe call on Mayor A to:\n\n- open it\n- keep it open",
        "We call on Mayor A to:\n\n– open it\n– keep it open",
    ),
    "a quote that a line leads to": (
        "Save the bats\n\nWe, the undersigned, call on Minister Hall to\n\n> protect the wood."
        "\n\n## Why\n\nIt is old.",
        "We, the undersigned, call on Minister Hall to\n\nprotect the wood.",
    ),
    "only a headline": ("Stop the dam\n\nSign the petition\n\nIt is closed.", "Stop the dam"),
}


@pytest.mark.parametrize(("text", "statement"), GUESSED.values(), ids=GUESSED)
def test_a_statement_that_stands_elsewhere_is_found(text, statement):
    assert parse_campaign(text).statement == statement


def test_a_statement_that_is_guessed_is_named():
    assert doubts(parse_campaign(GUESSED["a plea"][0]), "statement")
    assert doubts(parse_campaign(GUESSED["only a headline"][0]), "statement")


def test_a_text_that_is_too_long_is_refused():
    with pytest.raises(NotAPetition, match="too long"):
        parse_campaign("a" * (MAX_TEXT + 1))


def test_what_somebody_sets_right_is_taken():
    text = "Rivers Now\n\nOpen the river\n\nSign the petition\n\nIt is closed.\n\nPlease open it."
    first = parse_campaign(text)
    at = next(index for index, one in enumerate(first.placed) if one.raw == "Please open it.")
    draft = parse_campaign(text, chosen={at: Part.STATEMENT, 1: Part.BRAND, 0: Part.HEADLINE})

    assert draft.statement == "Please open it."
    assert (draft.headline, draft.brand) == ("Rivers Now", "Open the river")


def test_only_the_letter_carries_references():
    text = OTHER.replace("Keep it open.”", "Keep it open.1”")
    draft = parse_campaign(text)

    assert draft.statement == "Open the river path.\n\nKeep it open."
    assert doubts(draft, "statement")


HEAVY = [
    *(
        "a\n\n",
        "a\n",
        " ",
        "a.1 ",
        "a.1,2",
        "1.1,",
        "1. a\n",
        '1. a, "b," c\n\n',
        '"',
        "friends at ",
    ),
    *("30 other ", "The petition to ", " and ", "CEO ", "1,1", "5", "CREDO ", "\r", "\x85", "¹ "),
    *("[1] ", "(1) ", "<p>", "<sup>1", "<a href='x'>", "<li>", "[^a] ", "**a ", "[a](http://b) "),
    *("# a\n", "> a\n", "a: b\n", "Sign the petition\n", "“", "May 2018, ", "http://", "A, B, "),
    *("* a 2018\n", "[a] b 2018\n", "Source: a 2018; ", "1. a 2018 2. A 2018 ", "1. Ibid.\n"),
    *("Dear Mayor,\nStop it.\n", "by signing ", "http://a.b/c\n", "phone *, ", '; A, "', "a^1 "),
    *("[^a]: b\n", "1 a 2018\n", "To: A\n", "&#8203;", "1-", "`", "![", "<br>1. ", "¹˒"),
    *(".", "a" + "." * 9_000, ",3", "¹", "May 3, 2018 ", "Sources:\n1. " + "May 3, 2018 " * 2_000),
    *(
        "so that Mayor A",
        "Mayor A must ",
        "please sign ",
        "bitte a b c ",
        "Mayor A A A A ",
        "Attn: ",
    ),
    *("<img alt='logo a'>", "• http://a.b/c\n", "Petition started by a ", "À l'attention de "),
    "Sources:\n" + "1. " + 'A, "B," C, May 1, 2019; D, "E," F. ' * 40 + "\n",
]


@pytest.mark.parametrize("piece", HEAVY)
def test_t27_a_text_made_to_be_slow_is_done_within_two_seconds(piece):
    start = 'Credo Action\n\nHead\n\nGo\n\nThe petition to Mayor A reads:\n\n"Act."\n\nb\n\n'
    begun = time.process_time()
    with contextlib.suppress(NotAPetition, TextTooLong):
        parse_campaign(start + (piece * (MAX_TEXT // len(piece) + 1))[: MAX_TEXT - len(start)])
    with contextlib.suppress(NotAPetition, TextTooLong):
        parse_campaign(start + (piece * min(1400, 30_000 // len(piece) + 1))[:30_000])
    assert time.process_time() - begun < 2
