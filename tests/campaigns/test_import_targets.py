"""Whom a petition addresses: people with their offices, several at once, no postal address."""

import pytest

from campaigns.importing.draft import TargetDraft
from campaigns.importing.names import read_targets
from campaigns.importing.parsing import parse_campaign

LAMMY = "Foreign Secretary David Lammy and the International Seabed Authority"
PHRASES = {
    "Bridget Phillipson, Secretary of State for Education": [
        TargetDraft("Bridget Phillipson", "Secretary of State for Education")
    ],
    "Ada Lee, Mayor of Portland, and Sam Roe, Megamart CEO": [
        TargetDraft("Ada Lee", "Mayor of Portland"),
        TargetDraft("Sam Roe", "Megamart CEO"),
    ],
    "Mayor Ada Lee, City Hall, 10 High Street, Portland, PO1 2AB, United Kingdom": [
        TargetDraft("Ada Lee", "Mayor"),
        TargetDraft("City Hall"),
    ],
    "Minister Abel Tesfaye, P.O. Box 1370, Addis Ababa, Ethiopia, office@justice.example": [
        TargetDraft("Abel Tesfaye", "Minister")
    ],
    "Target, Walmart and Costco": [
        TargetDraft("Target"),
        TargetDraft("Walmart"),
        TargetDraft("Costco"),
    ],
}
ADDRESSED = {
    f"To {LAMMY}:\n\nProtect the deep sea from mining.": LAMMY,
    f"To {LAMMY}: Protect the deep sea from mining.": LAMMY,
    "To EU Commissioner Jessika Roswall:\n\nProtect the deep sea from mining.": (
        "EU Commissioner Jessika Roswall"
    ),
}


@pytest.mark.parametrize(("phrase", "targets"), PHRASES.items())
def test_a_list_of_targets_names_people_once_and_no_address(phrase, targets):
    assert list(read_targets(phrase)[0]) == targets


def test_an_address_that_is_left_out_is_said():
    phrase = "Mayor Ada Lee, 10 High Street, Portland"

    assert "postal address" in read_targets(phrase)[2][0].why


@pytest.mark.parametrize(("written", "targets"), ADDRESSED.items())
def test_a_line_that_addresses_an_office_names_the_targets_and_stays_out_of_the_statement(
    written, targets
):
    draft = parse_campaign(
        f"Stop deep sea mining\n\n{written}\n\nSign now\n\nThe sea is deep. It is old."
    )

    assert " and ".join(map(str, draft.targets)) == targets
    assert draft.statement == "Protect the deep sea from mining."


def test_a_call_to_sign_that_names_an_office_names_the_targets():
    call = "Sign and send the petition to Megamart CEO Doug McMillon and the Board"
    draft = parse_campaign(
        f"Raise wages at Megamart now\n\n{call}\n\nWages are low. Rents are high.\n\nSo sign it."
    )

    assert [str(one) for one in draft.targets] == ["Megamart CEO Doug McMillon", "the Board"]
    assert draft.lead_line != call
    assert call in [doubt.text for doubt in draft.unsure]


def test_whom_a_line_of_its_own_names_is_not_said_to_be_named_twice():
    line = "To Minister Ada Roe and the members of the Health Committee"
    draft = parse_campaign(f"Keep our clinic open\n\n{line}\n\nWe call on you to keep it open.")

    assert [str(one) for one in draft.targets] == [
        "Minister Ada Roe",
        "the members of the Health Committee",
    ]
    assert not [doubt for doubt in draft.unsure if "the first was taken" in doubt.why]
