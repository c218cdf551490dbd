"""From a mail and back out of it in a real browser: one button, second thoughts, one's own data."""

import re

import pytest

from signatures import links
from signatures.letters.outbox import Outbox
from signatures.models import Signature, Subscription, Supporter
from tests.factories import make_campaign, make_signature

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

PHONE = {"width": 360, "height": 740}


@pytest.fixture
def signed():
    return make_signature(make_campaign(headline="Tell Amazon: Stop"), email="ada@example.org")


@pytest.fixture(params=[True, False], ids=["JavaScript", "no JavaScript"])
def phone(request, open_page):
    return open_page(viewport=PHONE, java_script_enabled=request.param)


def link_in(smtp_sink, kind):
    """Where the newest mail's link of this kind leads."""
    outbox = Outbox()
    outbox.drain()
    outbox.close()
    return re.search(rf"http\S+?(/{kind}/\S+)", smtp_sink.to("ada@example.org")[-1].text)[1]


def test_from_a_mail_to_a_signature_with_one_button_and_on_to_the_next(
    phone, signed, browser_problems
):
    organization = signed.campaign.organization
    second = make_campaign(organization=organization, headline="Keep the library open")
    make_campaign(organization=organization, headline="Plant more trees")
    token = links.recognised_token(supporter_id=signed.supporter_id, mailing_id=3)
    phone.goto(links.recognised_address(second.slug, token) + "?source=july")
    assert phone.url.endswith(f"/sign/{second.slug}/you/?source=july")
    assert "a•••@example.org" in phone.inner_text("main")
    phone.get_by_role("button", name="Sign the petition").click()
    assert "Signed." in phone.inner_text("h1")
    signature = Signature.objects.get(campaign=second)
    assert (signature.state, signature.mailing_number) == ("counted", 3)
    assert signature.referrer_code == "july"

    phone.reload()
    assert Signature.objects.filter(campaign=second).count() == 1
    assert "?s=" in phone.get_by_label("Link to pass on").input_value()
    phone.get_by_role("link", name="Sign the petition").click()
    assert "Plant more trees" in phone.inner_text("h1")
    phone.get_by_role("button", name="Sign the petition").click()
    assert Signature.objects.filter(state="counted").count() == 3
    assert not browser_problems


def test_not_you_leads_to_the_form_that_everybody_gets(phone, signed, browser_problems):
    second = make_campaign(organization=signed.campaign.organization)
    token = links.recognised_token(supporter_id=signed.supporter_id)
    phone.goto(links.recognised_address(second.slug, token))
    phone.get_by_role("button", name="Sign as somebody else").click()
    assert phone.get_by_label("Full name").input_value() == ""
    assert phone.context.cookies() == []
    assert not browser_problems


def test_second_thoughts_and_third_ones(phone, signed, smtp_sink, browser_problems):
    phone.goto(link_in(smtp_sink, "withdraw"))
    assert Signature.objects.get().state == "counted"
    phone.get_by_role("button", name="Withdraw my signature").click()
    assert "withdrawn" in phone.inner_text("h1")
    assert Signature.objects.get().state == "withdrawn"
    assert Subscription.objects.live().count() == 2

    phone.goto(link_in(smtp_sink, "confirm"))
    phone.get_by_role("button", name="Confirm my signature").click()
    assert "Confirmed." in phone.inner_text("h1")
    assert Signature.objects.get().state == "counted"
    assert not browser_problems


def test_one_sees_corrects_takes_along_and_erases_ones_own_data(
    phone, signed, smtp_sink, browser_problems
):
    phone.goto("/")
    phone.get_by_role("link", name="Your data").click()
    phone.get_by_label("Email address").fill("ada@example.org")
    phone.get_by_role("button", name="Send me the link").click()
    assert "inbox" in phone.inner_text("h1")

    phone.goto(link_in(smtp_sink, "my-data"))
    phone.get_by_role("button", name="Open my data").click()
    assert "Tell Amazon: Stop" in phone.inner_text("main")
    phone.get_by_text("Correct or hide it").click()
    phone.get_by_label("Full name").fill("Augusta Ada King")
    phone.get_by_role("button", name="Save").click()
    assert "Saved." in phone.inner_text("main")
    assert Signature.objects.get().name == "Augusta Ada King"

    with phone.expect_download() as download:
        phone.get_by_role("link", name="Take a copy").click()
    assert "Augusta Ada King" in download.value.path().read_text(encoding="utf-8")

    phone.get_by_label("Yes, erase all of it").check()
    phone.get_by_role("button", name="Erase everything about me").click()
    assert "Erased." in phone.inner_text("h1")
    assert Supporter.objects.get().email == ""
    assert Signature.objects.get().state == "counted"
    assert phone.context.cookies() == []
    assert not browser_problems


def test_the_link_to_pass_on_is_copied_by_its_button(open_page, signed):
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    page.goto(links.address(links.CONFIRM, links.confirm_token(signature_id=signed.pk)))
    page.get_by_role("button", name="Copy the link").click()
    page.get_by_role("button", name="Copied").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.get_by_label("Link to pass on").input_value()


def test_t03_a_scanner_that_runs_scripts_confirms_withdraws_and_signs_nothing(page, signed):
    waiting = make_signature(signed.campaign, email="grace@example.org", confirmed=False)
    other = make_campaign(organization=signed.campaign.organization)
    token = links.recognised_token(supporter_id=signed.supporter_id)
    for address in (
        links.address(links.CONFIRM, links.confirm_token(signature_id=waiting.pk)),
        links.address(links.WITHDRAW, links.withdraw_token(signature_id=signed.pk)),
        links.address(links.NOT_ME, links.not_me_token(signature_id=signed.pk)),
        links.recognised_address(other.slug, token),
    ):
        for _ in range(2):
            page.goto(address)
            page.wait_for_load_state("networkidle")
    states = dict(Signature.objects.values_list("pk", "state"))
    assert states == {waiting.pk: "pending", signed.pk: "counted"}
