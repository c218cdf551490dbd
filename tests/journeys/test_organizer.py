"""An organizer's way in a real browser, with real workers: write, proof, count, send, watch; and
the subscriber's answer: read the sources, leave, and get nothing more."""

import re
import urllib.request
from typing import TYPE_CHECKING

import pytest
from django.contrib.auth.models import User

from mailings.models import Mailing
from tests.campaigns.admin_pages import make_organizer
from tests.factories import make_campaign, make_organization, make_signature
from tests.mailings.making import make_lane, wait_until

if TYPE_CHECKING:
    from playwright.sync_api import Page

expect = pytest.importorskip("playwright.sync_api").expect
pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def campaign():
    make_lane()
    # Two mails on one day: this organization lets its people have them.
    organization = make_organization(mails_a_day=None)
    campaign = make_campaign(
        organization=organization, headline="Tell Amazon: Stop", ask="Stop selling Rekognition."
    )
    campaign.sources.create(
        key="wong-2018", author="Julie Wong", title="Recipe", publisher="The Guardian"
    )
    for name in ("ada", "bea"):
        make_signature(campaign, email=f"{name}@example.org", name=name.title())
    return campaign


@pytest.fixture
def organizer(campaign) -> User:
    user = make_organizer(campaign.organization)
    user.email = "alice@example.org"
    user.set_password("a password for a test")
    user.save()
    return user


def log_in(page: "Page") -> None:
    page.goto("/admin/")
    page.get_by_label("Username").fill("alice")
    page.get_by_label("Password").fill("a password for a test")
    page.get_by_role("button", name="Log in").click()


def write_update(page: "Page", campaign, title: str) -> None:
    page.goto(f"/admin/campaigns/campaign/{campaign.pk}/change/")
    page.get_by_role("link", name="Write an update").click()
    page.get_by_label("Title").fill(title)
    page.locator(".tiptap").click()
    page.keyboard.type("They stopped.[^wong-2018] For a year.")
    page.get_by_role("button", name="Save and publish").click()


def mail_update(page: "Page", people: str) -> None:
    page.get_by_role("link", name="Mail this update").click()
    page.get_by_role("button", name="Make a draft").click()
    page.get_by_role("button", name="Send a proof to me").click()
    send = page.get_by_role("button", name=f"Send to {people}")
    send.wait_for()
    # What minds an edit is there once the whole page is.
    page.wait_for_load_state()
    page.get_by_label("Subject").fill("An edit that nobody saved")
    expect(send).to_be_disabled()
    page.reload()
    send.click()


def test_from_the_editor_to_the_inbox_and_out_of_it(
    page, smtp_sink, campaign, organizer, start_worker, settings, browser_problems
):
    settings.MAILING_HOLD_SECONDS = 0
    start_worker("tx")
    start_worker("bulk")
    log_in(page)
    write_update(page, campaign, "Amazon pauses sales")
    mail_update(page, "2 people")

    # Each has the receipt of their signature by now, and then the update.
    mail = smtp_sink.wait(2, to="ada@example.org", timeout=60)[-1]
    smtp_sink.wait(2, to="bea@example.org", timeout=60)
    wait_until(lambda: Mailing.objects.filter(state=Mailing.State.SENT).exists(), timeout=30)
    page.reload()
    assert page.locator(".pill", has_text="sent").count() == 1
    assert smtp_sink.to("alice@example.org")
    assert "They stopped.[1] For a year." in mail.text
    assert '[1] Julie Wong, "Recipe," The Guardian.' in mail.text
    assert campaign.organization.postal_address in mail.text

    address = re.search(r"<(http[^>]+)>", mail.message["List-Unsubscribe"])[1]
    one_click = urllib.request.Request(address, b"List-Unsubscribe=One-Click")
    assert urllib.request.urlopen(one_click).status == 200

    smtp_sink.mails.clear()
    write_update(page, campaign, "A law comes next")
    mail_update(page, "1 person")
    smtp_sink.wait(1, to="bea@example.org", timeout=60)
    wait_until(lambda: Mailing.objects.filter(state=Mailing.State.SENT).count() == 2, timeout=30)
    assert not smtp_sink.to("ada@example.org")

    page.goto(campaign.get_absolute_url())
    assert "A law comes next" in page.locator(".update").first.inner_text()
    assert not browser_problems
