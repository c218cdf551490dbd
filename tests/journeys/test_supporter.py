"""A supporter's way in a real browser: read, sign, open the mail, confirm, change their mind."""

import re

import pytest

from signatures.letters.outbox import Outbox
from signatures.models import Signature, Subscription
from tests.factories import make_campaign, make_organization

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

PHONE = {"width": 360, "height": 740}


@pytest.fixture
def campaign():
    campaign = make_campaign(
        organization=make_organization(privacy_url="https://example.org/privacy/"),
        headline="Tell Amazon: Stop powering the surveillance state",
        body='<p>Rekognition is frightening.<sup data-source="wong-2018"></sup></p>'
        + "<p>More of it.</p>" * 12
        + '<div data-block="ask"></div>',
    )
    campaign.sources.create(
        key="wong-2018", author="Julie Wong", title="Recipe", publisher="The Guardian"
    )
    return campaign


def sign(page, campaign, email="ada@example.org"):
    page.goto(campaign.get_absolute_url())
    page.get_by_label("Full name").fill("Ada Lovelace")
    page.get_by_label("Email address").fill(email)
    page.get_by_role("button", name="Sign the petition").click()


def links_of(smtp_sink, email="ada@example.org"):
    outbox = Outbox()
    outbox.drain()
    outbox.close()
    text = smtp_sink.to(email)[-1].text
    return {
        kind: re.search(rf"http\S+(/{kind}/\S+)", text)
        for kind in ("confirm", "not-me", "preferences")
    }


@pytest.mark.parametrize("java_script", [True, False])
def test_from_the_page_to_a_counted_signature(
    open_page, smtp_sink, campaign, browser_problems, java_script
):
    page = open_page(viewport=PHONE, java_script_enabled=java_script)
    sign(page, campaign)
    assert "check your inbox" in page.inner_text("h1").lower()
    assert "a•••@example.org" in page.inner_text("main")

    page.goto(links_of(smtp_sink)["confirm"][1])
    assert page.get_by_label("Full name").input_value() == "Ada Lovelace"
    assert Signature.objects.get().state == "pending"
    page.get_by_label("Full name").fill("Augusta Ada King")
    page.get_by_label("You'll receive periodic updates").check()
    page.get_by_role("button", name="Confirm my signature").click()
    assert "Confirmed." in page.inner_text("h1")
    signature = Signature.objects.get()
    assert (signature.state, signature.name) == ("counted", "Augusta Ada King")
    assert Subscription.objects.live().count() == 2

    page.goto(links_of(smtp_sink)["not-me"][1])
    assert Signature.objects.get().state == "counted"
    page.get_by_role("button", name="It was not me").click()
    assert Signature.objects.get().state == "rejected"
    assert not browser_problems


def test_a_mistake_is_shown_where_it_is_and_nothing_typed_is_lost(page, campaign, browser_problems):
    sign(page, campaign, email="ada@")
    assert page.title().startswith("Error:")
    assert page.get_by_label("Full name").input_value() == "Ada Lovelace"
    page.get_by_role("link", name="Enter an email address").click()
    assert page.evaluate("document.activeElement.name") == "email"
    page.get_by_label("Email address").fill("ada@example.org")
    page.get_by_role("button", name="Sign the petition").click()
    assert Signature.objects.count() == 1
    # A form that comes back with its mistakes is a 422, which the browser notes in its console.
    assert [said for said in browser_problems if "422" not in said] == []


def test_a_wrong_address_is_mended_on_the_thanks_page(page, smtp_sink, campaign):
    sign(page, campaign, email="ada@exmaple.org")
    page.get_by_text("Wrong address? Fix it").click()
    page.get_by_label("Email address").fill("ada@example.org")
    page.get_by_role("button", name="Send the link here instead").click()
    assert "a•••@example.org" in page.inner_text("main")
    assert links_of(smtp_sink)["confirm"]
    assert Signature.objects.get(supporter__email="ada@example.org").name == "Ada Lovelace"


def test_a_source_is_one_press_away_and_so_is_the_way_back(page, campaign):
    page.goto(campaign.get_absolute_url())
    page.locator("[role=doc-noteref]").click()
    assert page.url.endswith("#n1")
    page.locator("[role=doc-backlink]").click()
    assert page.url.endswith("#r1")


def test_the_page_fits_a_narrow_phone_and_keyboard_focus_is_never_hidden(open_page, campaign):
    page = open_page(viewport={"width": 320, "height": 640}, reduced_motion="reduce")
    page.goto(campaign.get_absolute_url())
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    hidden = page.evaluate(
        """async () => {
            const bad = [];
            const all = document.querySelectorAll('a, button, input:not([type=hidden]), textarea');
            for (const one of [...all].filter((one) => one.tabIndex >= 0)) {
                one.focus();
                if (document.activeElement !== one) continue;
                await new Promise(requestAnimationFrame);
                const box = one.getClientRects()[0];
                if (!box) continue;
                const x = box.left + Math.min(box.width / 2, 40), y = box.top + box.height / 2;
                const top = document.elementFromPoint(x, y);
                if (!top || !(one.contains(top) || top.contains(one))) bad.push(one.outerHTML);
            }
            return bad;
        }"""
    )
    assert hidden == []


def test_the_tab_key_goes_through_the_form_and_never_into_the_trap(page, campaign):
    page.goto(campaign.get_absolute_url() + "#sign")
    page.get_by_label("Full name").focus()
    names = []
    for _ in range(4):
        names.append(page.evaluate("document.activeElement.name || document.activeElement.type"))
        page.keyboard.press("Tab")
    assert names == ["name", "email", "consent", "submit"]
    assert page.get_by_role("textbox", name="Leave this empty").count() == 0


def test_the_trap_is_unseen_in_forced_colours_and_says_what_it_is_without_style(
    open_page, campaign
):
    page = open_page(forced_colors="active")
    page.goto(campaign.get_absolute_url())
    trap = page.get_by_text("Leave this empty")
    assert trap.evaluate("label => label.parentElement.getBoundingClientRect().width") <= 1
    page.evaluate("document.querySelector('link[rel=stylesheet]').remove()")
    assert trap.bounding_box()["width"] > 50


def test_on_paper_there_is_the_letter_with_the_addresses_of_its_sources_and_no_form(page, campaign):
    campaign.sources.update(url="https://example.org/recipe")
    page.goto(campaign.get_absolute_url())
    page.emulate_media(media="print")
    assert not page.get_by_role("button", name="Sign the petition").is_visible()
    assert not page.locator(".bar").is_visible()
    assert page.locator(".sheet").is_visible()
    shown = page.locator(".sources a[href^=http]").evaluate(
        "link => getComputedStyle(link, '::after').content"
    )
    assert "https://example.org/recipe" in shown
    colours = page.evaluate(
        "[getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]"
    )
    assert colours == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]
