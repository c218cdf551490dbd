"""Which spellings of an address are one person, and which addresses need no closer look."""

import tomllib
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st

from signatures import addresses
from signatures.addresses import clean_address, email_key

PAIRS = tomllib.loads((Path(__file__).parent / "same_mailbox.toml").read_text("utf-8"))["case"]


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair['one']!a}-{pair['other']!a}")
def test_t25_forty_pairs_have_their_verdict(pair):
    one, other = (email_key(clean_address(pair[which])) for which in ("one", "other"))
    assert (one == other) is pair["same"]


def test_t25_there_are_forty_pairs():
    assert len(PAIRS) == 40


@settings(max_examples=60, deadline=None)
@given(
    st.from_regex(
        r"[A-Za-z0-9._+-]{1,70}@[a-z0-9.-]{1,40}\.(com|org|test|local|invalid|co)", fullmatch=True
    )
)
def test_t25_what_looks_plain_is_what_a_closer_look_finds_plain(typed):
    if addresses._is_plain(typed):
        closer = f" {typed}"  # a blank makes it look closer
        assert clean_address(closer) == typed


@pytest.mark.parametrize("typed", ["ada@host.local", "ada@x.invalid", "ada@a.localhost"])
def test_t25_addresses_that_nobody_can_have_are_refused(typed):
    with pytest.raises(ValidationError):
        clean_address(typed)
