"""What an organizer writes ends in a mail's header as one field, or is refused when it is saved."""

from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest
from django.core.exceptions import ValidationError

from campaigns.models import Organization
from postroom.messages import date_text, letter_headers
from postroom.skeleton import compose
from tests.corpus import cases, named

CASES = cases("mail_headers")


@pytest.mark.parametrize("case", [one for one in CASES if one["field"] == "subject"], ids=named)
def test_b41_b42_a_subject_is_one_field_and_reads_as_written(case):
    typed = case["typed"] * case.get("times", 1)
    sent = compose(
        sender="news@example.org",
        subject=typed,
        headers=letter_headers(
            to="ada@example.org",
            key="l1.0123456789abcdef",
            domain="example.org",
            date=date_text(datetime(2026, 11, 23, 12, tzinfo=UTC)),
            language="en",
        ),
        text="Hello",
        html="<p>Hello</p>",
    )
    read = message_from_bytes(sent, policy=policy.default)
    assert [name.lower() for name in read].count("bcc") == 0
    assert read["to"] == "ada@example.org"
    expected = typed.strip() if case["shown"] == "whole" else case["shown"]
    assert read["subject"] == expected
    assert max(map(len, sent.split(b"\r\n"))) <= 998
    assert read.get_body(("plain",)).get_content().strip() == "Hello"


@pytest.mark.parametrize("case", [one for one in CASES if one["field"] == "reply_to"], ids=named)
def test_b43_a_reply_address_is_one_address(case):
    organization = Organization(name="EXAMPLE", slug="example")
    organization.reply_to = case["typed"] * case.get("times", 1)
    with pytest.raises(ValidationError) as refused:
        organization.clean_fields()
    assert "reply_to" in refused.value.message_dict
