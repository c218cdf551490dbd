"""No text keeps the site busy, and no body makes it grow."""

import io
import json
import resource
import time

import pytest
from django.test import Client

from signatures.models import Signature
from signatures.open_campaigns import open_campaign
from tests.factories import make_campaign

pytestmark = pytest.mark.django_db

MANY = 100_000
PATHOLOGICAL = {
    "one letter": "a" * MANY,
    "address without end": "a@" * MANY,
    "dots": "." * MANY,
    "address of dots": "a@" + "a." * MANY,
    "address of dashes": "a@" + "a-" * MANY + ".org",
    "long local part": "a." * 120 + "@example.org",
    "plus signs": "a+" * 150 + "@example.org",
    "labels": "a@" + "a." * 120 + "org",
    "dashed labels": "a@" + "a-a" * 80 + ".org",
    "quotes": '"' * MANY,
    "open quotes": '"a\\' * 100 + "@example.org",
    "combining marks": "a" + "\u0301" * MANY,
    "marks within the limit": "a" + "\u0301" * 254,
    "composing": "\u0958" * 250,
    "ligatures": "\ufdfa" * 250,
    "zero widths": "\u200b" * MANY,
    "blanks": " " * MANY,
    "line ends": "\r\n" * MANY,
    "almost a web address": "www" * 80 + "." * 10,
    "words with dots": "a.b" * 80,
    "tags": "<a" * MANY,
    "entities": "&amp;" * MANY,
    "bidi": "\u202e" * 250,
    "emoji": "\U0001f469\u200d\U0001f469" * 80,
    "domain of other letters": "a@" + "\u00e4" * 240 + ".de",
}


@pytest.mark.parametrize("text", PATHOLOGICAL.values(), ids=PATHOLOGICAL)
def test_t27_reading_a_form_takes_no_time_whatever_was_typed(text):
    campaign = make_campaign(asks_postal_code=True, asks_country=True, asks_comment=True)
    page = open_campaign(campaign.slug)
    fields = ("name", "email", "postal_code", "country", "comment", "statement", "notice")
    page.read(dict.fromkeys(fields, "x"))
    began = time.thread_time()
    page.read(dict.fromkeys(fields, text))
    assert time.thread_time() - began < 0.05


def test_t27_there_are_twenty_five_of_them():
    assert len(PATHOLOGICAL) == 25


DEEP = "[" * 30_000 + "]" * 30_000


@pytest.mark.parametrize(
    ("body", "content_type", "headers"),
    [
        (b"name=" + b"x" * 10_000_000, "application/x-www-form-urlencoded", {}),
        (b"a=1&" * 1_000_000, "application/x-www-form-urlencoded", {}),
        (b"a=1&" * 51, "application/x-www-form-urlencoded", {}),
        (b"name=" + b"x" * 70_000, "application/x-www-form-urlencoded", {}),
        (DEEP.encode(), "application/json", {}),
        (json.dumps({"name": "x" * 100_000}).encode(), "application/json", {}),
        (
            b"\x1f\x8b" + b"0" * 1000,
            "application/x-www-form-urlencoded",
            {"Content-Encoding": "gzip"},
        ),
        (
            b"--x\r\nContent-Disposition: form-data; name=n; filename=f\r\n\r\n" + b"0" * 100_000,
            "multipart/form-data; boundary=x",
            {},
        ),
    ],
    ids=[
        "10 MB",
        "a million fields",
        "51 fields",
        "one big field",
        "deep",
        "big",
        "packed",
        "file",
    ],
)
def test_t28_a_body_beyond_any_form_is_refused_and_not_kept(body, content_type, headers):
    campaign = make_campaign()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    response = Client().generic(
        "POST",
        campaign.get_absolute_url(),
        io.BytesIO(body).getvalue(),
        content_type=content_type,
        headers=headers,
    )
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert response.status_code in (400, 413, 422)
    assert grown < 20 * 1024 + len(body) // 256
    assert not Signature.objects.exists()
