"""Where many may be mailed, a welcome is switched on by somebody who wrote no part of it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from mailings.models import Mailing, WelcomeStep
from mailings.welcoming.growing import grow_all
from mailings.welcoming.starting import draft_step, switch_on
from tests.mailings.making import sign_up
from tests.mailings.office import Office, State
from tests.rig.moved_clock import MovedClock
from tests.rig.smtp_sink import SMTPSink

pytestmark = pytest.mark.django_db

ON = "It is on: whoever joins from now on gets it."


class WelcomingOffice(Office):
    """Three may be mailed; its operator wrote a welcome and has proofed it."""

    def __init__(self, smtp_sink: SMTPSink) -> None:
        super().__init__(smtp_sink)
        self.step: WelcomeStep = draft_step(
            scope=self.organization.scopes.get(key="activism"),
            days=0,
            subject="Welcome",
            body="<p>Hello there.</p>",
            user=self.user,
        )
        self.mailing = self.step.mailing
        self.proof()

    def switch_on(self, client: Client | None = None) -> str:
        return self.press("switch_on_step", client)


@pytest.fixture
def office(smtp_sink: SMTPSink) -> WelcomingOffice:
    return WelcomingOffice(smtp_sink)


def test_t21_its_writer_is_told_who_may_switch_it_on_and_its_proof_stands(
    office: WelcomingOffice,
) -> None:
    office.asks_for_second_person(above=2)
    sender, desk = office.hire("Senders")
    editor, _desk = office.hire("Editors")
    said = office.switch_on()
    assert f"somebody who did not write it switches it on: {sender}." in said
    assert str(editor) not in said
    assert "Its text and its proof stay as they are." in said
    assert office.state == State.PROOFED

    assert ON in office.switch_on(desk)
    assert office.state == State.SENDING
    assert office.mailing.by_second_person
    assert office.mailing.approved_by == sender
    assert office.mailing.approved_count == 3


def test_t21_where_nobody_else_may_its_writer_is_told_so(office: WelcomingOffice) -> None:
    office.asks_for_second_person(above=2)
    office.hire("Authors")
    assert "Nobody else here may yet" in office.switch_on()


def test_t21_the_page_says_beforehand_that_somebody_else_switches_it_on(
    office: WelcomingOffice,
) -> None:
    button = reverse("admin:mailings_mailing_step", args=[office.mailing.pk, "switch_on_step"])
    of_step = reverse("admin:mailings_welcomestep_change", args=[office.step.pk])
    told = "Somebody who did not write it switches it on."
    assert told not in office.client.get(of_step).content.decode()
    assert button in office.client.get(office.page).content.decode()
    office.asks_for_second_person(above=2)
    sender, desk = office.hire("Senders")
    assert told in office.client.get(of_step).content.decode()
    page = office.client.get(office.page).content.decode()
    assert "More than 2 people may get this kind of mail" in page
    assert f"These may: {sender}." in page
    assert button not in page
    assert button in desk.get(office.page).content.decode()


def test_t21_to_a_few_and_without_a_limit_its_writer_switches_it_on(
    office: WelcomingOffice,
) -> None:
    office.asks_for_second_person(above=3)
    assert ON in office.switch_on()
    another = WelcomingOffice(office.sink)
    another.organization.second_person_above = None
    another.organization.save()
    sign_up(another.campaign, 20)
    assert ON in another.switch_on()


def test_t21_one_that_is_on_goes_on_and_a_reworded_one_is_asked_about_anew(
    moved_clock: MovedClock, office: WelcomingOffice
) -> None:
    office.switch_on()
    office.asks_for_second_person(above=2)
    moved_clock.advance(timedelta(minutes=1))
    [new] = sign_up(office.campaign, 1)
    grow_all()
    assert office.reached()[new.email] == 1
    office.press("pause")
    assert "Resumed" in office.press("resume")

    office.press("pause")
    sender, desk = office.hire("Senders")
    _organizer, rewording = office.hire("Organizers")
    assert "It is a draft again" in office.press("reword", rewording)
    office.proof()
    for writing in (office.client, rewording):
        assert f"switches it on: {sender}." in office.switch_on(writing)
        assert office.state == State.PROOFED
    assert ON in office.switch_on(desk)
    assert office.state == State.SENDING
    assert office.mailing.approved_by == sender


def test_t21_two_who_switch_it_on_at_once_do_it_once(office: WelcomingOffice) -> None:
    office.asks_for_second_person(above=2)
    sender, _desk = office.hire("Senders")
    stale = WelcomeStep.objects.select_related("mailing").get(pk=office.step.pk)
    assert stale.mailing.is_editable
    assert switch_on(step=WelcomeStep.objects.get(pk=office.step.pk), user=sender)
    assert not switch_on(step=stale, user=sender)
    assert office.mailing.acts.filter(name="scheduled").count() == 1


def test_t21_the_database_takes_no_writer_as_the_second_person(office: WelcomingOffice) -> None:
    office.asks_for_second_person(above=2)
    sender, desk = office.hire("Senders")
    office.switch_on(desk)
    on = Mailing.objects.filter(pk=office.mailing.pk, written_by=[office.user.pk])
    with pytest.raises(IntegrityError, match="mailing_second_person"), transaction.atomic():
        on.update(approved_by=office.user)
    assert on.get().approved_by == sender


def test_t21_a_welcome_is_never_sent_to_everyone_at_once(office: WelcomingOffice) -> None:
    assert "switch it on instead" in office.press("send", count=3, typed=3)
    assert office.state == State.PROOFED
    assert not office.reached()
