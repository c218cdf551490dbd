"""Bytes become text: in any encoding, without what nobody sees; what is no text is refused."""

import pytest
from django.conf import settings

from campaigns.importing.draft import NotAPetition
from campaigns.importing.parsing import parse_campaign
from campaigns.importing.reading import MAX_TEXT, decode

SAMPLE = settings.BASE_DIR / "campaigns/samples/credo-amazon-rekognition.txt"
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_encoding_and_line_ends_change_nothing(encoding, line_end):
    text = SAMPLE.read_text()
    data = text.replace("\n", line_end).encode(encoding)

    assert parse_campaign(decode(data)) == parse_campaign(text)


def test_a_windows_file_keeps_its_quotation_marks():
    assert decode("“Stop” – l’été".encode("cp1252")) == "“Stop” – l’été"


def test_what_nobody_sees_is_taken_out():
    text = SAMPLE.read_text()
    seen = text.replace("facial recognition", "fa\u00adcial\u200b recog\u2060nition")
    spaced = seen.replace(" the ", " \xa0the\t ")

    assert parse_campaign("\ufeff" + spaced) == parse_campaign(text)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"\x00\x01\x02", "not a text file"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 50, "looks like PNG"),
        (b"%PDF-1.7 ...", "looks like PDF"),
        (b"PK\x03\x04 word/document.xml", "looks like Word"),
        (b"{\\rtf1 Stop}", "looks like RTF"),
        (b"\x01\x02\x03\x04 binary", "not a text file"),
        (b"a" * (4 * MAX_TEXT + 1), "too long"),
    ],
)
def test_a_file_that_is_no_text_is_refused_and_says_what_to_do(data, says):
    with pytest.raises(NotAPetition, match=says):
        decode(data)


@pytest.mark.parametrize("text", ["", " \n\t\n ", "\ufeff", "\u200b\n"])
def test_an_empty_text_is_refused_and_says_what_to_paste(text):
    with pytest.raises(NotAPetition, match="There is no text"):
        parse_campaign(text)


UNRELATED = {
    "novel": "It was a dark night.\n\nThe rain fell in torrents, and nobody was in the street.",
    "table": "name,email,city\nAda,ada@example.org,London\nBob,bob@example.org,Leeds",
    "program": "def main():\n    print('hello')\n\nif __name__ == '__main__':\n    main()",
    "recipe": "Pancakes\n\n1. Beat 3 eggs.\n2. Add 200 g of flour.\n3. Fry.",
    "log": "2024-01-01 12:00 INFO started\n2024-01-01 12:01 ERROR failed: 3 retries",
}


@pytest.mark.parametrize("text", UNRELATED.values(), ids=UNRELATED)
def test_an_unrelated_text_is_refused_unless_somebody_insists(text):
    with pytest.raises(NotAPetition, match="No petition was found"):
        parse_campaign(text)
    assert parse_campaign(text, insist=True).headline


def test_a_mail_as_it_was_saved_is_opened():
    mail = (
        "From: Rivers Now <act@rivers.example>\nTo: you@example.org\nSubject: =?utf-8?q?Tell_the_"
        "Mayor=3A_open_the_river?=\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n"
        "Content-Transfer-Encoding: quoted-printable\n\nThe petition to Mayor Ada Lee reads:\n\n"
        "=E2=80=9COpen the ri=\nver path.=E2=80=9D\n\nIt has been closed since 2016.\n"
    )
    draft = parse_campaign(mail)

    assert (draft.brand, draft.headline) == ("Rivers Now", "Tell the Mayor: open the river")
    assert draft.statement == "Open the river path."


MAIL = (
    "From: Tenants <news@tenants.example>\nSubject: {}\n\nDear Katy,\n\n{}The flats go.[1]\n\n"
    "Nobody was asked.\n\nThe petition to Mayor Ada Lee reads:\n\n“Keep the flats.”\n\n"
    "Thank you for standing with them,\n\nLena Okafor\n\nTenants\n\nSources:\n[1] Tom Baker, "
    "“Flats go,” Courier, May 2, 2026."
)


def test_the_subject_of_a_mail_keeps_its_readers_name_to_itself():
    draft = parse_campaign(MAIL.format("Katy, 412 families could lose their homes", ""))

    assert draft.headline == "412 families could lose their homes"
    assert [doubt.text for doubt in draft.unsure if doubt.item == "headline"]


def test_a_line_that_tells_somebody_what_to_do_is_the_headline_before_the_subject():
    line = "Tell Mayor Ada Lee: Keep the flats\n\n"
    draft = parse_campaign(MAIL.format("412 families could lose their homes", line))

    assert draft.headline == "Tell Mayor Ada Lee: Keep the flats"


def test_the_lines_of_a_closing_stay_apart_on_its_one_line():
    draft = parse_campaign(MAIL.format("Keep the flats", ""))

    assert draft.closing == "Thank you for standing with them, Lena Okafor, Tenants"
