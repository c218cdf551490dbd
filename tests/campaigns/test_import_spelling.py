"""Addresses and keys keep every letter of a name, in whatever language it is written."""

import pytest

from campaigns.importing.spelling import latin_slug

NAMES = {
    "Weiß 2026": "weiss-2026",
    "Große": "grosse",
    "Łódź": "lodz",
    "Søren Ærø": "soren-aero",
    "Muñoz": "munoz",
}


@pytest.mark.parametrize(("name", "slug"), NAMES.items())
def test_a_letter_with_no_plain_twin_is_spelled_out(name, slug):
    assert latin_slug(name) == slug
