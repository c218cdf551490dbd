"""Some of those who signed, as the campaign's page names them to everyone.

Only who ticked the box and confirmed that it was them, only while their signature counts, and only
a first name and a country.
"""

import re
from itertools import dropwhile
from typing import NamedTuple

from django_countries import countries

from campaigns.models import Campaign
from signatures.models import Signature

AT_MOST = 20
LONGEST_NAME = 40
# Scripts of languages that put the family name first.
_FAMILY_FIRST = re.compile("[\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


class Signer(NamedTuple):
    """`country` is its name in the active language, or empty when none was asked for."""

    first_name: str
    country: str


def shown_signers(campaign: Campaign) -> list[Signer]:
    """The newest who may be named, newest first; none once the campaign asks for it no more."""
    if not campaign.asks_to_show_name or campaign.state == Campaign.State.WITHDRAWN:
        return []
    newest = (
        Signature.objects.filter(
            campaign_id=campaign.pk,
            shows_name=True,
            state=Signature.State.COUNTED,
            confirmed_at__isnull=False,
        )
        .order_by("-pk")
        .values_list("name", "country")[:AT_MOST]
    )
    signers = (Signer(first_name(name), countries.name(country)) for name, country in newest)
    return [signer for signer in signers if signer.first_name]


def first_name(name: str) -> str:
    """The given name in a full name; empty when it cannot be told from the family name."""
    family, comma, given = name.partition(",")
    words = (given if comma else family).split()
    if _FAMILY_FIRST.search(name):
        return words[-1][:LONGEST_NAME] if len(words) > 1 else ""
    # After a title or an initial, what stands alone is a family name: Dr. Lovelace.
    named = list(dropwhile(lambda word: word.endswith("."), words))
    return named[0][:LONGEST_NAME] if named and (named[1:] or not words[1:]) else ""
