"""What people do wrong when they send to thousands: twelve mistakes, and not one wrong recipient.

Each is made in the admin, as an operator makes it, with whatever the workers do then.
"""

from collections import Counter
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Campaign
from mailings.drafting import draft_from_campaign, draft_from_update
from mailings.models import Mailing
from mailings.pumping import pump
from mailings.sending import send_slice
from signatures.models import Signature
from tests.campaigns.admin_pages import save, words
from tests.factories import make_campaign
from tests.mailings.making import hurry, sign_up
from tests.mailings.office import Office
from tests.rig.smtp_sink import SMTPSink

pytestmark = pytest.mark.django_db
State = Mailing.State


@pytest.fixture
def office(smtp_sink: SMTPSink) -> Office:
    return Office(smtp_sink)


def test_sending_what_nobody_has_seen(office: Office) -> None:
    assert "proof of this text first" in office.press("send", count=3)
    assert not office.reached()


def test_mending_a_word_after_the_proof_and_sending_from_the_old_page(office: Office) -> None:
    office.proof()
    save(office.client, office.page, "mailing_form", subject="Amazon pauses everything")
    assert office.state == State.DRAFT
    assert "proof of this text first" in office.press("send", count=3)
    assert not office.reached()


def test_rewriting_the_update_itself_after_the_approval(office: Office) -> None:
    office.proof()
    _boss, desk = office.hire("Senders")
    office.press("approve", desk, count=3)
    assert office.state == State.APPROVED
    office.update.body = "<p>Quite another thing.</p>"
    office.update.save()
    assert "proof of this text first" in office.press("send", count=3)
    assert office.state == State.DRAFT
    assert not office.mailing.approved_by
    assert not office.reached()


def test_widening_the_audience_after_the_proof(office: Office) -> None:
    office.proof()
    save(office.client, office.page, "mailing_form", campaign="")
    assert "proof of this text first" in office.press("send", count=3)
    assert not office.reached()


def test_pressing_a_button_whose_number_is_not_true_any_more(office: Office) -> None:
    office.proof()
    sign_up(office.campaign, 4)
    assert "it is now 7 people" in office.press("send", count=3)
    assert not office.reached()


def test_typing_another_number_than_the_one_that_get_it(office: Office) -> None:
    office.organization.typed_count_above = 2
    office.organization.save()
    office.proof()
    page = words(office.client.get(office.page))
    assert "Type the number of people, 3" in page
    for typed in ("", "30", "all"):
        assert "Type the number" in office.press("send", count=3, typed=typed)
    assert not office.reached()
    office.press("send", count=3, typed="3")
    assert office.reached() == Counter(office.signers)


def test_deciding_alone_over_many(office: Office) -> None:
    office.asks_for_second_person(above=2)
    office.proof()
    assert "Send to" not in words(office.client.get(office.page))
    assert "somebody who did not write it" in office.press("send", count=3)
    assert "somebody else approves it" in office.press("approve", count=3)
    assert not office.reached()

    _boss, desk = office.hire("Senders")
    assert "Approved." in office.press("approve", desk, count=3)
    office.press("send", count=3)
    assert office.reached() == Counter(office.signers)


def test_approving_and_then_changing_a_little_more(office: Office) -> None:
    office.asks_for_second_person(above=2)
    office.proof()
    _boss, desk = office.hire("Senders")
    office.press("approve", desk, count=3)
    save(office.client, office.page, "mailing_form", preheader="One word more.")
    office.proof()
    assert "somebody who did not write it" in office.press("send", count=3)
    assert not office.reached()


def test_sending_without_being_one_of_those_who_send(office: Office) -> None:
    office.proof()
    _author, desk = office.hire("Authors")
    url = reverse("admin:mailings_mailing_step", args=[office.mailing.pk, "send"])
    assert desk.post(url, {"count": 3}).status_code == 403
    assert not office.reached()


def test_f32_pressing_twice_and_two_people_at_once(office: Office) -> None:
    office.proof()
    _boss, desk = office.hire("Senders")
    assert "Scheduled for 3 people" in office.press("send", count=3)
    assert "Somebody was faster: it is scheduled now" in office.press("send", count=3)
    assert "Somebody was faster" in office.press("send", desk, count=3)
    assert office.reached() == Counter(office.signers)
    assert "Somebody was faster" in office.press("send", count=3)
    assert office.reached() == Counter(office.signers)


def test_seeing_the_mistake_a_minute_after_sending(office: Office) -> None:
    office.proof()
    office.press("send", count=3)
    assert "Taken back: nobody got it" in office.press("unschedule")
    hurry(office.mailing)
    assert not office.reached()
    office.press("send", count=3)
    office.press("cancel")
    assert "Somebody was faster: it is cancelled now" in office.press("send", count=3)
    assert not office.reached()


def test_choosing_a_day_that_has_passed_or_an_hour_that_is_none(office: Office) -> None:
    office.proof()
    assert "has passed" in office.press("schedule", count=3, at="2020-01-01T10:00")
    assert "Choose a day and a time" in office.press("schedule", count=3, at="")
    # The hour that London skips in spring.
    said = office.press("schedule", count=3, at="2031-03-30T01:30")
    assert "there is no 01:30. Choose 00:30 or earlier, or 02:30 or later." in said
    assert not office.reached()


def test_what_was_typed_for_a_refused_send_stands_there_again(office: Office) -> None:
    office.organization.typed_count_above = 2
    office.organization.save()
    office.proof()
    url = reverse("admin:mailings_mailing_step", args=[office.mailing.pk, "schedule"])
    typed = {"count": 3, "at": "2020-01-01T10:00", "typed": "3"}

    page = BeautifulSoup(office.client.post(url, typed, follow=True).content, "html.parser")

    assert [field["value"] for field in page.select("details[open] [name=at]")] == [typed["at"]]
    assert {field["value"] for field in page.select("[name=typed]")} == {"3"}


def test_a_time_is_that_of_the_campaign_and_shown_in_both(office: Office) -> None:
    office.proof()
    said = office.press("schedule", count=3, at="2031-07-01T18:00")
    assert "1 Jul 2031, 18:00 (Europe/London), which is 17:00 UTC" in said
    assert "17:00 UTC" in words(office.client.get(office.page))
    office.mailing.refresh_from_db()
    assert office.mailing.starts_at
    assert office.mailing.starts_at.hour == 17
    pump()
    assert office.state == State.SCHEDULED


def test_a_server_that_slept_over_the_time(office: Office) -> None:
    office.proof()
    office.press("send", count=3)
    Mailing.objects.update(starts_at=timezone.now() - timedelta(minutes=61))
    pump()
    send_slice(lane=0)
    assert office.state == State.PROOFED
    assert "more than 60 minutes late" in words(office.client.get(office.page))
    assert not office.reached()
    office.press("send", count=3)
    assert office.reached() == Counter(office.signers)


def test_mailing_the_same_update_once_more(office: Office) -> None:
    office.proof()
    office.press("send", count=3)
    assert office.reached() == Counter(office.signers)
    office.mailing = draft_from_update(update=office.update, user=office.user)
    office.proof()
    assert "audience is empty" in office.press("send", count=0)
    (late,) = sign_up(office.campaign, 1)
    office.press("send", count=1)
    assert office.reached() == Counter([*office.signers, late.email])


def test_resuming_never_begins_again(office: Office) -> None:
    office.proof()
    office.press("send", count=3)
    hurry(office.mailing)
    pump()
    office.press("pause")
    assert not office.reached()
    office.press("resume")
    office.press("resume")
    assert office.reached() == Counter(office.signers)


def test_every_act_is_written_down_with_who_did_it(office: Office) -> None:
    office.proof()
    office.press("send", count=3)
    office.press("unschedule")
    office.press("cancel")
    done = office.mailing.acts.order_by("pk").values_list("name", "by__username")
    names = [name for name, who in done if who == office.user.username]
    assert names == ["drafted", "proofed", "approved", "scheduled", "unscheduled", "cancelled"]
    page = words(office.client.get(office.page))
    assert page.count(f" {office.user.username}") >= 6


def test_the_log_tells_when_it_went_out_too(office: Office) -> None:
    office.proof()
    office.press("send", count=3)
    assert office.reached()
    # A test is one transaction, whose `now()` stands still while the acts go on.
    later = [timezone.now() + timedelta(seconds=seconds) for seconds in (1, 2)]
    Mailing.objects.update(started_at=later[0], finished_at=later[1])
    page = words(office.client.get(office.page))
    begun, sent = page.index("began to go out by itself 3 people"), page.index("all sent by itself")
    assert sent < begun < page.index(f"scheduled {office.user}")


def test_an_ask_signed_while_it_waits_is_not_sent_to_its_signer(office: Office) -> None:
    # The audience was frozen; between that and the message somebody signed by another way.
    asked: Campaign = make_campaign(organization=office.organization)
    office.mailing = draft_from_campaign(campaign=asked, user=office.user)
    office.proof()
    office.press("send", count=3, typed=3)
    hurry(office.mailing)
    pump()
    first = Signature.objects.filter(campaign=office.campaign).select_related("supporter")[0]
    Signature.objects.create(
        campaign=asked,
        supporter=first.supporter,
        statement=asked.current_statement(),
        notice=asked.current_notice(),
        consents=True,
        name="A. Reader",
        state=Signature.State.COUNTED,
        counted_at=timezone.now(),
        confirmed_at=timezone.now(),
    )
    assert office.reached() == Counter(office.signers - {first.supporter.email})
