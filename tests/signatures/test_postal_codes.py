"""Postal codes as people type them, by the rule of their country."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from signatures.forms.postal_codes import RULES, WITHOUT_CODES, clean_postal_code
from signatures.models import Signature
from tests.factories import make_campaign


@pytest.mark.parametrize(
    ("country", "typed", "kept"),
    [
        ("US", "94105", "94105"),
        ("US", "941051234", "94105-1234"),
        ("US", "94105-1234", "94105-1234"),
        ("US", "\uff19\uff14\uff11\uff10\uff15", "94105"),
        ("GB", "sw1a1aa", "SW1A 1AA"),
        ("GB", " Sw1A  1aA ", "SW1A 1AA"),
        ("GB", "m1 1ae", "M1 1AE"),
        ("CA", "k1a0b1", "K1A 0B1"),
        ("NL", "1011ab", "1011 AB"),
        ("DE", "D-10115", "10115"),
        ("DE", "DE 10115", "10115"),
        ("AT", "A-1010", "1010"),
        ("CH", "CH-3000", "3000"),
        ("SE", "SE-111 20", "111 20"),
        ("PL", "00950", "00-950"),
        ("PT", "1000\u2013001", "1000-001"),
        ("JP", "\uff11\uff10\uff10\uff0d\uff10\uff10\uff10\uff11", "100-0001"),
        ("BR", "01310.100", "01310-100"),
        ("IE", "d02x285", "D02 X285"),
        ("LV", "1050", "LV-1050"),
        ("AR", "c1425cla", "C1425CLA"),
        ("", "ab 12-3", "AB 12-3"),
        ("CL", "8320000", "8320000"),
        ("AQ", "anything 1", "ANYTHING 1"),
    ],
)
def test_a_code_is_kept_as_its_country_writes_it(country, typed, kept):
    assert clean_postal_code(typed, country) == kept
    assert clean_postal_code(kept, country) == kept


@pytest.mark.parametrize(
    ("country", "typed"),
    [
        ("US", "SW1A 1AA"),
        ("US", "9410"),
        ("GB", "94105"),
        ("DE", "1011"),
        ("NL", "0123 AB"),
        ("", "!!!"),
        ("", "<b>"),
        ("US", "9" * 21),
        ("", "\u0661\u0662\u0663"),
    ],
)
def test_what_cannot_be_a_code_there_is_refused_with_an_example(country, typed):
    with pytest.raises(ValidationError) as refused:
        clean_postal_code(typed, country)
    if rule := RULES.get(country):
        assert rule.example in refused.value.messages[0] or "too long" in refused.value.messages[0]


def test_every_example_follows_its_own_rule():
    for country, rule in RULES.items():
        assert clean_postal_code(rule.example, country) == rule.example
        assert country not in WITHOUT_CODES
    assert len(RULES) >= 40


@pytest.mark.django_db
def test_the_chosen_country_decides_and_else_the_campaigns_own():
    asking = make_campaign(asks_postal_code=True, asks_country=True, default_country="US")
    fields = {"name": "Ada", "email": "ada@example.org"}

    def status(campaign, **more):
        return Client().post(campaign.get_absolute_url(), fields | more).status_code

    assert status(asking, country="GB", postal_code="94105") == 422
    assert status(asking, country="GB", postal_code="sw1a 1aa") == 303
    assert Signature.objects.get().postal_code == "SW1A 1AA"
    own = make_campaign(asks_postal_code=True, default_country="DE")
    assert status(own, postal_code="sw1a 1aa") == 422
    assert status(own, postal_code="10115") == 303


@pytest.mark.django_db
def test_where_there_are_no_codes_none_is_asked_for():
    campaign = make_campaign(asks_postal_code=True, asks_country=True)
    fields = {"name": "Ada", "email": "ada@example.org", "country": "HK", "postal_code": ""}
    assert Client().post(campaign.get_absolute_url(), fields).status_code == 303
