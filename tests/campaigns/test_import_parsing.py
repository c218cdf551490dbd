"""The text of a petition page is read into a draft: what is in it, and what is unsure."""

import time

import pytest
from django.conf import settings

from campaigns.citations import format_citation
from campaigns.importing.draft import NotAPetition, TargetDraft
from campaigns.importing.markers import place_markers
from campaigns.importing.parsing import parse_campaign
from campaigns.importing.reading import MAX_TEXT, decode

SAMPLE = settings.BASE_DIR / "campaigns/samples/credo-amazon-rekognition.txt"

OTHER = """
Rivers Now

Mayor Lee: open the river

The petition to Mayor Ada Lee and Harbor Director Sam Roe reads:

“Open the river path.

Keep it open.”

We email you about this campaign.

Mayor Lee: open the river

The river has been closed since 2016.1 Repairs took 3.5 months.2,3 It cost 1,200 coins.
A wrapped line goes on.1 Nobody knows why.7

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
        assert passage in sample.body
    assert sample.body.count("[^") == 8


def test_digits_that_are_no_markers_stay(sample):
    assert "nearly 20 states across" in sample.body
    assert "more than 30 other allies, to send" in sample.body
    assert "The 20+ Immigration" in sample.sources[2].citation.title


def test_the_ask_stands_where_it_was_printed_both_times(sample):
    assert sample.body.split("\n\n")[2] == sample.body.split("\n\n")[-1] == "{ask}"
    assert sample.body.count("{ask}") == 2


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
    assert "since 2016.[^poe-2016] Repairs" in other.body
    assert "3.5 months.[^poe-2016-2][^source-3] It cost 1,200 coins." in other.body
    assert "goes on.[^poe-2016] Nobody knows why.7" in other.body
    glued, unlisted, unused = doubts(other, "marker")
    assert "2016.1 Repairs" in glued.text
    assert "may belong to the text" in glued.why
    assert "knows why.7" in unlisted.text
    assert "the list lacks" in unlisted.why
    assert unused.text == "rivers-now-2015"


def test_a_source_that_is_not_written_by_the_rule_keeps_its_line_and_is_named(other):
    assert other.sources[2].citation.title == "See www.example.org"
    assert [doubt.text for doubt in doubts(other, "source 3")] == ["See www.example.org"]


def test_what_finds_no_place_is_named(other):
    assert [doubt.text for doubt in doubts(other, "left out")] == ["Terms of use"]


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


REFUSED = {
    "empty": ("", "No petition was found"),
    "blank": (" \n\n ", "No petition was found"),
    "prose": ("It was a dark night.\n\nThe rain fell.", "No petition was found"),
    "no statement": ("A\n\nThe petition to Mayor A reads:\n\nAct now.", "No statement was found"),
    "nothing below": ("A\n\nThe petition to Mayor A reads:", "No statement was found"),
    "empty quotation": ('A\n\nThe petition to Mayor A reads:\n\n""', "No statement was found"),
    "open quotation": ('A\n\nThe petition to Mayor A reads:\n\n"Act.', "No statement was found"),
    "no headline": ('The petition to Mayor A reads:\n\n"Act."', "No headline was found"),
    "too long": ("a" * (MAX_TEXT + 1), "too long"),
}


@pytest.mark.parametrize(("text", "says"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_petition_is_refused_with_what_was_looked_for(text, says):
    with pytest.raises(NotAPetition, match=says):
        parse_campaign(text)


@pytest.mark.parametrize("data", [b"\x00\x01\x02", b"\x89PNG\r\n\x1a\n", "é".encode("utf-16")])
def test_a_file_that_is_no_text_is_refused(data):
    with pytest.raises(NotAPetition, match="not a text file"):
        decode(data)


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
    *("30 other ", "The petition to ", " and ", "CEO ", "1,1", "5", "CREDO ", "\r", "\x85"),
]


@pytest.mark.parametrize("piece", HEAVY)
def test_t27_a_text_made_to_be_slow_is_done_within_a_second(piece):
    start = 'Credo Action\n\nHead\n\nGo\n\nThe petition to Mayor A reads:\n\n"Act."\n\nb\n\n'
    begun = time.process_time()
    parse_campaign(start + (piece * MAX_TEXT)[: MAX_TEXT - len(start)])
    assert time.process_time() - begun < 1


def test_a_decimal_is_no_reference_and_a_number_in_brackets_is_one() -> None:
    keys = {1: "a", 2: "b", 3: "c"}
    marked, _doubts = place_markers(
        [
            "It costs.1 And costs.2 It took 5.3 billion dollars.",
            "So they say [3]. And more [1, 2].",
        ],
        keys,
    )
    assert marked == [
        "It costs.[^a] And costs.[^b] It took 5.3 billion dollars.",
        "So they say[^c]. And more[^a][^b].",
    ]
