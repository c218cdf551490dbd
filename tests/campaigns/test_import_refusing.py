"""What is a petition: a text that asks people to sign is one, other texts are refused."""

import pytest

from campaigns.importing.draft import NotAPetition
from campaigns.importing.parsing import parse_campaign

ASKING = [
    "The playground is closed.\n\nPlease sign so that it opens again.",
    "Diesel is bad.\n\nClick here to sign: Metro Bus must go electric by 2030",
    "Das Bad ist zu.\n\nBitte helfen Sie mit und unterschreiben Sie. Bitte jetzt unterschreiben!",
    "La piscine ferme.\n\nMerci de signer !",
    "El parque se cierra.\n\nPor favor, firma y comparte.",
]
OTHERS = [
    "Your parcel is here.\n\nPlease sign for it at the counter.",
    "Welcome back.\n\nPlease sign in to see your invoices.",
    "The council met on Tuesday.\n\nIt talked about the playground.",
]


@pytest.mark.parametrize("text", ASKING)
def test_a_text_that_asks_people_to_sign_is_read(text):
    assert parse_campaign(text).statement


@pytest.mark.parametrize("text", OTHERS)
def test_a_text_that_asks_nothing_is_refused(text):
    with pytest.raises(NotAPetition):
        parse_campaign(text)
