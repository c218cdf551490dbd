"""Sources are numbered by their first use, and every use is led back to."""

from datetime import date

from bs4 import BeautifulSoup
from django.template.loader import render_to_string

from campaigns.models import Source
from campaigns.text.footnotes import BackLink, number_footnotes
from campaigns.text.sanitising import read

WONG = Source(
    key="wong-2018",
    author="Julie Carrie Wong",
    title="'Recipe for <authoritarianism>'",
    publisher="The Guardian",
    published_on=date(2018, 5, 22),
    url="https://example.org/?a=1&b=2",
)
ACLU = Source(key="aclu-2017", author="ACLU", title="Bills", published_on=date(2017, 6, 23))
NPR = Source(key="npr", title="Unused")
SOURCES = [ACLU, WONG, NPR]


def body(*keys):
    return read("".join(f'<p>word<sup data-source="{key}"></sup></p>' for key in keys))


def test_numbers_follow_the_first_use_and_not_the_order_of_the_sources():
    notes = number_footnotes(body("wong-2018", "aclu-2017", "wong-2018"), SOURCES).notes

    assert [(note.number, note.anchor, note.source) for note in notes] == [
        (1, "n1", WONG),
        (2, "n2", ACLU),
    ]


def test_a_source_used_again_keeps_its_number_and_gets_lettered_back_links():
    notes = number_footnotes(body("wong-2018", "aclu-2017", *["wong-2018"] * 27), SOURCES).notes

    assert notes[0].backlinks[:3] == (
        BackLink("r1", "a"),
        BackLink("r1b", "b"),
        BackLink("r1c", "c"),
    )
    assert [link.letter for link in notes[0].backlinks[-3:]] == ["z", "aa", "ab"]
    assert notes[1].backlinks == (BackLink("r2", ""),)


def test_markers_in_lists_and_quotes_count_in_reading_order():
    document = read(
        '<blockquote><ul><li>a<sup data-source="aclu-2017"></sup></li></ul></blockquote>'
        '<p>b<sup data-source="wong-2018"></sup></p>'
    )

    assert [note.source for note in number_footnotes(document, SOURCES).notes] == [ACLU, WONG]


def test_b33_a_marker_without_a_source_takes_no_number_and_is_reported():
    footnotes = number_footnotes(body("gone", "aclu-2017", "gone"), SOURCES)

    assert footnotes.unknown_keys == ("gone",)
    assert [note.number for note in footnotes.notes] == [1]


def test_a_source_that_no_marker_uses_is_reported():
    assert number_footnotes(body("aclu-2017"), SOURCES).unused_keys == ("wong-2018", "npr")


def test_two_texts_on_one_page_have_anchors_of_their_own():
    (note,) = number_footnotes(body("aclu-2017"), SOURCES, prefix="update-7-").notes

    assert (note.anchor, note.backlinks[0].anchor) == ("update-7-n1", "update-7-r1")


def test_the_citation_in_html_keeps_every_character_and_links_the_title():
    (note,) = number_footnotes(body("wong-2018"), SOURCES).notes

    assert note.html == (
        'Julie Carrie Wong, &quot;<a href="https://example.org/?a=1&amp;b=2" rel="noopener">'
        "&#x27;Recipe for &lt;authoritarianism&gt;&#x27;</a>,&quot; <cite>The Guardian</cite>, "
        "May 22, 2018."
    )
    assert "".join(run.text for run in note.runs) == note.citation


def test_t08_a_source_whose_address_is_a_script_links_nowhere():
    source = Source(key="x", title="T", url="javascript:alert(1)", archive_url="data:text/html,x")
    (note,) = number_footnotes(body("x"), [source]).notes

    assert (note.url, note.archive_url) == ("", "")
    assert "<a" not in note.html


def test_a_link_carries_its_archived_copy_for_the_day_it_rots():
    source = Source(
        key="x",
        title="T",
        url="https://news.example/?a=1&b=2",
        archive_url="https://web.archive.org/web/1/x",
        accessed_on=date(2018, 5, 22),
    )
    note = number_footnotes(body("x"), [source]).notes[0]
    link = BeautifulSoup(note.robust_html, "html.parser").a
    assert link["href"] == link["data-originalurl"] == source.url
    assert link["data-versionurl"] == source.archive_url
    assert link["data-versiondate"] == "2018-05-22"
    assert "data-" not in note.html
    assert not note.is_archived_first


def test_the_archived_copy_of_a_source_that_is_gone_stands_first():
    source = Source(key="x", title="T", archive_url="https://web.archive.org/web/1/x", fail_count=3)
    note = number_footnotes(body("x"), [source]).notes[0]
    assert note.is_archived_first
    context = {"notes": [note], "heading_id": "sources"}
    item = BeautifulSoup(render_to_string("campaigns/_sources.html", context), "html.parser").li
    assert item.a.get_text() == "Archived copy"
    assert item.get_text().index("Archived copy") < item.get_text().index('"T')
    assert item.get_text().count("Archived copy") == 1


def test_a_source_that_is_gone_and_has_no_copy_stays_as_it_is():
    source = Source(key="x", title="T", url="https://news.example/", fail_count=9)
    note = number_footnotes(body("x"), [source]).notes[0]
    assert not note.is_archived_first
    assert note.robust_html == note.html
