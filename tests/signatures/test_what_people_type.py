"""Names, comments and addresses as people and attackers type them: kept, mended or refused."""

import time
from contextlib import suppress
from wsgiref.util import setup_testing_defaults

import pytest
from django.core.exceptions import ValidationError

from advocacy.wsgi import application
from signatures.addresses import clean_address, email_key, mask
from signatures.forms.texts import clean_comment, clean_name
from signatures.models import Signature
from tests.factories import make_campaign

SAME = [
    ("Ada@Example.org", "ada@example.org"),
    ("a.b+c@googlemail.com", "ab@gmail.com"),
    ("A.D.A@gmail.com", "ada@gmail.com"),
    ("ada+news@outlook.com", "ada@outlook.com"),
    ("ada@exämple.de", "ada@xn--exmple-cua.de"),
    (" mailto:ada@example.org\n", "ada@example.org"),
    ("\u200bada@example.org\ufeff", "ada@example.org"),
]
DIFFERENT = [
    ("a.b@example.org", "ab@example.org"),
    ("ada+news@example.org", "ada@example.org"),
    ("ada@example.org", "ada@example.com"),
    ("ada@gmail.com", "ada@gmail.co"),
    ("ada@exаmple.org", "ada@example.org"),  # a Cyrillic letter in the first
]
NO_ADDRESS = [
    "", "ada", "ada@", "@example.org", "a@b", "a@localhost", "a@[127.0.0.1]", ".a@example.org",
    "a..b@example.org", "a@-x.org", "a@x..org", "a@example.org,b@example.org",
    "a@example.org;b@example.org", "a@example.org\r\nBcc: v@x.org", '"a\r\nX: y" <a@b.co>',
    "m\u0131ke@example.org", "\u017fam@example.org", "\u212aen@example.org",
    "x" * 65 + "@example.org", "a@" + "x." * 200 + "org", "a b@example.org", "a\0@example.org",
    "Ada <ada@example.org>",
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), SAME)
def test_t25_spellings_of_one_mailbox_are_one_person(one, other):
    assert email_key(clean_address(one)) == email_key(clean_address(other))


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_t25_different_mailboxes_are_different_people(one, other):
    assert email_key(clean_address(one)) != email_key(clean_address(other))


@pytest.mark.parametrize("typed", NO_ADDRESS)
def test_b39_to_b46_what_is_no_plain_address_is_refused(typed):
    with pytest.raises(ValidationError):
        clean_address(typed)


def test_mail_goes_to_the_address_as_typed():
    assert clean_address("A.B+c@googlemail.com") == "A.B+c@googlemail.com"


@pytest.mark.parametrize(
    "name",
    [
        "<script>alert(1)</script>", '"><svg onload=alert(1)>', "javascript:alert(1)",
        "{{7*7}} {% debug %}", '=HYPERLINK("x","y")', "+1-2", "O'Brien; DROP TABLE--", "O",
        "Ζωή", "محمد", "李雷", "ገብረ", "می\u200cخواهم", "👩‍👩‍👧 Ada", "x" * 255, "Dr. St.John",
    ],
)  # fmt: skip
def test_b01_to_b17_real_and_strange_names_are_kept_as_they_are(name):
    assert clean_name(name) == name


@pytest.mark.parametrize("name", ["", "  ", "\u200b\u200d", "\u3164", "\u2800", "a\0b", "\ud800"])
def test_b10_b11_b13_a_name_that_cannot_be_stored_or_seen_is_refused(name):
    with pytest.raises(ValidationError):
        clean_name(name)


def test_b18_a_web_address_is_no_name():
    for name in (
        "visit http://spam.example",
        "www.spam.example",
        "buy at pills.com",
        "bit.ly/x",
        "spam\u200b.com",
    ):
        with pytest.raises(ValidationError):
            clean_name(name)


def test_b12_b14_b19_b20_what_deceives_is_taken_out():
    assert clean_name("Ada\u202eecalevoL") == "AdaecalevoL"
    assert clean_name("Ada\r\nLovelace\tK") == "Ada Lovelace K"
    assert clean_name("Zoe\u0308") == clean_name("Zoë")
    assert len(clean_name("a" + "\u0301" * 200)) <= 4
    assert clean_comment("one\r\ntwo\rthree") == "one\ntwo\nthree"


@pytest.mark.parametrize(
    "text", ["\u0301" * 2000, "www." * 500, "a." * 1000, "@" * 1000, "\u200b" * 2000]
)
def test_t27_no_text_takes_long(text):
    started = time.perf_counter()
    for clean in (clean_name, clean_comment, clean_address):
        with suppress(ValidationError):
            clean(text)
    assert time.perf_counter() - started < 0.05


def test_a_masked_address_tells_its_owner_and_nobody_else():
    assert mask("ada.lovelace@example.org") == "a•••@example.org"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query", ["source=%00", "source=" + "x" * 9000, "source[]=1", "source=<script>", "%ff=%ff"]
)
def test_b51_b53_no_query_breaks_the_form(client, query):
    campaign = make_campaign()
    response = client.post(
        f"{campaign.get_absolute_url()}?{query}", {"name": "Ada", "email": "ada@example.org"}
    )
    assert response.status_code == 303
    assert len(Signature.objects.get().referrer_code) <= 64


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"name=%ff%fe&email=a@example.org%00", "application/x-www-form-urlencoded"),
        (b"<x/>", "text/xml"),
        (b"garbage", "multipart/form-data"),
        (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
        (b"{}", "application/json"),
        ("name=Ada&email=a@example.org".encode("utf-16"), "application/x-www-form-urlencoded"),
        (b"email=a@example.org&email=b@example.org&email[]=c", "application/x-www-form-urlencoded"),
    ],
)
def test_b52_b53_no_body_breaks_the_form(client, body, content_type):
    campaign = make_campaign()
    response = client.post(campaign.get_absolute_url(), body, content_type=content_type)
    assert response.status_code in (400, 422)
    assert not Signature.objects.exists()


@pytest.mark.parametrize("charset", ["hex", "base64", "idna", "utf-16", "unicode_escape", "none"])
def test_b53_a_body_in_another_character_set_is_refused_before_it_is_read(charset):
    environ = {
        "REQUEST_METHOD": "POST",
        "QUERY_STRING": "a=1",
        "CONTENT_TYPE": f"application/x-www-form-urlencoded; charset={charset}",
    }
    setup_testing_defaults(environ)
    said = []
    application(environ, lambda status, headers: said.append(status))
    assert said == ["415 Unsupported Media Type"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sent", "consents"),
    [("on", True), ("", False), ("off", False), ("0", False), ("maybe", False), ("on on", False)],
)
def test_b54_only_a_tick_is_a_yes(client, sent, consents):
    campaign = make_campaign()
    fields = {"name": "Ada", "email": "ada@example.org", "consent": sent}
    assert client.post(campaign.get_absolute_url(), fields).status_code == 303
    assert Signature.objects.get().consents is consents


@pytest.mark.django_db
def test_a_flood_in_one_field_makes_no_flood_of_a_cookie(client):
    campaign = make_campaign(asks_comment=True)
    fields = {
        "name": "Ada",
        "email": "a@example.org",
        "consent": "x" * 40_000,
        "comment": "y" * 1999,
    }
    response = client.post(campaign.get_absolute_url(), fields)
    assert response.status_code == 303
    assert len(response.cookies["typed"].value) < 4000
