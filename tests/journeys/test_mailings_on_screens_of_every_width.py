"""With room the mail stands beside its words; on a telephone no column is out of sight."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from mailings.drafting import draft_from_campaign
from mailings.models import Mailing, MailingTally
from tests.campaigns.admin_pages import make_organizer
from tests.factories import make_campaign
from tests.journeys.editor import log_in

if TYPE_CHECKING:
    from playwright.sync_api import Page

expect = pytest.importorskip("playwright.sync_api").expect
pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
LIST, REPORTS = "/admin/mailings/mailing/", "/admin/mailings/mailingtally/"
OUT_OF_SIGHT = """rows => rows.flatMap(row => [...row.cells])
    .filter(cell => cell.getBoundingClientRect().right > innerWidth)
    .map(cell => cell.textContent)"""


@pytest.fixture
def mailing(page: "Page") -> Mailing:
    """An ask; whoever drafted it is logged in."""
    campaign = make_campaign(headline="Tell Amazon: stop selling mushroom guides by machines")
    user = make_organizer(campaign.organization)
    log_in(page, user)
    return draft_from_campaign(campaign=campaign, user=user)


def test_the_mail_stands_beside_its_words_and_stays_in_sight(
    page: "Page", mailing: Mailing, browser_problems: list[str]
) -> None:
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"{LIST}{mailing.pk}/change/")
    words, preview = page.locator(".field-subject"), page.locator(".preview")
    for width in (1400, 1600):
        page.set_viewport_size({"width": width, "height": 900})
        for view in ("Desktop", "Phone"):
            page.get_by_label(view).check()
            left, right = words.bounding_box(), preview.bounding_box()
            assert left and right
            assert left["x"] + left["width"] <= right["x"]
            assert right["x"] + right["width"] <= width
    page.locator(".field-scope").scroll_into_view_if_needed()
    page.evaluate("document.querySelector('.field-scope').scrollIntoView()")
    expect(page.locator(".field-scope")).to_be_in_viewport()
    expect(page.frame_locator("iframe").get_by_text("Dear friend,")).to_be_in_viewport()

    page.set_viewport_size({"width": 1280, "height": 900})
    above, below = words.bounding_box(), preview.bounding_box()
    assert above and below
    assert above["y"] + above["height"] <= below["y"]
    assert not browser_problems


@pytest.mark.parametrize(
    ("address", "said"),
    [
        (LIST, ["sent", "people: 1,234,567", "3 May 2026"]),
        (REPORTS, ["sent on: 3 May 2026", "mailed: 1,234,567", "signed: 4,144"]),
    ],
)
def test_on_a_telephone_state_number_and_day_stand_under_the_subject(
    page: "Page", mailing: Mailing, address: str, said: list[str]
) -> None:
    when = datetime(2026, 5, 3, 12, tzinfo=UTC)
    Mailing.objects.filter(pk=mailing.pk).update(
        state="sent", audience_size=1_234_567, started_at=when, finished_at=when
    )
    MailingTally.objects.create(mailing=mailing, mailed=1_234_567, signed=4_144)
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(address)
    row = page.locator("#result_list tbody tr")
    for words in said:
        expect(row.get_by_text(words).first).to_be_visible()
    assert page.locator("#result_list tr").evaluate_all(OUT_OF_SIGHT) == []
    page.set_viewport_size({"width": 1280, "height": 800})
    expect(row.locator(".narrow-label").first).to_be_hidden()
