"""One petition as a page, a mail, a paste from Word or a file of an old system: read alike."""

import base64
import html
import quopri
import re
import textwrap
from dataclasses import replace

import pytest
from django.conf import settings

from campaigns.importing.draft import CampaignDraft
from campaigns.importing.parsing import parse_campaign
from campaigns.importing.reading import decode

SAMPLE = (settings.BASE_DIR / "campaigns/samples/credo-amazon-rekognition.txt").read_text()
LINES = [line.strip() for line in SAMPLE.split("\n")]
NOTES = [line[3:] for line in LINES if re.match(r"\d\. ", line)]
WRAPPED = "\n".join(textwrap.fill(line, 72) if line else "" for line in LINES)
PARAGRAPHS = "".join(
    f"<p>{html.escape(line)}</p>\n" for line in LINES if line and line[3:] not in NOTES
)
RAISED = re.sub(r"([a-z.])(\d)(?=[ <])", r"\1<sup><a href='#n\2'>\2</a></sup>", PARAGRAPHS)
LIST = f"<ol>{''.join(f'<li>{html.escape(note)}</li>' for note in NOTES)}</ol>"
WORD = "".join(
    f"<p class=MsoNormal style='mso-margin-top-alt:auto'><span lang=EN-US>{html.escape(line)}"
    "<o:p></o:p></span></p>"
    for line in LINES
    if line
)
OFFICE = (
    "<html xmlns:o='urn:schemas-microsoft-com:office:office'><head><meta name=Generator content="
    "'Microsoft Word 15'><!--[if gte mso 9]><xml></xml><![endif]-->"
    f"<style>p.MsoNormal{{margin:0}}</style></head><body>{WORD}</body></html>"
)
HEAD = "To: you@example.org\nSubject: You will not believe it\nMIME-Version: 1.0\n"
MARKDOWN = re.sub(
    r"(?m)^ *(\d)\. ", r"[^\1]: ", re.sub(r"([a-z.])(\d)(?= |\n)", r"\1[^\2]", SAMPLE)
)


def mail(subtype: str, text: str) -> bytes:
    part = f"Content-Type: text/{subtype}; charset=utf-8\nContent-Transfer-Encoding: "
    encoded = base64.encodebytes(text.encode()).decode()
    return f"{HEAD}{part}base64\n\n{encoded}".encode()


def quoted(text: str) -> str:
    return quopri.encodestring(text.encode()).decode()


TRANSPORTS: dict[str, bytes] = {
    "tabs": SAMPLE.replace("    ", "\t").encode(),
    "no empty lines": "\n".join(filter(None, LINES)).encode(),
    "twice as many empty lines": SAMPLE.replace("\n", "\n\n").encode(),
    "spaces that do not break": SAMPLE.replace(". ", ".\xa0 ").encode(),
    "Windows-1252": SAMPLE.encode("cp1252"),
    "wrapped at 72 columns": WRAPPED.encode(),
    "quoted": "\n".join(f"> {line}" for line in WRAPPED.split("\n")).encode(),
    "a page": f"<html><body>{PARAGRAPHS}{LIST}</body></html>".encode(),
    "a page with raised numbers": f"<div>{RAISED}{LIST}</div>".encode(),
    "a page of line breaks": f"<div>{'<br>'.join(map(html.escape, LINES))}</div>".encode(),
    "a site": (
        "<html><head><title>T</title></head><body><nav><a href='/'>Home</a></nav>"
        f"<main>{RAISED}{LIST}</main><footer>© 2018</footer></body></html>"
    ).encode(),
    "Word": OFFICE.encode(),
    "the source of a mail": quoted(WRAPPED).encode(),
    "a mail": mail("plain", WRAPPED),
    "a mail of a page": mail("html", f"<html><body>{RAISED}{LIST}</body></html>"),
    "Markdown": re.sub(r"(?m)^    ", "", MARKDOWN)
    .replace("Tell Amazon:", "# Tell Amazon:", 1)
    .encode(),
}


def told(draft: CampaignDraft) -> CampaignDraft:
    """What was read, without how it was said and where it stood."""
    return replace(draft, unsure=(), placed=())


@pytest.fixture(scope="module")
def sample() -> CampaignDraft:
    return told(parse_campaign(SAMPLE))


@pytest.mark.parametrize("name", TRANSPORTS)
def test_the_sample_is_read_the_same_however_it_comes(sample, name):
    assert told(parse_campaign(decode(TRANSPORTS[name]))) == sample


def test_the_apostrophes_of_an_old_macintosh_are_read():
    text = "It’s the Mayor’s “own” river – and ours."

    assert decode(text.encode("mac_roman")) == text


def test_curly_quotation_marks_change_no_part_but_themselves(sample):
    curly = re.sub(r'"([^"]*)"', r"“\1”", SAMPLE).replace("'", "’")
    draft = parse_campaign(curly)

    assert draft.statement == sample.statement
    assert [source.key for source in draft.sources] == [source.key for source in sample.sources]
    assert draft.body.replace("’", "'") == sample.body.replace("’", "'")
