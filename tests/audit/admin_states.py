"""The screens that an organizer spends the day with, each with something in it."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from django.contrib.auth.models import User
from django.utils import timezone
from playwright.sync_api import Page

from campaigns.models import Campaign, Organization, TallyHour, Update
from campaigns.revising import revise_statement
from mailings.digesting.preparing import prepare_due
from mailings.digesting.waking import wake_due
from mailings.drafting import draft_from_update
from mailings.models import CatchUp, DigestSchedule, Mailing, Segment, Trial, TrialText
from mailings.proofing import send_proof
from mailings.reporting import sum_up
from mailings.welcoming.starting import draft_step
from signatures.models import CountShard, PaperBatch, Signature
from signatures.staff.state_changing import reject
from tests.audit.looking import State
from tests.audit.mailing_states import MAILINGS, many, screens_of_mailings, written
from tests.audit.public_states import full_campaign
from tests.campaigns.admin_pages import make_organizer
from tests.campaigns.languages import translate
from tests.factories import make_campaign, make_signature
from tests.mailings.making import make_lane

ADMIN = "/admin/"
CAMPAIGNS = f"{ADMIN}campaigns/campaign/"
SIGNATURES = f"{ADMIN}signatures/signature/"
TEXT = Path(__file__).parents[1] / "campaigns" / "texts" / "aclu_style.txt"

LEFT_TO_DJANGO = ('scrollable-region-focusable: <div class="tabular inline-related',)
"""Its tables of related rows scroll on a telephone, and their template has no place for a tabindex.
Chromium and Firefox let the arrow keys scroll such a box all the same."""


def organizer_with_work() -> tuple[User, Campaign]:
    """Somebody who may do everything, and the campaign that most screens are about."""
    campaign = full_campaign()
    user = make_organizer(campaign.organization)
    User.objects.filter(pk=user.pk).update(is_superuser=True)
    signatures = [make_signature(campaign, email=f"ada{n}@example.org") for n in range(4)]
    make_signature(campaign, email="grace@example.net", confirmed=False)
    Signature.objects.filter(pk=signatures[0].pk).update(sharer=signatures[1], network=b"n" * 16)
    _stand_for_many(campaign)
    reject(signature_ids=[signatures[3].pk], reason="Typed in a test.", user=user)
    return user, campaign


def _stand_for_many(campaign: Campaign) -> None:
    """Numbers and hours as a campaign of three weeks has them."""
    now = timezone.now().replace(minute=0, second=0, microsecond=0)
    TallyHour.objects.filter(campaign=campaign).delete()
    TallyHour.objects.bulk_create(
        TallyHour(campaign=campaign, hour=now - timedelta(hours=ago), counted=43_218 - 85 * ago)
        for ago in range(21 * 24)
    )
    CountShard.objects.create(
        campaign=campaign,
        day=now.date() - timedelta(days=1),
        shard=0,
        counted=43_215,
        opted_in=9_120,
    )


def entrance() -> Iterator[State]:
    """What everybody sees before logging in."""
    yield State("admin login", ADMIN)
    yield State("admin login, wrong password", ADMIN, _try_a_wrong_password)


def screens(campaign: Campaign) -> Iterator[State]:
    """What an organizer sees, logged in."""
    yield from _campaign_screens(campaign)
    yield from _text_screens(campaign)
    yield from _signature_screens(campaign)
    yield from _audience_screens(campaign)
    yield from screens_of_what_goes_by_itself(campaign)
    yield from screens_of_mailings(campaign)


def _campaign_screens(campaign: Campaign) -> Iterator[State]:
    draft = make_campaign(
        organization=campaign.organization,
        published=False,
        headline="A draft that is not ready",
        body="<p>A marker without a source.<sup data-source='nowhere'></sup></p>",
    )
    update = Update.objects.create(campaign=campaign, title="Not yet told", body="<p>Soon.</p>")
    make_lane()
    draft_from_update(update=campaign.updates.get(title__startswith="We"), user=User.objects.get())
    yield State("admin landing", ADMIN)
    yield State("admin campaigns", CAMPAIGNS)
    yield State("admin draft", f"{CAMPAIGNS}{draft.pk}/change/", written)
    yield State("admin open campaign", f"{CAMPAIGNS}{campaign.pk}/change/", written)
    edited = f"{CAMPAIGNS}{draft.pk}/change/"
    yield State(
        "admin campaign saved by two", edited, lambda page: _save_after_another(page, draft)
    )
    yield State("admin close", f"{CAMPAIGNS}{campaign.pk}/do/close/")
    yield State("admin schedule", f"{CAMPAIGNS}{draft.pk}/do/schedule/")
    yield State("admin update", f"{ADMIN}campaigns/update/{update.pk}/change/", written)
    text = update.texts.create(language="es", title="Nos reunimos", body="<p>Sí.</p>")
    yield State("admin update text", f"{ADMIN}campaigns/updatetext/{text.pk}/change/", written)
    yield State("admin mailings", f"{ADMIN}mailings/mailing/")


def _text_screens(campaign: Campaign) -> Iterator[State]:
    revise_statement(campaign=campaign, text="Stop now.", reason="Asked.", change_note="“Now”.")
    spanish = translate(campaign, body="<p>Basta ya.</p>")
    source = campaign.sources.first()
    yield State("admin from text", f"{CAMPAIGNS}from-text/")
    yield State("admin from text, review", f"{CAMPAIGNS}from-text/", _paste)
    yield State("admin translation", f"{ADMIN}campaigns/translation/{spanish.pk}/change/")
    yield State("admin texts", f"{CAMPAIGNS}{campaign.pk}/texts/")
    yield State("admin sources", f"{ADMIN}campaigns/source/")
    assert source
    yield State("admin source", f"{ADMIN}campaigns/source/{source.pk}/change/")


def _signature_screens(campaign: Campaign) -> Iterator[State]:
    of_campaign = f"{SIGNATURES}of-campaign/{campaign.pk}"
    signature = campaign.signatures.order_by("pk")[1]
    batch = PaperBatch.objects.get()
    yield State("admin signatures", SIGNATURES)
    yield State("admin signature", f"{SIGNATURES}{signature.pk}/change/")
    yield State("admin reject one", f"{SIGNATURES}{signature.pk}/state/reject/")
    yield State("admin overview", f"{of_campaign}/overview/")
    yield State("admin wave", f"{of_campaign}/wave/")
    yield State("admin wave, dry run", f"{of_campaign}/wave/?look=1&domain=example.org")
    yield State("admin wave, too wide", f"{of_campaign}/wave/?look=1")
    yield State("admin state changes", f"{ADMIN}signatures/statechange/")
    yield State("admin export", f"{ADMIN}signatures/export/of-campaign/{campaign.pk}/")
    yield State("admin paper", f"{ADMIN}signatures/paperbatch/{batch.pk}/change/")
    yield State("admin person", f"{ADMIN}signatures/supporter/{signature.supporter_id}/change/")


def screens_of_what_goes_by_itself(campaign: Campaign) -> Iterator[State]:
    """Promises, a digest that is about to go, a welcome, a trial of several texts."""
    scope = campaign.organization.scopes.get(key="activism")
    schedule = DigestSchedule.objects.create(scope=scope, due_at=timezone.now() + timedelta(days=5))
    update = Update.objects.create(
        campaign=campaign, title="News of the month", body="<p>It moves.</p>"
    )
    update.publish()
    [digest] = prepare_due()
    step = draft_step(scope=scope, days=3, subject="Welcome", body="<p>Hello.</p>", user=None)
    tried = draft_from_update(update=update, user=User.objects.first())
    trial = Trial.objects.create(mailing=tried)
    TrialText.objects.create(trial=trial, number=2, subject="Other news of the month")
    yield State("admin digest schedule", f"{ADMIN}mailings/digestschedule/{schedule.pk}/change/")
    yield State("admin promises", f"{ADMIN}promises/")
    yield State("admin leave out", f"{ADMIN}promises/{schedule.pk}/skip/")
    yield State("admin digest", f"{MAILINGS}{digest.pk}/change/", written)
    yield State("admin welcome", f"{MAILINGS}{step.mailing_id}/change/", written)
    yield State("admin welcomes", f"{ADMIN}mailings/welcomestep/")
    yield State("admin new welcome", f"{ADMIN}mailings/welcomestep/add/", written)
    yield State("admin trial", f"{ADMIN}mailings/trial/{trial.pk}/change/", written)
    yield from what_waits_for_another(digest, step.mailing)


def what_waits_for_another(digest: Mailing, welcome: Mailing) -> Iterator[State]:
    """A welcome that its writer may not switch on, and a digest before and after its time."""
    writer = User.objects.order_by("pk")[0]
    User.objects.filter(pk=writer.pk).update(email="alice@citizens.example")
    writer.refresh_from_db()
    many(digest.organization)
    assert welcome.edit(by=writer, body="<p>Hello, and welcome.</p>")
    send_proof(mailing=welcome, user=writer)
    yield State("admin welcome, for another", f"{MAILINGS}{welcome.pk}/change/", written)
    yield State("admin digest, to approve", f"{MAILINGS}{digest.pk}/change/", written)
    yield State("admin promises, to approve", f"{ADMIN}promises/")
    DigestSchedule.objects.update(due_at=timezone.now() - timedelta(minutes=1))
    Mailing.objects.filter(pk=digest.pk).update(period=timezone.now().date())
    wake_due()
    yield State("admin digest, held back", f"{MAILINGS}{digest.pk}/change/", written)
    yield State("admin promises, held back", f"{ADMIN}promises/")
    Organization.objects.update(typed_count_above=1000, second_person_above=10_000)


def _save_after_another(page: Page, campaign: Campaign) -> None:
    """Somebody else saves the headline that is being changed here."""
    written(page)
    campaign.claim_edit(seen=campaign.edits)
    Campaign.objects.filter(pk=campaign.pk).update(headline="What somebody else wrote")
    page.get_by_label("Headline").first.fill("What I wrote")
    page.get_by_role("button", name="Save", exact=True).first.click()
    page.locator(".meanwhile").wait_for()
    written(page)


def _paste(page: Page) -> None:
    page.locator("textarea[name=text]").fill(TEXT.read_text(encoding="utf-8"))
    page.locator("[name=_read]").first.click()
    page.locator("tr[data-state]").first.wait_for()


def _try_a_wrong_password(page: Page) -> None:
    page.get_by_label("Username").fill("alice")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Log in").click()
    page.locator(".errornote").wait_for()


def _audience_screens(campaign: Campaign) -> Iterator[State]:
    """Whom a mailing is for, who got it, and what it brought."""
    organization = campaign.organization
    sources = [{"is": "source", "code": "tw1"}, {"is": "country", "country": "US"}]
    rules = {"version": 1, "all": [[{"is": "signed", "campaign": campaign.pk}], sources]}
    segment = Segment.objects.create(organization=organization, name="Pond", rules=rules)
    sent = Mailing.objects.create(
        organization=organization,
        scope=organization.scopes.get(key="activism"),
        subject="They stopped",
        state=Mailing.State.SENT,
        started_at=timezone.now() - timedelta(hours=1),
        finished_at=timezone.now(),
    )
    sum_up(sent)
    person = campaign.signatures.order_by("pk")[1].supporter_id
    yield State("admin segments", f"{ADMIN}mailings/segment/")
    yield State("admin segment", f"{ADMIN}mailings/segment/{segment.pk}/change/")
    yield State("admin catch up", f"{MAILINGS}{sent.pk}/catch-up/")
    asked_by = organization.memberships.first()
    assert asked_by
    CatchUp.objects.create(mailing=sent, asked_by=asked_by.user, counted=75_793, needs_second=True)
    yield State("admin catch-up that waits", f"{MAILINGS}{sent.pk}/change/")
    yield State("admin why", f"{MAILINGS}{sent.pk}/why/?person={person}")
    yield State("admin reports", f"{ADMIN}mailings/mailingtally/")
    yield State("admin report", f"{ADMIN}mailings/mailingtally/{sent.pk}/change/")
    yield State("admin sources and shares", f"{ADMIN}mailings/mailingtally/brought/")
