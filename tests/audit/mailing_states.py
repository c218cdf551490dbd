"""A mailing on its way: written, proofed, held, going, stopped, and what came back."""

from collections.abc import Iterator

from django.contrib.auth.models import User
from playwright.sync_api import Page

from campaigns.models import Campaign, Organization
from mailings import audience
from mailings.drafting import draft_from_campaign, draft_from_update
from mailings.models import Lane, Mailing
from mailings.proofing import send_proof
from mailings.pumping import freeze_audience
from mailings.scheduling import schedule_mailing
from tests.audit.looking import State
from tests.mailings.making import hurry, make_lane, sign_up
from tests.mailings.test_staff_see_what_came_back import make_reply

ADMIN = "/admin/"
MAILINGS = f"{ADMIN}mailings/mailing/"


def screens_of_mailings(campaign: Campaign) -> Iterator[State]:
    """What somebody sees who writes a mailing and sends it."""
    make_lane()
    user = User.objects.get()
    User.objects.filter(pk=user.pk).update(email="alice@citizens.example")
    user.refresh_from_db()
    yield from _of_the_draft(campaign, user)
    yield from _on_its_way(campaign, user)
    yield from _what_came_back(campaign)


def _of_the_draft(campaign: Campaign, user: User) -> Iterator[State]:
    update = campaign.updates.get(title__startswith="We")
    ask = draft_from_campaign(campaign=campaign, user=user)
    yield State("admin ask, begun", f"{MAILINGS}from-campaign/{campaign.pk}/")
    yield State("admin update, begun", f"{MAILINGS}from-update/{update.pk}/")
    yield State("admin ask, a draft", f"{MAILINGS}{ask.pk}/change/", written)
    proofed = draft_from_update(update=update, user=user)
    send_proof(mailing=proofed, user=user)
    yield State("admin mailing, proofed", f"{MAILINGS}{proofed.pk}/change/", written)
    many(campaign.organization)
    yield State("admin mailing, with its number", f"{MAILINGS}{proofed.pk}/change/", written)


def many(organization: Organization) -> None:
    """From one person on, a number is typed and a second person asked."""
    Organization.objects.filter(pk=organization.pk).update(
        typed_count_above=1, second_person_above=1
    )


def _on_its_way(campaign: Campaign, user: User) -> Iterator[State]:
    Organization.objects.filter(pk=campaign.organization_id).update(second_person_above=None)
    sign_up(campaign, 40)
    update = campaign.updates.get(title__startswith="We")
    mailing = draft_from_update(update=update, user=user)
    send_proof(mailing=mailing, user=user)
    mailing.refresh_from_db()
    people = audience.count(mailing)
    assert schedule_mailing(mailing=mailing, expected_count=people, typed=people)
    address = f"{MAILINGS}{mailing.pk}/change/"
    yield State("admin mailing, held", address)
    hurry(mailing)
    freeze_audience(mailing.pk)
    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.SENDING
    yield State("admin mailing, going", address)
    assert mailing.pause(by=user)
    yield State("admin mailing, paused", address)
    yield State("admin deliveries", f"{MAILINGS}{mailing.pk}/deliveries/")
    mailing.refresh_from_db()
    assert mailing.cancel(by=user)
    yield State("admin mailing, cancelled", address)


def _what_came_back(campaign: Campaign) -> Iterator[State]:
    reply = make_reply(campaign.organization)
    yield State("admin list health", f"{ADMIN}list-health/")
    yield State("admin ready to send", f"{ADMIN}ready-to-send/")
    yield State("admin lanes", f"{ADMIN}mailings/lane/")
    yield State("admin lane", f"{ADMIN}mailings/lane/{Lane.DEFAULT}/change/")
    yield State("admin delivery events", f"{ADMIN}mailings/mailevent/")
    yield State("admin replies", f"{ADMIN}mailings/reply/")
    yield State("admin reply", f"{ADMIN}mailings/reply/{reply.pk}/change/")


def written(page: Page) -> None:
    """The editor has taken the place of the field."""
    page.locator(".ProseMirror[aria-label]").first.wait_for()
