"""Public pages in their states, read by axe on a telephone in the dark.

All widths and schemes, and every state, are read by `make audit`.
"""

from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Page

from campaigns.models import Campaign, ConsentNotice, Tally, Update
from postroom.links import make_token
from signatures import links
from signatures.models import DataAccess, Signature
from signatures.withdrawing import withdraw
from tests.factories import make_campaign, make_signature

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

# `wcag22aa` must be named: axe leaves its rule on the size of targets out otherwise.
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}
SCREENS = [
    {"viewport": {"width": 360, "height": 740}, "color_scheme": "dark"},
]


@pytest.fixture(params=SCREENS, ids=["telephone, dark"])
def visitor(request: pytest.FixtureRequest, open_page: Callable[..., Page]) -> Page:
    return open_page(**request.param)


def problems(page: Page) -> Iterator[str]:
    """What keeps somebody from using the page that is open."""
    for violation in Axe().run(page, options=RULES).response["violations"]:
        yield f"{page.url}: {violation['id']}: {violation['nodes'][0]['html']}"
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        yield f"{page.url}: scrolls sideways"


def press(page: Page, name: str) -> None:
    """Press a button and wait for the whole page behind it: axe must not read one without style."""
    with page.expect_navigation():
        page.get_by_role("button", name=name).click()


def link_to(purpose: str, *ids: int) -> str:
    return f"/{purpose}/{make_token(purpose, *ids)}/"


def test_every_public_page_can_be_used_by_everyone(visitor: Page) -> None:
    campaign = make_campaign(
        kind=ConsentNotice.Kind.YES_NO,
        body='<p>Why.</p><div data-block="ask"></div>',
        asks_postal_code=True,
        asks_country=True,
        asks_comment=True,
    )
    Tally.objects.update_or_create(campaign=campaign, defaults={"counted": 43_218})
    Update.objects.create(
        campaign=campaign, title="News", body="<p>News.</p>", published_at=timezone.now()
    )
    closed = make_campaign()
    closed.close()
    pending = make_signature(campaign, confirmed=False)
    signed = make_signature(campaign)
    person = signed.supporter_id, campaign.organization_id
    other = make_campaign(organization=campaign.organization, asks_country=True)
    recognised = links.recognised_token(supporter_id=signed.supporter_id)
    withdrawn = make_signature(campaign)
    withdraw(signature_id=withdrawn.pk, via="test")
    addresses = [
        "/",
        campaign.get_absolute_url(),
        campaign.get_absolute_url() + "thanks/",
        closed.get_absolute_url(),
        link_to("confirm", pending.pk),
        link_to("confirm", signed.pk),
        link_to("not-me", pending.pk),
        link_to("withdraw", signed.pk),
        link_to("confirm", withdrawn.pk),
        link_to("confirm", 10**9),
        links.recognised_address(other.slug, recognised),
        links.recognised_address(campaign.slug, recognised),
        "/my-data/",
        "/my-data/?sent=1",
        link_to("unsubscribe", *person, campaign.pk),
        link_to("preferences", *person),
        "/confirm/",
        "/nowhere/",
    ]

    found: list[str] = []
    for address in addresses:
        visitor.goto(address)
        found += problems(visitor)

    assert found == []


def test_a_persons_own_data_can_be_used_by_everyone(visitor: Page) -> None:
    campaign = make_campaign(asks_comment=True, asks_country=True, asks_to_show_name=True)
    signature = make_signature(campaign)
    Signature.objects.filter(pk=signature.pk).update(shows_name=True, country="FR")
    link = f"/my-data/{DataAccess.objects.issue(signature.supporter_id)}/"

    visitor.goto(link)
    found = list(problems(visitor))
    press(visitor, "Open my data")
    for summary in visitor.locator("summary").all():
        summary.click()
    found += problems(visitor)
    press(visitor, "Erase everything")
    found += problems(visitor)
    assert visitor.title().startswith("Error:")
    visitor.get_by_label("Yes, erase all of it").check()
    press(visitor, "Erase everything")
    found += problems(visitor)
    visitor.goto(link)
    press(visitor, "Open my data")
    found += problems(visitor)

    assert found == []


def test_a_withdrawal_can_be_used_by_everyone(visitor: Page) -> None:
    signature = make_signature(make_campaign())
    visitor.goto(link_to("withdraw", signature.pk))
    press(visitor, "Withdraw my signature")
    assert list(problems(visitor)) == []


def test_errors_are_read_out_first_and_lead_to_their_fields(visitor: Page) -> None:
    campaign = make_campaign(kind=ConsentNotice.Kind.YES_NO)
    visitor.goto(campaign.get_absolute_url())
    visitor.locator("#sign button").click()

    assert visitor.title().startswith("Error:")
    visitor.locator(".errors:focus").wait_for()
    assert list(problems(visitor)) == []
    for link in visitor.locator(".errors a").all():
        assert visitor.locator(link.get_attribute("href") or "").count() == 1


def test_nothing_that_has_the_focus_hides_behind_the_bar(open_page: Callable[..., Page]) -> None:
    campaign = _campaign_with_a_long_letter()
    page = open_page(viewport={"width": 360, "height": 740}, reduced_motion="reduce")
    page.goto(campaign.get_absolute_url())
    links = page.locator(".prose a").count()

    hidden = []
    for _press in range(links + 12):
        page.keyboard.press("Tab")
        if page.evaluate(
            """() => {
                const focused = document.activeElement;
                if (focused === document.body || focused.closest(".bar")) return false;
                return ![...focused.getClientRects()].some(box => {
                    const seen = document.elementFromPoint(
                        box.x + box.width / 2, box.y + box.height / 2);
                    return focused.contains(seen);
                });
            }"""
        ):
            hidden.append(page.evaluate("document.activeElement.outerHTML"))

    assert hidden == []


def test_the_bar_comes_when_the_form_has_left_the_screen(open_page: Callable[..., Page]) -> None:
    campaign = _campaign_with_a_long_letter()
    page = open_page(viewport={"width": 360, "height": 740}, reduced_motion="reduce")
    page.goto(campaign.get_absolute_url())
    bar = page.locator(".bar .button")

    bar.wait_for(state="hidden")
    page.locator(".prose p").nth(25).scroll_into_view_if_needed()
    bar.wait_for(state="visible")
    box = page.locator(".bar").bounding_box()
    assert box
    assert round(box["y"] + box["height"]) == 740


def _campaign_with_a_long_letter() -> Campaign:
    text = "Words that fill several lines of a telephone. " * 4
    body = f'<p>{text}<a href="https://example.org/">A link</a></p>' * 30
    return make_campaign(body=body)
