"""One body reads the same on the page, in both parts of a mail and in the feed."""

import re
from datetime import date

import pytest
from bs4 import BeautifulSoup

from campaigns.models import Source
from campaigns.text.rendering import render_feed, render_mail, render_page, render_plain
from campaigns.text.sanitising import clean

SOURCES = [
    Source(
        key="wong-2018",
        author="Julie Carrie Wong",
        title="Recipe",
        publisher="The Guardian",
        published_on=date(2018, 5, 22),
        url="https://example.org/wong",
        archive_url="https://archive.example.org/wong",
    ),
    Source(key="aclu-2017", author="ACLU", title="Bills", published_on=date(2017, 6, 23)),
]
BODY = clean(
    '<p>It\'s frightening.<sup data-source="wong-2018"></sup> See '
    '<a href="https://example.org/report">the <strong>report</strong></a>.</p>'
    '<div data-block="ask"></div>'
    '<p>Again.<sup data-source="wong-2018"></sup><sup data-source="aclu-2017"></sup></p>'
    "<ol><li>one</li><li>two</li></ol><blockquote><p>said</p></blockquote>"
    '<p data-block="button"><a href="https://example.org/go">Go</a></p>'
)
ASK = "Tell Amazon: <stop>."
PAGE = "https://petitions.example.org/sign/amazon/"


def on_page(body=BODY, **options):
    rendered = render_page(body, sources=SOURCES, ask=ASK, **options)
    return rendered, BeautifulSoup(rendered.html, "html.parser")


def in_mail(body=BODY, **options):
    return render_mail(body, sources=SOURCES, ask=ASK, ask_url=PAGE, page_url=PAGE, **options)


def test_on_the_page_each_marker_and_its_note_lead_to_each_other():
    rendered, html = on_page()
    markers = html.select("a[role=doc-noteref]")

    assert [(marker["id"], marker["href"]) for marker in markers] == [
        ("r1", "#n1"),
        ("r1b", "#n1"),
        ("r2", "#n2"),
    ]
    assert [marker.text for marker in markers] == [f"\u2060Source {n}" for n in (1, 1, 2)]
    assert [note.anchor for note in rendered.notes] == ["n1", "n2"]
    assert [link.anchor for note in rendered.notes for link in note.backlinks] == [
        marker["id"] for marker in markers
    ]


def test_no_line_of_the_page_begins_with_a_marker():
    assert re.search("frightening.<a [^>]+>\u2060", on_page()[0].html)


def test_two_markers_in_a_row_do_not_read_as_one_number():
    assert "</a>\u202f<a" in on_page()[0].html


def test_the_ask_leads_to_the_form_on_the_page_and_to_the_page_in_a_mail():
    _, html = on_page()
    mail = BeautifulSoup(in_mail().html, "html.parser")

    assert (html.select_one("p.ask a")["href"], html.select_one("p.ask a").text) == ("#sign", ASK)
    assert (mail.select_one("p.ask a")["href"], mail.select_one("p.ask a").text) == (PAGE, ASK)


def test_an_ask_block_without_an_ask_shows_nothing():
    assert render_page('<div data-block="ask"></div>', sources=[], ask="").html == ""


def test_a_marker_without_a_source_is_left_out_in_public_and_seen_in_a_preview():
    body = '<p>Word.<sup data-source="gone"></sup></p>'
    public, _ = on_page(body)
    preview, html = on_page(body, preview=True)

    assert public.html == "<p>Word.</p>"
    assert "gone" in html.select_one(".missing").text
    assert public.unknown_keys == preview.unknown_keys == ("gone",)


def test_in_a_mail_a_marker_leads_to_the_note_on_the_page():
    mail = BeautifulSoup(in_mail(prefix="update-7-").html, "html.parser")

    assert [(a.text, a["href"]) for a in mail.select("sup a")] == [
        ("[1]", f"{PAGE}#update-7-n1"),
        ("[1]", f"{PAGE}#update-7-n1"),
        ("[2]", f"{PAGE}#update-7-n2"),
    ]
    assert not mail.select("[id]")


def test_in_a_mail_a_picture_has_its_full_address(settings):
    settings.MEDIA_URL = "/media/"
    mail = in_mail('<p><img src="/media/a.png" alt="A"></p>', media_url="https://example.org")

    assert 'src="https://example.org/media/a.png"' in mail.html


def test_the_plain_text_of_a_mail():
    plain = render_plain(BODY, sources=SOURCES, ask=ASK, ask_url=PAGE)

    assert plain.body == (
        "It's frightening.[1] See the report <https://example.org/report>.\n\n"
        "Tell Amazon: <stop>. <https://petitions.example.org/sign/amazon/>\n\n"
        "Again.[1][2]\n\n"
        "1. one\n2. two\n\n"
        "> said\n\n"
        "Go <https://example.org/go>"
    )
    assert plain.sources == (
        '[1] Julie Carrie Wong, "Recipe," The Guardian, May 22, 2018.\n'
        "    <https://example.org/wong> <https://archive.example.org/wong>\n"
        '[2] ACLU, "Bills," June 23, 2017.'
    )


def test_plain_text_keeps_to_72_columns_and_never_breaks_an_address():
    address = "https://example.org/" + "long-path/" * 12
    body = f'<ul><li>{"word " * 60}<a href="{address}">here</a> {"word " * 60}</li></ul>'
    lines = render_plain(body, sources=[], ask="", ask_url=PAGE).body.splitlines()

    assert any(f"<{address}>" in line for line in lines)
    assert all(len(line) <= 72 for line in lines if address not in line)


def test_both_parts_of_a_mail_link_to_the_same_places():
    html = BeautifulSoup(in_mail().html, "html.parser")
    plain = render_plain(BODY, sources=SOURCES, ask=ASK, ask_url=PAGE)

    assert {a["href"] for a in html.select("a") if "#" not in a["href"]} == set(
        re.findall(r"<(https://[^>]+)>", plain.body)
    )


def test_a_feed_carries_the_sources_under_the_text():
    feed = BeautifulSoup(render_feed(BODY, sources=SOURCES, ask=ASK, page_url=PAGE), "html.parser")

    assert [item.text for item in feed.find_all("ol")[-1]] == [
        'Julie Carrie Wong, "Recipe," The Guardian, May 22, 2018.',
        'ACLU, "Bills," June 23, 2017.',
    ]


TEMPLATES = ["{{ settings.SECRET_KEY }}", "{% load static %}", "{0.__class__}", "%(x)s", "${x}"]


@pytest.mark.parametrize("text", TEMPLATES)
def test_t09_what_looks_like_a_template_comes_out_as_it_was_written(text):
    options = {"sources": [Source(key="k", title=text)], "ask": text}
    body = f'<p>{text}<sup data-source="k"></sup></p><div data-block="ask"></div>'

    page = render_page(body, **options)
    plain = render_plain(body, ask_url=PAGE, **options)
    assert BeautifulSoup(page.html, "html.parser").text.count(text) == 2
    assert text in page.notes[0].citation
    assert plain.body.count(text) == 2


def test_t08_a_body_that_reached_the_database_unclean_is_cleaned_when_shown():
    unclean = '<p onclick="x">a<script>alert(1)</script><a href="javascript:x">b</a></p>'

    assert on_page(unclean)[0].html == in_mail(unclean).html == "<p>ab</p>"
