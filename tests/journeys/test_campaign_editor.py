"""An organizer works on a campaign in a real browser, and its pages can be used in every state."""

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Campaign, Update
from campaigns.previewing import preview_url
from campaigns.revising import revise_statement
from tests.campaigns.admin_pages import make_organizer
from tests.factories import make_campaign, make_organization, make_signature
from tests.journeys.editor import button, editor_of, log_in

if TYPE_CHECKING:
    from playwright.sync_api import Page

expect = pytest.importorskip("playwright.sync_api").expect
Axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe
pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}


def change_url(campaign: Campaign) -> str:
    return reverse("admin:campaigns_campaign_change", args=[campaign.pk])


def test_markers_are_checked_while_somebody_types_and_a_preview_saves_nothing(
    page, browser_problems
):
    campaign = make_campaign(published=False, body="<p>They watch everyone.</p>")
    log_in(page, make_organizer(campaign.organization))
    page.goto(change_url(campaign))
    letter = editor_of(page, "Letter")
    letter.click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" And everywhere.[^wong-2018]")
    live = page.locator(".checklist.live")
    expect(live).to_contain_text("Cited, and no source has this key: wong-2018.")

    page.get_by_text("Add another Source").click()
    row = page.locator("#sources-0")
    row.get_by_label("Key:").fill("wong-2018")
    row.get_by_label("Title:").fill("Amazon under fire")
    row.get_by_label("Address:").fill("http://example.org/1")
    expect(live).to_contain_text("An address without https")
    expect(live).not_to_contain_text("no source has this key")

    with page.context.expect_page() as opened:
        button(page, "Preview what is typed").click()
    preview = opened.value
    expect(preview.locator(".banner")).to_contain_text("nothing of it is saved")
    expect(preview.locator(".prose")).to_contain_text("And everywhere.")
    expect(preview.locator("[role=doc-endnotes]")).to_contain_text("Amazon under fire")
    assert preview.locator("fieldset[disabled] button[type=submit]").is_disabled()
    campaign.refresh_from_db()
    assert campaign.body == "<p>They watch everyone.</p>" and not campaign.sources.exists()
    # What was typed is still there, and is saved when asked.
    expect(letter).to_contain_text("And everywhere.")
    page.locator("[name=_continue]").last.click()
    page.get_by_text("was changed successfully").wait_for()
    assert campaign.sources.get().key == "wong-2018"
    assert not browser_problems


def test_a_preview_link_is_copied_and_a_petition_is_closed_from_its_page(page, browser_problems):
    campaign = make_campaign(published=False, body="<p>So.</p>")
    log_in(page, make_organizer(campaign.organization))
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(change_url(campaign))
    button(page, "Copy").click()
    expect(button(page, "Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.locator("#preview-link").input_value()
    button(page, "Publish").click()
    page.get_by_text("takes signatures").wait_for()
    button(page, "Close…").click()
    page.get_by_text("The form goes and the page stays.").wait_for()
    button(page, "Close").click()
    page.get_by_text("takes no more names").first.wait_for()
    campaign.refresh_from_db()
    assert campaign.state == "closed"
    assert not browser_problems


# The other widths and schemes are read by `make audit`.
SCREENS = [(360, "dark")]


@pytest.mark.parametrize(("width", "scheme"), SCREENS, ids=["telephone, dark"])
def test_every_state_of_a_page_can_be_used_by_everyone(
    open_page: Callable[..., "Page"], width: int, scheme: str
):
    page = open_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    found: list[str] = []
    for address in _states_of_a_page():
        page.goto(address)
        found += _problems(page)
    assert found == []


@pytest.mark.parametrize(("width", "scheme"), SCREENS, ids=["telephone, dark"])
def test_the_screens_of_a_campaign_can_be_used_by_everyone(
    open_page: Callable[..., "Page"], width: int, scheme: str
):
    campaign = make_campaign(body="<p>So.</p>")
    revise_statement(campaign=campaign, text="Stop now.", reason="Asked.", change_note="“Now”.")
    draft = make_campaign(organization=campaign.organization, published=False)
    page = open_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    log_in(page, make_organizer(campaign.organization))
    base = "/admin/campaigns/campaign/"
    found: list[str] = []
    for address in (
        f"{base}{draft.pk}/do/schedule/",
        f"{base}{campaign.pk}/do/withdraw/",
        f"{base}{campaign.pk}/texts/",
        f"{base}{campaign.pk}/copy/",
        f"{base}{draft.pk}/change/",
    ):
        page.goto(address)
        if address.endswith("/change/"):
            page.locator(".ProseMirror[aria-label]").wait_for()
        found += _problems(page)
    assert found == []


def _states_of_a_page() -> list[str]:
    """The page in each state that is not simply open, and the two of a preview."""
    organization = make_organization()
    open_one, *ended = (
        make_campaign(organization=organization, body="<p>So.</p>") for _ in "12345"
    )
    revise_statement(campaign=open_one, text="Stop now.", reason="Asked.", change_note="“Now”.")
    open_one.allies.create(name="Center for Media Justice", url="https://example.org")
    open_one.corrections.create(text="Not 19 but 20.")
    delivered, won, withdrawn, overdue = ended
    make_signature(won)
    Update.objects.create(campaign=won, title="News", body="<p>Yes.</p>").publish()
    delivered.deliver(outcome="Handed over.")
    won.win(outcome="They stopped.")
    withdrawn.withdraw(outcome="It named the wrong company.")
    Campaign.objects.filter(pk=overdue.pk).update(closes_at=Now() - timedelta(minutes=1))
    draft = make_campaign(organization=organization, published=False)
    draft.schedule(timezone.now() + timedelta(days=1))
    link = preview_url(campaign=draft, user=make_organizer(organization))
    pages = [campaign.get_absolute_url() for campaign in (open_one, *ended)]
    return [*pages, link, "/preview/none/"]


def _problems(page: "Page") -> list[str]:
    violations = Axe().run(page, options=RULES).response["violations"]
    found = [f"{page.url}: {one['id']}: {one['nodes'][0]['html']}" for one in violations]
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        found.append(f"{page.url}: scrolls sideways")
    return found
