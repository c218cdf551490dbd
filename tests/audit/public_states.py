"""Every state that a supporter, a subscriber or a passer-by can meet a page in."""

from collections.abc import Callable, Iterator
from datetime import timedelta

from django.template.loader import render_to_string
from django.utils import timezone, translation
from playwright.sync_api import Page, Route

from campaigns.models import (
    Ally,
    Campaign,
    ConsentNotice,
    Correction,
    CustomField,
    Source,
    Tally,
    Target,
    Topic,
    Update,
)
from campaigns.previewing import preview_url
from signatures import links
from signatures.confirming import disown
from signatures.models import DataAccess, PaperBatch, Signature
from signatures.withdrawing import withdraw
from tests.audit.looking import State
from tests.campaigns.admin_pages import make_organizer
from tests.campaigns.languages import translate
from tests.factories import make_campaign, make_organization, make_signature

OUTCOME = "Amazon told its customers on 10 June that it stops the sale to the police for a year."
LONG_HEADLINE = (
    "Tell the Department of Transportation and every Donaudampfschifffahrtsgesellschaft between"
    " here and the sea: no more night flights over the homes of those who have to rise at five"
)
LETTER = (
    "<p>Amazon sells face recognition to the police.<sup data-source='wong-2018'></sup> "
    "It finds one face among tens of millions within seconds.<sup data-source='aclu'></sup></p>"
    '<div data-block="ask"></div><h2>Why it matters</h2>'
    "<blockquote>A recipe for authoritarianism.</blockquote>"
    "<ul><li>It is wrong more often about people of colour.</li><li>Nobody was asked.</li></ul>"
    "<p>More than 30 organizations ask for the same.<sup data-source='wong-2018'></sup></p>"
)


def full_campaign() -> Campaign:
    """One that has everything a campaign can have."""
    organization = make_organization(
        name="Example Action", privacy_url="https://example.org/privacy"
    )
    campaign = make_campaign(
        organization=organization,
        kind=ConsentNotice.Kind.YES_NO,
        headline="Tell Amazon: Stop powering the surveillance state",
        lead_line="Face recognition has no place in policing",
        body=LETTER,
        ask="Tell Amazon: Prohibit all government use of face recognition.",
        closing="Thanks for speaking out.",
        asks_postal_code=True,
        asks_country=True,
        asks_comment=True,
        asks_to_show_name=True,
        closes_at=timezone.now() + timedelta(days=9),
    )
    topic = Topic.objects.create(organization=organization, name="Privacy", slug="privacy")
    campaign.topics.add(topic)
    Target.objects.create(campaign=campaign, name="Andy Jassy", organization="AWS", title="CEO")
    Ally.objects.create(campaign=campaign, name="Center for Media Justice")
    Ally.objects.create(campaign=campaign, name="The ACLU", url="https://example.org/")
    Correction.objects.create(campaign=campaign, text="An earlier letter named another year.")
    CustomField.objects.create(campaign=campaign, key="job", label="What do you do?")
    CustomField.objects.create(
        campaign=campaign, key="how", label="Would you help?", kind="choice", choices="Yes\nLater"
    )
    CustomField.objects.create(
        campaign=campaign, key="of-age", label="I am 18 or older", kind="tick"
    )
    _add_sources(campaign)
    Update.objects.create(
        campaign=campaign,
        title="We handed in 43,218 names",
        body="<p>Yesterday we stood before their door.<sup data-source='aclu'></sup></p>",
        published_at=timezone.now(),
    )
    PaperBatch.objects.create(
        campaign=campaign, signatures=1204, collected_on="2024-05-01", collected_by="Local 9"
    )
    Tally.objects.update_or_create(campaign=campaign, defaults={"counted": 43_218})
    return campaign


def _add_sources(campaign: Campaign) -> None:
    Source.objects.create(
        campaign=campaign,
        key="wong-2018",
        author="Julie Carrie Wong",
        title="'Recipe for authoritarianism': Amazon under fire",
        publisher="The Guardian",
        published_on="2018-05-22",
        url="https://example.org/a",
        archive_url="https://example.org/archived/a",
    )
    Source.objects.create(
        campaign=campaign, key="aclu", author="ACLU", title="Who asked for this?", position=1
    )


def lists() -> Iterator[State]:
    campaign = full_campaign()
    won, closed, _waits = (
        make_campaign(organization=campaign.organization, headline=headline)
        for headline in ("Stop the sale of our water", "A swimming pool for all", LONG_HEADLINE)
    )
    won.win(outcome=OUTCOME)
    closed.close()
    yield State("home", "/")
    yield State("organization", f"/by/{campaign.organization.slug}/")
    yield State("topic", f"/by/{campaign.organization.slug}/privacy/")
    yield State("empty organization", f"/by/{make_organization().slug}/")
    yield State("open data", f"{campaign.get_absolute_url()}data/")


def campaign_page() -> Iterator[State]:
    campaign = full_campaign()
    address = campaign.get_absolute_url()
    yield State("open", address)
    yield State("errors", address, lambda page: page.locator("#sign button").click())
    yield State("one of the first", make_campaign().get_absolute_url())
    implicit = make_campaign(kind=ConsentNotice.Kind.IMPLICIT)
    Tally.objects.update_or_create(campaign=implicit, defaults={"counted": 50_000})
    yield State("goal reached", implicit.get_absolute_url())
    yield State("long headline", make_campaign(headline=LONG_HEADLINE).get_absolute_url())
    draft = make_campaign(organization=campaign.organization, published=False, body=LETTER)
    preview = preview_url(campaign=draft, user=make_organizer(campaign.organization))
    yield State("preview", preview)
    yield State("preview ended", "/preview/none/")


def outcomes() -> Iterator[State]:
    campaign = full_campaign()
    steps: dict[str, list[str]] = {
        "closed": ["close"],
        "delivered": ["close", "deliver"],
        "won": ["close", "deliver", "win"],
        "lost": ["close", "deliver", "lose"],
        "withdrawn": ["withdraw"],
    }
    for name, taken in steps.items():
        ended = make_campaign(organization=campaign.organization, body=LETTER)
        _add_sources(ended)
        Tally.objects.update_or_create(campaign=ended, defaults={"counted": 43_218})
        for step in taken:
            getattr(ended, step)()
        Campaign.objects.filter(pk=ended.pk).update(outcome=OUTCOME)
        yield State(name, ended.get_absolute_url())


def languages() -> Iterator[State]:
    campaign = full_campaign()
    spanish = translate(campaign, body="<p>Basta ya.</p>")
    arabic = translate(
        campaign,
        language="ar",
        headline="قولوا لأمازون: كفى",
        ask="كفى",
        body="<p>كفى.</p>",
        statement="أوقفوا بيع تقنية التعرف على الوجوه للحكومات.",
        notice="ستصلك أخبارنا من وقت لآخر.",
    )
    yield State("in Spanish", f"/sign/{spanish.slug}/")
    yield State("in Arabic", f"/sign/{arabic.slug}/")


def after_signing() -> Iterator[State]:
    campaign = full_campaign()
    yield State("thanks without a cookie", f"{campaign.get_absolute_url()}thanks/")
    plain = make_campaign()
    yield State("pending", plain.get_absolute_url(), _sign)
    at_once = make_campaign(proof="at_once")
    yield State("counted at once", at_once.get_absolute_url(), _sign)
    yield State("held", make_campaign().get_absolute_url(), _sign_as_a_script_does)


def _sign(page: Page) -> None:
    page.get_by_label("Full name").fill("Ada Lovelace")
    page.get_by_label("Email address").fill("ada@example.org")
    page.locator("#sign button").click()
    page.wait_for_url("**/thanks/**")


def _sign_as_a_script_does(page: Page) -> None:
    """Fill in the field that no person sees."""
    page.get_by_label("Full name").fill("Ada Lovelace")
    page.get_by_label("Email address").fill("ada@example.org")
    trap = page.locator("form input[tabindex='-1']").first
    trap.evaluate("field => { field.value = 'x'; }")
    page.locator("#sign button").click()
    page.wait_for_url("**/thanks/**")


def mail_links() -> Iterator[State]:
    campaign = full_campaign()
    signed, pending = make_signature(campaign), make_signature(campaign, confirmed=False)
    yield State("confirm", _link(links.CONFIRM, links.confirm_token(signature_id=pending.pk)))
    yield State("confirmed", _link(links.CONFIRM, links.confirm_token(signature_id=signed.pk)))
    yield State("not me", _link(links.NOT_ME, links.not_me_token(signature_id=pending.pk)))
    disowned = make_signature(campaign)
    disown(signature_id=disowned.pk)
    yield State("not me, done", _link(links.CONFIRM, links.confirm_token(signature_id=disowned.pk)))
    yield State("withdraw", _link(links.WITHDRAW, links.withdraw_token(signature_id=signed.pk)))
    gone = make_signature(campaign)
    withdraw(signature_id=gone.pk, via="test")
    yield State(
        "withdrawn by signer", _link(links.WITHDRAW, links.withdraw_token(signature_id=gone.pk))
    )
    yield from _subscriber_links(signed)
    yield from _recognised(campaign, signed)
    yield State("broken link", "/confirm/")
    yield State("expired link", _link(links.CONFIRM, links.confirm_token(signature_id=10**9)))


def _subscriber_links(signed: Signature) -> Iterator[State]:
    campaign = signed.campaign
    person = {"supporter_id": signed.supporter_id, "organization_id": campaign.organization_id}
    leave = links.unsubscribe_token(**person, campaign_id=campaign.pk, mailing_id=0)
    yield State("preferences", _link(links.PREFERENCES, links.preferences_token(**person)))
    stay = _link(links.STAY, links.stay_token(**person))
    yield State("asked to stay", stay)
    yield State("stays", stay, _press)
    yield State("unsubscribe", _link(links.UNSUBSCRIBE, leave))
    yield State("unsubscribed", _link(links.UNSUBSCRIBE, leave), _press)


def _recognised(campaign: Campaign, signed: Signature) -> Iterator[State]:
    other = make_campaign(organization=campaign.organization)
    stranger = make_signature(make_campaign(organization=campaign.organization))
    token = links.recognised_token(supporter_id=signed.supporter_id)
    new_here = links.recognised_token(supporter_id=stranger.supporter_id)
    yield State("recognised", links.recognised_address(other.slug, token))
    yield State("recognised, more asked", links.recognised_address(campaign.slug, new_here))
    yield State("recognised, signed before", links.recognised_address(campaign.slug, token))
    yield State("recognised, signed", links.recognised_address(other.slug, token), _press)


def own_data() -> Iterator[State]:
    campaign = full_campaign()
    signed = make_signature(campaign)
    yield State("own data, ask", "/my-data/")
    yield State("own data, sent", "/my-data/?sent=1")

    def fresh_link() -> str:
        return _link(links.OWN_DATA, DataAccess.objects.issue(signed.supporter_id))

    yield State("own data, open", fresh_link())
    yield State("own data, link used", _link(links.OWN_DATA, "x" * 43), _press)
    yield State("own data", fresh_link(), _press)
    yield State("own data, erase not ticked", fresh_link(), _erase_without_a_tick)
    yield State("own data, all of it open", fresh_link(), _press_and_unfold)
    yield State("own data, erased", fresh_link(), _erase)


def _erase_without_a_tick(page: Page) -> None:
    _press(page)
    page.locator("form[action='/my-data/mine/erase/'] button").click()
    page.wait_for_load_state()


def _press_and_unfold(page: Page) -> None:
    _press(page)
    for summary in page.locator("summary").all():
        summary.click()


def _erase(page: Page) -> None:
    _press(page)
    page.get_by_label("Yes, erase all of it").check()
    page.get_by_role("button", name="Erase everything").click()
    page.get_by_text("Erased.").wait_for()


def error_pages() -> Iterator[State]:
    yield State("not found", "/nowhere/")
    for status in ("400", "403", "410", "429", "500"):
        yield State(f"error {status}", "/", _shown(status))


def _shown(status: str) -> Callable[[Page], object]:
    """Shows an error page where its own address would be."""

    def arrive(page: Page) -> None:
        address = f"**/error-{status}/"
        with translation.override("en"):
            body = render_to_string(f"{status}.html")

        def answer(route: Route) -> None:
            route.fulfill(status=200, content_type="text/html; charset=utf-8", body=body)

        page.route(address, answer)
        page.goto(f"/error-{status}/")
        page.unroute(address)

    return arrive


def _link(purpose: str, token: str) -> str:
    return links.address(purpose, token)


def _press(page: Page) -> None:
    """Press the one button of the page."""
    page.locator("main form button").first.click()
    page.wait_for_load_state()


STAGES = (
    lists,
    campaign_page,
    outcomes,
    languages,
    after_signing,
    mail_links,
    own_data,
    error_pages,
)
"""Each builds what its states need while they are asked for."""
