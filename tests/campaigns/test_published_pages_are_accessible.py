"""Lists, numbers, languages and the pages of an error, read by axe: telephone and desk."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.template.loader import render_to_string
from django.utils import timezone
from playwright.sync_api import Page

from campaigns.models import Campaign, Tally, TallyHour, Topic
from tests.campaigns.languages import translate
from tests.factories import make_campaign
from tests.signatures.test_pages_are_accessible import SCREENS, problems

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture(params=SCREENS, ids=["telephone, dark"])
def visitor(request: pytest.FixtureRequest, open_page: Callable[..., Page]) -> Page:
    return open_page(**request.param)


def addresses() -> list[str]:
    """Everything that is published around one organization, with something in every part."""
    campaign = make_campaign(headline="Stop it", closes_at=timezone.now() + timedelta(days=2))
    organization = campaign.organization
    topic = Topic.objects.create(organization=organization, name="Privacy", slug="privacy")
    campaign.topics.add(topic)
    Tally.objects.update_or_create(campaign=campaign, defaults={"counted": 43_218})
    for days in range(3):
        hour = timezone.now() - timedelta(days=days)
        TallyHour.objects.create(campaign=campaign, hour=hour, counted=100 - days)
    arabic = translate(campaign, language="ar", headline="قولوا لأمازون", statement="توقفوا.")
    won = make_campaign(organization=organization, headline="Save the night bus")
    now = timezone.now()
    Campaign.objects.filter(pk=won.pk).update(
        state="won", closed_at=now, ended_at=now, outcome="It stays."
    )
    make_campaign(organization=organization, headline="Stop the port").close()
    home = f"/by/{organization.slug}/"
    page = campaign.get_absolute_url()
    return [home, f"{home}privacy/", f"{page}data/", arabic.get_absolute_url()]


def test_what_is_published_around_a_campaign_can_be_used_by_everyone(
    visitor: Page, browser_problems: list[str]
) -> None:
    found: list[str] = []
    for address in addresses():
        visitor.goto(address)
        found += problems(visitor)
    visitor.locator("nav.languages a").first.click()
    assert visitor.locator("html").get_attribute("lang") == "en"
    assert found == []
    # A block of data is no script: the content policy has nothing to say against it.
    assert browser_problems == []


def test_nothing_scrolls_sideways_on_the_narrowest_screen(open_page: Callable[..., Page]) -> None:
    narrow = open_page(viewport={"width": 320, "height": 640})
    for address in addresses():
        narrow.goto(address)
        assert narrow.evaluate("document.documentElement.scrollWidth <= innerWidth"), address


def test_the_pages_of_an_error_have_one_look(visitor: Page, live_site: str) -> None:
    visitor.goto("/robots.txt")
    for template in ("400.html", "403.html", "404.html", "410.html", "429.html"):
        html = render_to_string(template).replace('href="/', f'href="{live_site}/')
        visitor.set_content(html, wait_until="load")
        assert visitor.locator("header.masthead, main h1, main p.lede").count() == 3, template
        assert visitor.locator("main a").count() >= 1, template
        assert list(problems(visitor)) == [], template
