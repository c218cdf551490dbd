"""Nothing is dropped silently, and what we print ourselves we read back the same."""

import random
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.citations import Citation, format_reference
from campaigns.importing.draft import CampaignDraft, NotAPetition
from campaigns.importing.lines import PLACEHOLDER
from campaigns.importing.parsing import parse_campaign
from campaigns.importing.reading import decode, tidy
from campaigns.text.sanitising import TextTooLong
from campaigns.tracking import ADDRESS, strip_tracking

TEXTS = [
    tidy(decode(path.read_bytes()))
    for path in sorted((Path(__file__).parent / "texts").iterdir())
    if path.suffix != ".html"
] + [
    tidy(path.read_text().partition("-----8<-----")[0])
    for path in sorted((Path(__file__).parent / "shapes").glob("*.txt"))
]
LINES = [line for text in TEXTS for line in text.split("\n")]
LABEL = re.compile(r"\A\W*(?!http)[\w-]{1,15}:\W*")


def words(text: str) -> set[str]:
    """The words of `text`; what stands for an address that an archive has not kept is none."""
    cleaned = ADDRESS.sub(lambda match: strip_tracking(match[0]), PLACEHOLDER.sub("", text))
    return set(re.findall(r"[^\W\d_]{2,}", cleaned.lower()))


def held(draft: CampaignDraft) -> set[str]:
    """Every word that the draft keeps, or that its report names."""
    parts = (
        *(draft.brand, draft.headline, draft.call_to_action, draft.lead_in, draft.statement),
        *(draft.notice, draft.lead_line, draft.ask, draft.closing, draft.body),
        *map(str, draft.targets),
        *(source.raw for source in draft.sources),
        *(f"{doubt.text} {doubt.why}" for doubt in draft.unsure),
    )
    return words(" ".join(parts))


def shuffled(seed: int) -> str:
    """One of the texts with lines lost, doubled, cut, swapped and borrowed; or lines of all."""
    dice = random.Random(seed)
    if seed % 2:
        return "\n".join(dice.choice(LINES) for _line in range(dice.randint(3, 50)))
    lines = dice.choice(TEXTS).split("\n")
    for _change in range(dice.randint(1, 8)):
        at, other = dice.randrange(len(lines)), dice.randrange(len(lines))
        match dice.randint(1, 4):
            case 1:
                lines.insert(at, dice.choice(LINES))
            case 2:
                lines[at] = lines[at][: dice.randint(0, len(lines[at]))]
            case 3:
                lines[at], lines[other] = lines[other], lines[at]
            case 4 if len(lines) > 5:
                del lines[at]
    return "\n".join(lines)


@settings(max_examples=120, deadline=None)
@given(st.integers(0, 1_000_000))
def test_every_line_of_a_text_is_in_the_draft_or_in_its_report(seed):
    text = shuffled(seed)
    try:
        draft = parse_campaign(text)
    except (NotAPetition, TextTooLong):
        return
    kept = held(draft)
    lost = {line: words(LABEL.sub("", line)) - kept for line in tidy(text).split("\n")}

    assert not {line: missing for line, missing in lost.items() if missing}


# --- what we print

letters = st.characters(codec="utf-8", categories=["Lu", "Ll"])
word = st.text(letters, min_size=2, max_size=9)
phrase = st.lists(word, min_size=3, max_size=9).map(" ".join)
sentence = phrase.map(lambda text: f"Xa {text} en.")
dates = st.one_of(
    st.just((None, "day")),
    st.dates(date(1500, 1, 1), date(2099, 12, 31)).map(lambda day: (day, "day")),
    st.dates(date(1500, 1, 1), date(2099, 1, 1)).map(lambda day: (day.replace(day=1), "month")),
    st.dates(date(1500, 1, 1), date(2099, 1, 1)).map(
        lambda day: (day.replace(month=1, day=1), "year")
    ),
)
urls = st.sampled_from(["", "https://x.example/a_(b)?id=7", "http://y.example/c"])


@st.composite
def citations(draw) -> Citation:
    when, precision = draw(dates)
    url = draw(urls)
    return Citation(
        author=draw(st.one_of(st.just(""), phrase)),
        title=draw(st.one_of(phrase, sentence, phrase.map(lambda text: f"“{text}” – why?"))),
        publisher=draw(st.one_of(st.just(""), phrase)),
        published_on=when,
        date_precision=precision,
        url=url,
        archive_url=draw(st.sampled_from(["", "https://web.archive.org/web/1/x"])) if url else "",
        accessed_on=draw(st.one_of(st.none(), st.dates(date(1990, 1, 1), date(2099, 1, 1)))),
    )


# How a marker is written and how a source begins: {0} is its number, {1} raised, {2} a letter.
STYLES = [
    ("{0}", "{0}. "),
    ("[{0}]", "[{0}] "),
    (" ({0})", "({0}) "),
    ("{1}", "{1} "),
    ("^{0}", "^{0} "),
    ("[{2}]", "[{2}] "),
    ("({2})", "({2}) "),
]


def signs(number: int) -> tuple[str, str, str]:
    return str(number), "⁰¹²³⁴⁵"[number], "zabcde"[number]


@st.composite
def printed(draw) -> tuple[str, dict[str, str], list[str], list[Citation]]:
    """A campaign as text, its parts, its paragraphs with `[n]` for marker n, and its sources."""
    sources = draw(st.lists(citations(), min_size=1, max_size=5))
    parts = {
        "headline": f"Tell Xavier: {draw(phrase)}",
        "statement": draw(sentence),
        "ask": f"Tell Xavier Ypsilon: {draw(sentence)}",
        "closing": f"Thanks for {draw(phrase)}.",
    }
    paragraphs = [f"{draw(sentence)} {draw(sentence)}[{n}]" for n in range(1, len(sources) + 1)]
    mark, before = draw(st.sampled_from(STYLES))
    glued = [
        paragraph.replace(f"[{number}]", mark.format(*signs(number)))
        for number, paragraph in enumerate(paragraphs, start=1)
    ]
    lines = [
        *("Rivers Now", parts["headline"], "Sign the petition"),
        *("The petition to CEO Xavier Ypsilon reads:", f'"{parts["statement"]}"'),
        *("You'll receive periodic updates.", parts["headline"], "This is how it is."),
        *(glued[0], parts["ask"], *glued[1:], parts["ask"], parts["closing"]),
        *(
            before.format(*signs(number)) + format_reference(one)
            for number, one in enumerate(sources, start=1)
        ),
    ]
    return "\n\n".join(lines), parts, paragraphs, sources


@settings(max_examples=80, deadline=None)
@given(printed())
def test_a_campaign_that_we_print_is_read_back_the_same(campaign):
    text, parts, paragraphs, sources = campaign
    draft = parse_campaign(text)
    keys = [source.key for source in draft.sources]
    body = re.sub(
        r'<sup data-source="([^"]+)"></sup>', lambda m: f"[{keys.index(m[1]) + 1}]", draft.body
    )

    assert {part: getattr(draft, part) for part in parts} == parts
    assert [source.citation for source in draft.sources] == sources
    ask = '<div data-block="ask"></div>'
    blocks = [f"<p>{paragraph}</p>" for paragraph in paragraphs]
    assert body.split("\n") == [blocks[0], ask, *blocks[1:], ask]


@settings(max_examples=60, deadline=None)
@given(st.lists(citations(), min_size=1, max_size=4))
def test_a_list_of_sources_reads_back_with_addresses_on_the_next_line(sources):
    entries = []
    for number, one in enumerate(sources, start=1):
        bare = replace(one, url="", archive_url="", accessed_on=None)
        entries.append(f"[{number}] {format_reference(bare)}" + (f"\n{one.url}" if one.url else ""))
    draft = parse_campaign(
        "Stop it\n\nSign the petition\n\nWhy so.\n\nSources\n" + "\n".join(entries)
    )

    expected = [replace(one, archive_url="", accessed_on=None) for one in sources]
    assert [source.citation for source in draft.sources] == expected
