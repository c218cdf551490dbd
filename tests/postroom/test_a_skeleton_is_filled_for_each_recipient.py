"""What a recipient's mail program reads back is what was written, whatever stands in the holes."""

import base64
import email
import email.policy
import re
from email.message import EmailMessage
from html import escape

import pytest
from bs4 import BeautifulSoup
from hypothesis import example, given
from hypothesis import strategies as st

from postroom.headers import BadHeader, mailbox
from postroom.skeleton import (
    BadValue,
    HoleBeginsAddress,
    MissingValue,
    Skeleton,
    UnknownHole,
    UnreadableSkeleton,
    compile_skeleton,
    compose,
)

FIELDS = {
    "To": "[[email]]",
    "Date": "[[date]]",
    "Message-ID": "<[[key]]@mail.example.org>",
    "List-Unsubscribe": "<https://example.org/unsubscribe/[[token]]/>",
}
VALUES = {
    "first_name": "Ann",
    "email": "ann@example.net",
    "date": "Mon, 23 Nov 2026 12:00:00 +0000",
    "key": "m5.7.0123456789abcdef",
    "token": "k1-abc_DEF",
}
# Anything a database may hold, and what it may not.
anything = st.text(st.characters(), max_size=120)
awkward = anything | st.text(" \t\r\n.=_-?<>[]F\0", max_size=90).map(lambda text: "From " + text)


def skeleton(
    *,
    subject: str = "Hello [[first_name]]",
    text: str = "Dear [[first_name]],\nhttps://example.org/c/[[token]]/1\n",
    html: str = '<p>Dear [[first_name]]</p><a href="https://example.org/c/[[token]]/1">go</a>',
    headers: dict[str, str] = FIELDS,
) -> Skeleton:
    return compile_skeleton(
        sender=mailbox("Fight for the Future", "news@example.org"),
        subject=subject,
        headers=headers,
        text=text,
        html=html,
        holes=VALUES.keys(),
    )


def read(message: bytes) -> EmailMessage:
    parsed = email.message_from_bytes(message, policy=email.policy.SMTP)
    assert isinstance(parsed, EmailMessage)
    return parsed


def part(message: bytes, subtype: str) -> str:
    found = read(message).get_body((subtype,))
    assert found is not None
    return found.get_payload(decode=True).decode("utf-8")


def as_sent(text: str) -> str:
    """Mail knows one kind of newline, and UTF-8 no half of a surrogate pair."""
    return re.sub("\r\n|\r|\n", "\r\n", text.encode("utf-8", "replace").decode())


def assert_travels_unharmed(message: bytes) -> None:
    lines = message.split(b"\r\n")
    assert b"\n" not in b"".join(lines) and b"\r" not in b"".join(lines)
    assert all(byte < 128 for byte in message)
    assert max(map(len, lines)) <= 998
    body = message.split(b"\r\n\r\n", 1)[1]
    assert max(map(len, body.split(b"\r\n"))) <= 76
    assert not any(line.startswith((b".", b"From ")) for line in lines)
    assert not any(line.endswith((b" ", b"\t")) for line in body.split(b"\r\n"))


@given(before=awkward, name=awkward, after=awkward)
@example(before="", name="", after="")
@example(before="line\n", name=".", after="\n.\n..")
@example(before="x" * 2000, name="é" * 300, after=" ")
@example(before="tab\t\n space \n", name="From me", after="From you")
def test_the_text_part_comes_out_as_it_went_in(before: str, name: str, after: str) -> None:
    before, after = before.replace("[[", "[ ["), after.replace("[[", "[ [")
    message = skeleton(text=f"{before}|[[first_name]]|{after}").fill(VALUES | {"first_name": name})
    assert part(message, "plain") == as_sent(f"{before}|{name}|{after}")
    assert_travels_unharmed(message)


@given(before=awkward, name=awkward)
def test_the_html_part_shows_a_value_as_text(before: str, name: str) -> None:
    before = before.replace("[[", "[ [")
    message = skeleton(html=f"{before}<b>[[first_name]]</b>").fill(VALUES | {"first_name": name})
    assert part(message, "html") == as_sent(f"{before}<b>{escape(name)}</b>")
    assert_travels_unharmed(message)


@given(subject=awkward, name=awkward)
@example(subject="a long line of words that has to be folded somewhere " * 3, name="x" * 300)
@example(subject="", name="é" * 4000)
def test_b41_a_subject_is_one_line_that_reads_back_whole(subject: str, name: str) -> None:
    subject = subject.replace("[[", "[ [")
    message = skeleton(subject=f"{subject} [[first_name]]!").fill(VALUES | {"first_name": name})
    assert_only_our_fields(message)
    shown = str(read(message)["subject"])
    visible = [char for char in as_sent(f"{subject} {name}!") if char.isprintable()]
    assert [char for char in shown if char.isprintable() and char != " "] == [
        char for char in visible if char != " "
    ]
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", shown)


def assert_only_our_fields(message: bytes) -> None:
    names = ["From", "Subject", *FIELDS, "MIME-Version", "Content-Type"]
    assert read(message).keys() == names
    head = message.split(b"\r\n\r\n", 1)[0]
    assert max(map(len, head.split(b"\r\n"))) <= 998


@given(awkward)
def test_t13_no_value_adds_a_field(value: str) -> None:
    for hole in VALUES:
        try:
            message = skeleton().fill(VALUES | {hole: value})
        except BadValue:
            continue
        assert_only_our_fields(message)


@pytest.mark.parametrize(
    "address",
    [
        "a@example.org\r\nBcc: v@x",  # B39
        '"a\r\nX: y" <a@b.c>',  # B40
        "a@example.org, b@example.org",
        "a@example.org>, <b@example.org",
        "a@example.org,b@example.org",
        "a@example.org>",
        "a@example.org(comment)",
        "",
        "a b@example.org",
        "a@example.org\0",
    ],
)
def test_b39_b40_an_address_that_is_more_than_one_address_is_refused(address: str) -> None:
    with pytest.raises(BadValue):
        skeleton().fill(VALUES | {"email": address})


@given(st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), min_size=30, max_size=90))
def test_each_encoded_word_holds_whole_characters(name: str) -> None:
    head = skeleton().fill(VALUES | {"first_name": f"é{name}"}).split(b"\r\nTo:")[0]
    for word in re.findall(rb"=\?utf-8\?b\?([^?]*)\?=", head):
        assert len(word) <= 63
        base64.b64decode(word).decode("utf-8")


def test_b42_an_encoded_word_in_a_value_is_shown_and_not_decoded() -> None:
    payload = "=?utf-8?q?=0aBcc:?="
    message = skeleton().fill(VALUES | {"first_name": payload})
    assert read(message)["subject"] == f"Hello {payload}"


def test_b46_a_domain_outside_ascii_is_written_in_ascii() -> None:
    message = skeleton().fill(VALUES | {"email": "o'neil+x@exämple.de"})
    assert read(message)["to"] == "o'neil+x@xn--exmple-cua.de"


def test_a_non_ascii_name_is_readable_in_subject_and_sender() -> None:
    built = compile_skeleton(
        sender=mailbox("Zoë, für alle", "zoe@example.org"),
        subject="Grüße an [[first_name]]",
        headers=FIELDS,
        text="",
        html="",
        holes=VALUES.keys(),
    )
    parsed = read(built.fill(VALUES | {"first_name": "Łukasz 👩🏽‍🚒"}))
    assert parsed["subject"] == "Grüße an Łukasz 👩🏽‍🚒"
    (sender,) = parsed["from"].addresses
    assert (sender.display_name, sender.addr_spec) == ("Zoë, für alle", "zoe@example.org")


@given(st.text(st.characters(), max_size=60))
def test_a_value_in_a_web_address_stays_one_path_segment(value: str) -> None:
    message = skeleton().fill(VALUES | {"token": value})
    link = BeautifulSoup(part(message, "html"), "html.parser").a["href"]
    assert re.fullmatch(r"https://example\.org/c/[A-Za-z0-9%._~-]*/1", str(link))
    assert str(link) in part(message, "plain")


def test_t09_a_value_is_never_read_as_a_hole_or_template() -> None:
    payload = "[[token]] {{ settings.SECRET_KEY }} {% load x %} {0.__class__} %(x)s"
    message = skeleton().fill(VALUES | {"first_name": payload})
    assert payload in part(message, "plain")
    assert escape(payload) in part(message, "html")
    assert read(message)["subject"] == f"Hello {payload}"


def test_a_dot_in_a_hole_can_not_end_the_message() -> None:
    message = skeleton(text="[[first_name]]\n").fill(VALUES | {"first_name": "."})
    assert b"\r\n=2E" in message


def test_a_stored_skeleton_fills_alike() -> None:
    built = skeleton()
    again = Skeleton.load(*built.dump())
    assert again.fill(VALUES) == built.fill(VALUES)
    assert again.holes == built.holes
    literal, layout = built.dump()
    assert Skeleton.load(memoryview(literal), layout).fill(VALUES) == built.fill(VALUES)


def test_a_skeleton_of_another_format_is_not_guessed_at() -> None:
    literal, layout = skeleton().dump()
    with pytest.raises(UnreadableSkeleton):
        Skeleton.load(literal, layout | {"format": 2})


def test_brackets_around_a_name_nobody_declared_are_plain_text() -> None:
    template = "Stop [[everything]], [[first_name]]"
    message = skeleton(subject=template, text=template, html=template).fill(VALUES)
    assert read(message)["Subject"] == "Stop [[everything]], Ann"
    assert part(message, "plain").strip() == "Stop [[everything]], Ann"
    assert part(message, "html").strip() == "Stop [[everything]], Ann"


def test_a_value_too_many_or_too_few_is_named() -> None:
    with pytest.raises(UnknownHole, match="surname"):
        skeleton().fill(VALUES | {"surname": "Lee"})
    with pytest.raises(MissingValue, match="token"):
        skeleton().fill({name: VALUES[name] for name in VALUES if name != "token"})


@pytest.mark.parametrize(
    "html", ['<a href="[[token]]">', "<a HREF = [[token]]>", "<img src='[[key]]'>"]
)
def test_a_hole_can_not_choose_the_scheme_of_a_link(html: str) -> None:
    with pytest.raises(HoleBeginsAddress):
        skeleton(html=html)


@pytest.mark.parametrize(
    "headers",
    [
        FIELDS | {"Subject": "twice"},
        FIELDS | {"date": "twice"},
        FIELDS | {"X-Evil: yes\r\nBcc": "v@example.org"},
        {name: value for name, value in FIELDS.items() if name != "Date"},
        FIELDS | {"Reply-To": "é@example.org"},
        FIELDS | {"References": "x" * 999},
    ],
)
def test_fields_that_make_no_valid_message_are_refused(headers: dict[str, str]) -> None:
    with pytest.raises(BadHeader):
        skeleton(headers=headers)


def test_a_composed_message_takes_brackets_as_text() -> None:
    message = compose(
        sender="news@example.org",
        subject="About [[brackets]]",
        headers={"To": "ann@example.net", "Date": VALUES["date"], "Message-ID": "<l1@example.org>"},
        text="See [[1]] and [[brackets]].",
        html="<p>[[brackets]]</p>",
    )
    assert read(message)["subject"] == "About [[brackets]]"
    assert part(message, "plain") == "See [[1]] and [[brackets]]."
    assert part(message, "html") == "<p>[[brackets]]</p>"
    assert_travels_unharmed(message)
