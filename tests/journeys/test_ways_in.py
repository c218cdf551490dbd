"""How supporters come, in a real browser, with the real worker sending their mails: from a mail,
from a post, without JavaScript, without cookies, and from a network that signs too much."""

import re

import pytest

from signatures import links
from signatures.models import Signature
from tests.factories import make_campaign, make_organization, make_signature
from tests.rig import browser as browsers

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

PHONE = {"width": 360, "height": 740}
PATIENCE = 30


@pytest.fixture
def campaign():
    return make_campaign(
        organization=make_organization(privacy_url="https://example.org/privacy/"),
        headline="Tell Amazon: Stop powering the surveillance state",
        body="<p>It is frightening.</p>",
    )


@pytest.fixture
def inbox(start_worker, smtp_sink):
    """Waits for so many mails to an address, and gives the links in the newest by their kind."""
    start_worker("tx")

    def read(address, mails=1):
        text = smtp_sink.wait(mails, to=address, timeout=PATIENCE)[-1].text
        found = re.findall(r"http://[^/]+(/(?:sign/)?([a-z-]+)/\S+)", text)
        return {kind: link for link, kind in found} | {"text": text}

    return read


def sign(page, *, name="Ada Lovelace", email="ada@example.org"):
    page.get_by_label("Full name").fill(name)
    page.get_by_label("Email address").fill(email)
    page.get_by_role("button", name="Sign the petition").click()


def confirm(page, mail):
    page.goto(mail["confirm"])
    page.get_by_role("button", name="Confirm my signature").click()
    assert "Confirmed." in page.inner_text("h1")


def problems_but_answers(browser_problems, *statuses):
    """A form that comes back with its mistakes is a 422, which the browser notes in its console."""
    return [said for said in browser_problems if not any(str(one) in said for one in statuses)]


def test_from_a_mail_one_button_signs_a_receipt_comes_and_the_link_is_passed_on(
    open_page, inbox, campaign, browser_problems
):
    known = make_signature(make_campaign(organization=campaign.organization), email="ada@x.example")
    token = links.recognised_token(supporter_id=known.supporter_id, mailing_id=7)
    page = open_page(viewport=PHONE, permissions=["clipboard-read", "clipboard-write"])
    page.goto(links.recognised_address(campaign.slug, token) + "?source=july")
    assert token not in page.url
    assert "Signing as Ada" in page.inner_text("main")
    page.get_by_role("button", name="Sign the petition").click()
    assert "Signed. Thank you, Ada." in page.inner_text("h1")

    signature = Signature.objects.get(campaign=campaign)
    assert (signature.state, signature.mailing_number) == ("counted", 7)
    assert signature.referrer_code == "july"
    receipt = inbox("ada@x.example", mails=2)["text"]
    assert "Your signature stands under this petition" in receipt
    assert campaign.headline in receipt.replace("\n", " ")

    page.get_by_role("button", name="Copy the link").click()
    page.get_by_role("button", name="Copied").wait_for()
    shared = page.evaluate("navigator.clipboard.readText()")
    assert shared == page.get_by_label("Link to pass on").input_value()
    page.goto(shared)
    assert campaign.headline in page.inner_text("h1")
    assert not browser_problems


def test_from_a_post_one_signs_confirms_and_brings_the_next(
    open_page, inbox, campaign, browser_problems
):
    page = open_page(viewport=PHONE)
    page.goto(campaign.get_absolute_url() + "?source=a-post")
    sign(page)
    assert "check your inbox" in page.inner_text("h1")
    confirm(page, inbox("ada@example.org"))
    shared = page.get_by_label("Link to pass on").input_value()
    assert "?s=" in shared

    friend = open_page(viewport=PHONE)
    friend.goto(shared)
    sign(friend, name="Grace Hopper", email="grace@example.org")
    confirm(friend, inbox("grace@example.org"))
    ada, grace = Signature.objects.counted().order_by("pk")
    assert (ada.sharer, ada.referrer_code) == (None, "a-post")
    assert (grace.sharer, grace.referrer_code) == (ada, "share-link")
    assert not browser_problems


def test_without_javascript_mistakes_a_lost_mail_and_second_thoughts_are_no_dead_ends(
    open_page, inbox, campaign, browser_problems
):
    page = open_page(viewport=PHONE, java_script_enabled=False)
    page.goto(campaign.get_absolute_url())
    sign(page, email="ada@")
    assert page.title().startswith("Error:")
    assert page.get_by_label("Full name").input_value() == "Ada Lovelace"
    page.get_by_label("Email address").fill("ada@exmaple.org")
    page.get_by_role("button", name="Sign the petition").click()

    page.get_by_text("Wrong address? Fix it").click()
    page.get_by_label("Email address").fill("ada@example.org")
    page.get_by_role("button", name="Send the link here instead").click()
    assert "a•••@example.org" in page.inner_text("main")
    page.get_by_text("Send the link again", exact=True).click()
    page.get_by_role("button", name="Send it again").click()
    assert "unless we sent it in the last ten minutes" in page.inner_text("[role=status]")

    confirm(page, inbox("ada@example.org"))
    page.get_by_role("link", name="Withdraw your signature").click()
    page.get_by_role("button", name="Withdraw my signature").click()
    assert "withdrawn" in page.inner_text("h1")
    states = set(Signature.objects.values_list("supporter__email", "state"))
    assert states == {("ada@example.org", "withdrawn"), ("ada@exmaple.org", "pending")}
    assert problems_but_answers(browser_problems, 422) == []


@pytest.fixture
def page_without_cookies(browser, live_site, browser_problems, tmp_path):
    """A page of a browser whose owner has forbidden every cookie in its settings."""
    settings = tmp_path / "Default" / "Preferences"
    settings.parent.mkdir()
    settings.write_text('{"profile": {"default_content_setting_values": {"cookies": 2}}}')
    context = browser.browser_type.launch_persistent_context(
        tmp_path,
        executable_path=browsers.find(),
        args=browsers.flags(),
        base_url=live_site,
        viewport=PHONE,
    )
    page = context.pages[0]
    page.on("pageerror", lambda error: browser_problems.append(str(error)))
    yield page
    context.close()


def test_with_every_cookie_refused_one_signs_confirms_and_withdraws(
    page_without_cookies, inbox, campaign, browser_problems
):
    page = page_without_cookies
    page.goto(campaign.get_absolute_url())
    sign(page)
    assert "check your inbox" in page.inner_text("h1")
    assert page.get_by_role("link", name="Sign again: you are counted once").count() == 1
    confirm(page, inbox("ada@example.org"))
    page.get_by_role("link", name="Withdraw your signature").click()
    page.get_by_role("button", name="Withdraw my signature").click()
    assert Signature.objects.get().state == "withdrawn"
    assert page.context.cookies() == []
    assert not browser_problems


@pytest.fixture
def crowded_network(settings):
    settings.NETWORK_LIMITS = {300: 0}


def test_a_held_signature_is_let_go_by_the_work_of_a_phones_browser(
    open_page, crowded_network, campaign, browser_problems
):
    type(campaign).objects.filter(pk=campaign.pk).update(proof="at_once")
    page = open_page(viewport=PHONE)
    page.goto(campaign.get_absolute_url())
    sign(page)
    assert Signature.objects.get().state == "held"
    page.get_by_role("button", name="Start").click()
    page.get_by_role("heading", name="Thank you for signing").wait_for(timeout=30_000)
    assert Signature.objects.get().state == "counted"
    assert not browser_problems


def test_without_javascript_the_mail_lets_a_held_signature_go(
    open_page, crowded_network, inbox, campaign, browser_problems
):
    page = open_page(viewport=PHONE, java_script_enabled=False)
    page.goto(campaign.get_absolute_url())
    sign(page)
    assert Signature.objects.get().state == "held"
    assert "Opening the link in our mail is enough" in page.inner_text("main")
    assert not page.get_by_role("button", name="Start").is_visible()
    assert "no robot" not in page.inner_text("main")
    confirm(page, inbox("ada@example.org"))
    assert Signature.objects.get().state == "counted"
    assert not browser_problems
