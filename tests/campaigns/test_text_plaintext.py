"""Plain text with `[^key]` and `{ask}` becomes a body."""

import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.text.plaintext import plain_to_body
from campaigns.text.rendering import render_plain
from campaigns.text.sanitising import TextTooLong, clean
from campaigns.text.vocabulary import MAX_BODY


def test_paragraphs_markers_and_the_ask():
    assert plain_to_body("One.[^wong-2018] Two. [^a]\n \r\n\n{ask}\n\nThree.") == (
        '<p>One.<sup data-source="wong-2018"></sup> Two.<sup data-source="a"></sup></p>\n'
        '<div data-block="ask"></div>\n'
        "<p>Three.</p>"
    )


def test_t08_html_in_plain_text_is_text():
    assert plain_to_body("<script>x</script> & <b>") == (
        "<p>&lt;script&gt;x&lt;/script&gt; &amp; &lt;b&gt;</p>"
    )


@pytest.mark.parametrize("marker", ['[^"><script>]', "[^]", "[^a b]", "[1]"])
def test_b31_what_names_no_key_stays_text(marker):
    assert "<sup" not in plain_to_body(f"a {marker} b")


@given(
    st.text(
        st.characters(exclude_categories=["Cc", "Cs", "Z"], exclude_characters="[{"), min_size=1
    )
)
def test_every_character_survives(word):
    body = plain_to_body(word)

    assert render_plain(body, sources=[], ask="", ask_url="").body == word
    assert clean(body) == body


@pytest.mark.parametrize("piece", ["[", "[^", "[^a]", " ", "\n ", "\n", "[^1]: see [^1]\n"])
def test_b34_a_text_made_to_be_slow_is_done_within_a_second(piece):
    start = time.process_time()
    with suppress(TextTooLong):
        plain_to_body((piece * MAX_BODY)[:MAX_BODY])
    assert time.process_time() - start < 1
