"""An organizer asks for signatures by mail in a real browser: writes, looks, proofs, sends."""

import re
from typing import TYPE_CHECKING, Any

import pytest

from campaigns.models import Campaign, Source, TextVersion
from mailings.models import Mailing
from mailings.pumping import pump
from mailings.sending import send_slice
from signatures.letters.outbox import Outbox
from tests.audit.axe import problems
from tests.campaigns.admin_pages import make_organizer
from tests.factories import make_campaign, make_signature
from tests.journeys.editor import button, editor_of, log_in
from tests.mailings.making import hurry, make_lane
from tests.rig.smtp_sink import SMTPSink

if TYPE_CHECKING:
    from playwright.sync_api import Page

expect = pytest.importorskip("playwright.sync_api").expect
pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def campaign() -> Campaign:
    """An open campaign, and two people who signed another one of the organization."""
    body = '<p>It errs.<sup data-source="wong"></sup></p>'
    made = make_campaign(body=body, ask="Stop it now.", time_zone="Europe/London")
    Source.objects.create(campaign=made, key="wong", title="Recipe", url="https://g.example/w")
    other = make_campaign(organization=made.organization)
    make_signature(other, name="Grace Hopper")
    make_signature(other, name="Käthe Kollwitz")
    make_lane()
    return made


def begin(page: "Page", campaign: Campaign) -> None:
    """Log in and draft the ask from the campaign's page."""
    user = make_organizer(campaign.organization)
    user.email = "alice@citizens.example"
    user.save()
    log_in(page, user)
    page.goto(f"/admin/campaigns/campaign/{campaign.pk}/change/")
    page.get_by_role("link", name="Ask by mail").click()
    button(page, "Make a draft").click()


def test_from_a_campaign_to_the_mailboxes(
    page: "Page", campaign: Campaign, smtp_sink: SMTPSink, browser_problems: list[str]
) -> None:
    begin(page, campaign)
    mail = page.frame_locator("iframe[name=preview-frame]")
    text = editor_of(page, "Text")
    expect(text.locator("[data-merge]")).to_have_text("friend")

    # A name is merged from the menu, never without words in its place.
    text.get_by_text("It errs.").click()
    page.keyboard.press("End")
    page.keyboard.type(" Listen, ")
    button(page, "Insert name").click()
    page.get_by_label("In its place").fill("dear reader")
    button(page, "Insert").click()
    expect(text.locator("[data-merge]").nth(1)).to_have_text("dear reader")

    # The mail follows, in the colours and as the reader that are chosen; the draft is kept.
    expect(mail.get_by_text("Listen, dear reader")).to_be_visible()
    page.get_by_label("As", exact=True).select_option(label="s•••@example.org (G…)")
    expect(mail.get_by_text("Listen, G…")).to_be_visible()
    page.get_by_label("Plain text").check()
    expect(mail.get_by_text("> Stop selling facial")).to_be_visible()
    expect(page.get_by_text("not saved yet")).to_be_visible()
    assert "Listen" in TextVersion.objects.get(number=None).fields["body"]
    assert "Listen" not in Mailing.objects.get().body

    expect(button(page, "Send a proof to me")).to_be_disabled()
    page.locator("[name=_continue]").first.click()
    button(page, "Send a proof to me").click()
    expect(page.get_by_text("A plain-text part is there")).to_be_visible()
    assert "Listen, dear reader" in smtp_sink.wait(1, to="alice@citizens.example")[0].text
    _send_watch_and_stop(page, smtp_sink)
    assert not browser_problems


def _send_watch_and_stop(page: "Page", smtp_sink: SMTPSink) -> None:
    page.get_by_label("Type the number of people, 2").first.fill("2")
    button(page, "Send to 2 people").click()
    expect(page.get_by_text(re.compile(r"Goes out on .* \(Europe/London\)"))).to_be_visible()
    button(page, "Unschedule").click()
    page.get_by_label("Type the number of people, 2").first.fill("2")
    button(page, "Send to 2 people").click()
    mailing = Mailing.objects.get()
    hurry(mailing)
    # Letters go before bulk mail, and no worker is here to send them.
    outbox = Outbox()
    outbox.drain()
    outbox.close()
    smtp_sink.mails.clear()
    pump()

    # The page notices by itself that it is being sent.
    button(page, "Pause").click()
    button(page, "Resume: mails only the 2 left").click()
    expect(page.get_by_text("0 of 2 done, 2 left")).to_be_visible()
    send_slice(lane=0)
    pump()
    expect(page.locator(".tile", has_text="sent")).to_contain_text("2", timeout=10_000)
    greeted = sorted(mail.text.split("Dear ")[1].split(",")[0] for mail in smtp_sink.mails)
    assert greeted == ["Grace", "Käthe"]


def test_nothing_typed_is_lost_when_the_session_ends(page: "Page", campaign: Campaign) -> None:
    begin(page, campaign)
    editor_of(page, "Text").get_by_text("It errs.").click()
    cookies = page.context.cookies()
    page.wait_for_timeout(1800)
    page.context.clear_cookies()
    page.keyboard.press("End")
    page.keyboard.type(" Long thought.")
    expect(page.get_by_text("kept in this browser")).to_be_visible(timeout=10_000)

    page.context.add_cookies(cookies)  # type: ignore[arg-type]
    page.reload()
    button(page, "Put back what this browser kept").click()
    expect(page.get_by_text("Save to keep it.")).to_be_visible()
    expect(editor_of(page, "Text").get_by_text("Long thought.")).to_be_visible()
    assert not list(problems(page))


def test_without_javascript_a_button_shows_what_is_typed(
    open_page: Any, campaign: Campaign, smtp_sink: SMTPSink
) -> None:
    page = open_page(java_script_enabled=False, viewport={"width": 360, "height": 740})
    begin(page, campaign)
    page.locator("[name=body]").fill("<p>Typed by hand.</p>")
    page.get_by_label("Plain text").check()
    button(page, "Show what is typed").click()
    mail = page.frame_locator("iframe[name=preview-frame]")
    expect(mail.get_by_text("Typed by hand.")).to_be_visible()
    page.locator("[name=_continue]").first.click()
    button(page, "Send a proof to me").click()
    assert "Typed by hand." in smtp_sink.wait(1, to="alice@citizens.example")[0].text
