"""The fields that mailbox providers ask of bulk mail, and those of a single letter."""

from datetime import UTC, datetime

import pytest

from postroom.addresses import BadAddress
from postroom.headers import BadHeader, header_text, mailbox
from postroom.messages import (
    bounce_address,
    bulk_headers,
    date_text,
    feedback_id,
    letter_headers,
    list_id,
    message_id,
    message_key,
)
from postroom.skeleton import compose

KEYS = {"k1": "secret"}


def bulk(unsubscribe_url: str = "https://example.org/unsubscribe/k1-abc/") -> dict[str, str]:
    return bulk_headers(
        to="ann@example.net",
        key="m5.7.0123456789abcdef",
        domain="mail.example.org",
        date=date_text(datetime(2026, 11, 23, 12, tzinfo=UTC)),
        language="en",
        reply_to="team@example.org",
        unsubscribe_url=unsubscribe_url,
        list_id=list_id("Fight for the Future: activism", "activism", "example.org"),
        feedback_id=feedback_id("5", "activism", "fight"),
    )


def test_bulk_mail_carries_every_field_that_is_asked_of_it() -> None:
    message = compose(sender="news@example.org", subject="Hi", headers=bulk(), text="", html="")
    head = message.split(b"\r\nMIME-Version")[0].decode()
    assert head.split("\r\n") == [
        "From: news@example.org",
        "Subject: Hi",
        "To: ann@example.net",
        "Date: Mon, 23 Nov 2026 12:00:00 +0000",
        "Message-ID: <m5.7.0123456789abcdef@mail.example.org>",
        "Reply-To: team@example.org",
        "Auto-Submitted: auto-generated",
        "Content-Language: en",
        'List-ID: "Fight for the Future: activism" <activism.example.org>',
        "List-Unsubscribe: <https://example.org/unsubscribe/k1-abc/>",
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        "Feedback-ID: 5:activism:fight",
    ]


def test_one_click_is_promised_over_https_alone() -> None:
    assert "List-Unsubscribe-Post" not in bulk("http://example.org/unsubscribe/k1-abc/")


def test_a_local_mailbox_may_play_the_mail_program() -> None:
    assert "List-Unsubscribe-Post" in bulk("http://127.0.0.1:8000/unsubscribe/k1-abc/")


def test_a_letter_is_no_list_mail() -> None:
    fields = letter_headers(
        to="ann@example.net", key="l3.0123", domain="example.org", date="", language="de"
    )
    assert fields["Auto-Submitted"] == "auto-generated"
    assert not any(name.startswith("List-") for name in fields)
    assert "Reply-To" not in fields


def test_a_message_is_known_again_by_its_key() -> None:
    key = message_key("m", 5, 7, keys=KEYS)
    assert key == message_key("m", 5, 7, keys=KEYS)
    assert key.startswith("m5.7.")
    assert message_id(key, "mail.example.org") == f"<{key}@mail.example.org>"
    assert bounce_address(key, "bounce.example.org") == f"b+{key}@bounce.example.org"
    different = {message_key("m", 5, 8, keys=KEYS), message_key("l", 5, 7, keys=KEYS)}
    assert len({given.rpartition(".")[2] for given in different | {key}}) == 3
    assert message_key("m", 5, 7, keys={"k1": "other"}) != key


def test_an_envelope_sender_fits_even_with_the_largest_ids() -> None:
    key = message_key("m", 2**63, 2**63, keys=KEYS)
    assert len(bounce_address(key, "x").partition("@")[0]) <= 64  # RFC 5321 §4.5.3.1.1


@pytest.mark.parametrize("parts", [(), ("a", "b", "c", "d", "e"), ("a:b", "c"), ("", "c")])
def test_a_feedback_id_has_one_to_four_parts(parts: tuple[str, ...]) -> None:
    with pytest.raises(BadHeader):
        feedback_id(*parts)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Fight for the Future", "Fight for the Future <a@example.org>"),
        ("", "a@example.org"),
        ('Ann "Annie" Lee, Esq.', '"Ann \\"Annie\\" Lee, Esq." <a@example.org>'),
        ("back\\slash", '"back\\\\slash" <a@example.org>'),
        ("Zoë", "=?utf-8?b?Wm/Dqw==?= <a@example.org>"),
        ("=?utf-8?q?x?=", "=?utf-8?b?PT91dGYtOD9xP3g/PQ==?= <a@example.org>"),
        ("a\r\nBcc: v@example.org", '"a Bcc: v@example.org" <a@example.org>'),
    ],
)
def test_a_display_name_can_not_break_out_of_its_place(name: str, shown: str) -> None:
    assert mailbox(name, "a@example.org") == shown


def test_b40_a_mailbox_has_one_address() -> None:
    for address in ("a@example.org\r\nBcc: v@x.org", "a@example.org, b@example.org", "a", ""):
        with pytest.raises(BadAddress):
            mailbox("Ann", address)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("a\r\nb", "a b"),
        ("a\0b\x85c\x9fd", "ab cd"),
        ("\u202eevil\u202c \u2066x\u2069", "evil x"),
        ("  two\t words  ", "two words"),
        ("a \0 b", "a b"),
        ("می\u200cخواهم", "می\u200cخواهم"),  # a joiner that Persian needs
    ],
)
def test_b12_b19_header_text_is_one_clean_line(typed: str, kept: str) -> None:
    assert header_text(typed) == kept
