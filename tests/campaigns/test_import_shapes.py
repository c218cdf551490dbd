"""Texts as petition sites and mails lay them out; each file has what is to be read from it.

The texts are invented. Below the line in each file stand its parts as JSON: those that a draft has
and no others, passages of the letter with `[key]` for its markers, the sources as they are printed,
and how what is said about it begins.
"""

import json
from pathlib import Path

import pytest

from campaigns.citations import format_reference
from campaigns.importing.draft import CampaignDraft
from campaigns.importing.parsing import parse_campaign

FILES = sorted((Path(__file__).parent / "shapes").iterdir())
LINE = "-----8<-----\n"
# What is read by place where nothing better tells is checked by what is said about it.
PARTS = ("brand", "headline", "call_to_action", "lead_in", "statement", "notice", "ask", "closing")


def parts(draft: CampaignDraft) -> dict[str, str]:
    named = {part: getattr(draft, part) for part in PARTS}
    return named | {"targets": " | ".join(map(str, draft.targets))}


@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
def test_a_text_of_this_shape_is_read_into_its_parts(file):
    text, _line, below = file.read_text().partition(LINE)
    expected = json.loads(below)
    draft = parse_campaign(text)
    letter = draft.body.replace('<sup data-source="', "[").replace('"></sup>', "]")
    said = [f"{doubt.item}: {doubt.text}" for doubt in draft.unsure]

    assert {part: text for part, text in parts(draft).items() if part in expected} == {
        part: text for part, text in expected.items() if isinstance(text, str)
    }
    assert [format_reference(source.citation) for source in draft.sources] == expected["sources"]
    assert not [passage for passage in expected["passages"] if passage not in letter]
    assert not [why for why in expected["says"] if not any(one.startswith(why) for one in said)]
