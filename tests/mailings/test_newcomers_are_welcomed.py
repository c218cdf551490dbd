"""A welcome series: each newcomer gets each step once, on its day, until they leave."""

from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse

from campaigns.models import Campaign
from mailings.composing import CannotBeSent
from mailings.models import Mailing, WelcomeStep
from mailings.proofing import send_proof
from mailings.pumping import pump
from mailings.sending import send_slice
from mailings.welcoming.growing import grow, grow_all
from mailings.welcoming.starting import draft_step, switch_on
from signatures.models import Subscription, Supporter
from tests.campaigns.admin_pages import words
from tests.factories import make_campaign
from tests.mailings.driving import assert_invariants
from tests.mailings.making import (
    make_staff,
    make_update,
    reachable_organizer,
    scheduled_mailing,
    sign_up,
)
from tests.rig.moved_clock import MovedClock
from tests.rig.smtp_sink import SMTPSink

pytestmark = pytest.mark.django_db


def live_step(campaign: Campaign, days: int, text: str = "Hello there.") -> WelcomeStep:
    step = draft_step(
        scope=campaign.organization.scopes.get(key="activism"),
        days=days,
        subject=f"Welcome, day {days}",
        body=f"<p>{text}</p>",
        user=None,
    )
    proof_and_start(step)
    return step


def proof_and_start(step: WelcomeStep) -> None:
    user = make_staff()
    send_proof(mailing=step.mailing, user=user)
    assert switch_on(step=step, user=user)


def send_all() -> None:
    grow_all()
    pump()
    send_slice(lane=0)
    pump()
    assert_invariants()


def subjects(sink: SMTPSink, reader: Supporter) -> list[str]:
    return [str(mail.message["Subject"]) for mail in sink.to(reader.email)]


def test_a_newcomer_gets_each_step_on_its_day_and_once(
    moved_clock: MovedClock, smtp_sink: SMTPSink
) -> None:
    campaign = make_campaign()
    [old] = sign_up(campaign, 1)
    moved_clock.advance(timedelta(hours=1))
    live_step(campaign, 0)
    live_step(campaign, 3)
    moved_clock.advance(timedelta(hours=1))
    [new] = sign_up(campaign, 1)
    moved_clock.advance(timedelta(minutes=1))

    send_all()
    send_all()
    assert subjects(smtp_sink, new) == ["Welcome, day 0"]
    moved_clock.advance(timedelta(days=2, hours=23))
    send_all()
    assert len(subjects(smtp_sink, new)) == 1
    moved_clock.advance(timedelta(hours=2))
    send_all()
    assert subjects(smtp_sink, new) == ["Welcome, day 0", "Welcome, day 3"]
    assert "because you signed" in smtp_sink.to(new.email)[0].text
    assert subjects(smtp_sink, old) == []
    assert set(Mailing.objects.values_list("state", flat=True)) == {Mailing.State.SENDING}


def test_whoever_leaves_gets_no_further_step(moved_clock: MovedClock, smtp_sink: SMTPSink) -> None:
    campaign = make_campaign()
    live_step(campaign, 1)
    moved_clock.advance(timedelta(minutes=1))
    leaver, stayer = sign_up(campaign, 2)
    moved_clock.advance(timedelta(days=1, minutes=1))
    Subscription.objects.filter(supporter=leaver).update(unsubscribed_at=moved_clock.now)
    send_all()
    assert subjects(smtp_sink, leaver) == []
    assert subjects(smtp_sink, stayer) == ["Welcome, day 1"]


def test_who_has_had_enough_mail_gets_the_step_when_they_have_not(
    moved_clock: MovedClock, smtp_sink: SMTPSink
) -> None:
    campaign = make_campaign()
    step = live_step(campaign, 1)
    moved_clock.advance(timedelta(minutes=1))
    [new] = sign_up(campaign, 1)
    moved_clock.advance(timedelta(days=1))
    scheduled_mailing(make_update(campaign))
    pump()
    send_slice(lane=0)
    moved_clock.advance(timedelta(minutes=1))
    assert grow(step=step) == 0
    moved_clock.advance(timedelta(days=1, hours=2))
    send_all()
    assert subjects(smtp_sink, new) == ["Amazon pauses sales", "Welcome, day 1"]


def test_a_step_is_proofed_before_it_is_on_and_again_when_it_is_reworded(
    moved_clock: MovedClock, smtp_sink: SMTPSink
) -> None:
    campaign = make_campaign()
    step = live_step(campaign, 0, "The first words.")
    user = make_staff()
    moved_clock.advance(timedelta(minutes=1))
    [early] = sign_up(campaign, 1)
    grow_all()
    assert step.mailing.pause()
    assert step.mailing.reword(by=user)
    step.mailing.edit(by=user, body="<p>Better words.</p>")
    with pytest.raises(CannotBeSent, match="proof"):
        switch_on(step=step, user=user)
    proof_and_start(step)
    send_all()
    assert "Better words." in smtp_sink.to(early.email)[0].text


def test_two_steps_of_a_scope_have_two_days() -> None:
    campaign = make_campaign()
    scope = campaign.organization.scopes.get(key="activism")
    draft_step(scope=scope, days=2, subject="One", user=None)
    with pytest.raises(IntegrityError):
        draft_step(scope=scope, days=2, subject="Two", user=None)


def test_an_organizer_writes_proofs_and_switches_it_on(client: Client, smtp_sink: SMTPSink) -> None:
    campaign = make_campaign()
    organizer = reachable_organizer(campaign.organization)
    client.force_login(organizer)
    scope = campaign.organization.scopes.get(key="activism")
    typed = {"scope": scope.pk, "days": 0, "subject": "Welcome", "body": "<p>Hello.</p>"}
    client.post(reverse("admin:mailings_welcomestep_add"), typed)
    mailing = Mailing.objects.get(kind=Mailing.Kind.WELCOME)
    for button in ("proof", "switch_on_step"):
        client.post(reverse("admin:mailings_mailing_step", args=[mailing.pk, button]))
    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.SENDING
    assert smtp_sink.to(organizer.email)
    page = client.get(reverse("admin:mailings_welcomestep_changelist")).content.decode()
    assert "Welcome" in page
    clashing = client.post(reverse("admin:mailings_welcomestep_add"), typed).content.decode()
    assert "already exists" in clashing


def test_a_welcome_that_is_on_says_how_many_have_got_it_since_when(
    client: Client, moved_clock: MovedClock, smtp_sink: SMTPSink
) -> None:
    campaign = make_campaign()
    client.force_login(reachable_organizer(campaign.organization))
    mailing = live_step(campaign, 0).mailing
    page = reverse("admin:mailings_mailing_change", args=[mailing.pk])
    day = f"{moved_clock.now.day} {moved_clock.now:%b %Y}"
    assert f"0 people have got it since {day}." in words(client.get(page))
    moved_clock.advance(timedelta(days=1))
    sign_up(campaign, 2)
    moved_clock.advance(timedelta(minutes=1))
    grow_all()
    assert f"0 people have got it since {day}, 2 wait for it." in words(client.get(page))
    send_all()

    shown = client.get(page)
    assert f"2 people have got it since {day}." in words(shown)
    assert "of 2 done" not in words(shown)
    assert "<progress" not in shown.content.decode()
