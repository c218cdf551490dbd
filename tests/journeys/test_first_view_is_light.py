"""What a telephone has to load before it can sign, on a campaign that has everything."""

import gzip
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Response

from signatures import links
from tests.audit.public_states import full_campaign
from tests.factories import make_signature

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

# Bytes as a server sends them that compresses. Icons count among the requests.
CEILINGS = {"document": 15_000, "stylesheet": 10_000, "script": 3_000}
MOST_REQUESTS = 5
MOST_IN_ALL = 40_000


def loaded(page: Page, address: str) -> dict[str, int]:
    """Bytes by kind of what this page loads, and how many requests it takes (`requests`)."""
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto(address)
    page.wait_for_load_state("networkidle")
    sizes = dict.fromkeys(CEILINGS, 0) | {"requests": len(answers)}
    for answer in answers:
        kind = answer.request.resource_type
        sizes[kind] = sizes.get(kind, 0) + len(gzip.compress(answer.body()))
    return sizes


def test_the_campaign_and_what_follows_it_keep_their_budget(open_page: Callable[..., Page]) -> None:
    campaign = full_campaign()
    token = links.confirm_token(signature_id=make_signature(campaign).pk)
    for address in (campaign.get_absolute_url(), links.address(links.CONFIRM, token)):
        sizes = loaded(open_page(viewport={"width": 360, "height": 740}), address)
        assert sizes.pop("requests") <= MOST_REQUESTS
        assert sum(sizes.values()) <= MOST_IN_ALL
        assert sizes["document"] > 0 and sizes["stylesheet"] > 0
        for kind, most in CEILINGS.items():
            assert sizes[kind] <= most, sizes
    assert sizes["script"] > 0
