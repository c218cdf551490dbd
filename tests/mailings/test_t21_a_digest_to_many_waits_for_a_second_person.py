"""A digest to many goes as somebody approved it who did not write it, or it waits and says so."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from campaigns.models import Update
from mailings.digesting.preparing import prepare_due
from mailings.digesting.waking import wake, wake_due
from mailings.models import DigestSchedule, Mailing
from mailings.promising.approval import ask_for_approval
from mailings.promising.owed import promises
from mailings.promising.warning import warn_ahead
from mailings.pumping import pump
from mailings.seconding import SLIGHT_GROWTH
from mailings.sending import send_slice
from mailings.telling import send_notices
from tests.campaigns.admin_pages import save, words
from tests.factories import make_campaign
from tests.mailings.driving import assert_invariants
from tests.mailings.making import hurry, make_staff, make_update, scheduled_mailing, sign_up
from tests.rig.moved_clock import MovedClock
from tests.rig.smtp_sink import SMTPSink

pytestmark = pytest.mark.django_db
State = Mailing.State


class RoundUp:
    """Three readers, a limit of two, and a digest with one update that is due in eight days."""

    def __init__(self, clock: MovedClock, sink: SMTPSink) -> None:
        self.clock, self.sink = clock, sink
        self.campaign = make_campaign()
        self.organization = self.campaign.organization
        self.organization.second_person_above = 2
        self.organization.save()
        self.signers = [person.email for person in sign_up(self.campaign, 3)]
        clock.advance(timedelta(days=160))
        scheduled_mailing(make_update(self.campaign, title="Old news", published_at=clock.now))
        self.go_on()
        sink.mails.clear()
        clock.advance(timedelta(days=20))
        self.author, self.author_desk = self.hire("Organizers")
        self.boss, self.desk = self.hire("Senders")
        self.update: Update = make_update(
            self.campaign, title="Early news", published_at=clock.now, author=self.author
        )
        self.schedule = DigestSchedule.objects.create(
            scope=self.organization.scopes.get(key="activism"),
            due_at=clock.now + timedelta(days=7, hours=12),
        )
        [self.draft] = prepare_due()

    def hire(self, group: str) -> tuple[Any, Client]:
        user = make_staff(organization=self.organization)
        user.groups.add(Group.objects.get(name=group))
        client = Client()
        client.force_login(user)
        return user, client

    def press(self, step: str, client: Client | None = None, **typed: Any) -> str:
        url = reverse("admin:mailings_mailing_step", args=[self.draft.pk, step])
        return words((client or self.desk).post(url, typed, follow=True))

    def approve(self, count: int = 3) -> None:
        assert "A proof is on its way" in self.press("proof", self.author_desk)
        assert "Approved." in self.press("approve", count=count)

    @property
    def page(self) -> str:
        return reverse("admin:mailings_mailing_change", args=[self.draft.pk])

    def shown(self) -> str:
        return words(self.desk.get(self.page))

    @property
    def state(self) -> str:
        self.draft.refresh_from_db()
        return self.draft.state

    def come_due(self) -> None:
        self.clock.move_to(self.schedule.due_at + timedelta(minutes=1))
        self.go_on()

    def go_on(self) -> None:
        wake_due()
        prepare_due()
        pump()
        send_slice(lane=0)
        pump()
        assert_invariants()

    def mails(self) -> list[Any]:
        """What readers got of it."""
        return [mail for mail in self.sink.mails if mail.recipients[0] in self.signers]

    def told(self) -> dict[str, str]:
        """Subject and text of what an organizer was told by mail, by now."""
        warn_ahead()
        ask_for_approval()
        send_notices()
        mails = self.sink.to(self.boss.email)
        assert len(mails) == len({str(mail.message["Subject"]) for mail in mails})
        return {str(mail.message["Subject"]): " ".join(mail.text.split()) for mail in mails}


@pytest.fixture
def round_up(moved_clock: MovedClock, smtp_sink: SMTPSink) -> RoundUp:
    return RoundUp(moved_clock, smtp_sink)


def test_t21_one_that_was_approved_goes_at_its_hour_as_it_was_approved(round_up: RoundUp) -> None:
    round_up.approve()
    assert "as it was approved" in round_up.shown()
    make_update(round_up.campaign, title="Late news", published_at=round_up.clock.now)
    round_up.come_due()
    assert round_up.state == State.SENT
    assert len(round_up.mails()) == 3
    for mail in round_up.mails():
        assert "Early news" in mail.text
        assert "Late news" not in mail.text
    assert round_up.draft.approved_by == round_up.boss


def test_t21_what_was_new_after_the_approval_is_told_by_the_next_one(round_up: RoundUp) -> None:
    round_up.approve()
    make_update(round_up.campaign, title="Late news", published_at=round_up.clock.now)
    round_up.come_due()
    round_up.sink.mails.clear()
    round_up.clock.advance(timedelta(days=25))
    [round_up.draft] = prepare_due()
    round_up.approve()
    round_up.clock.advance(timedelta(days=8))
    round_up.go_on()
    assert len(round_up.mails()) == 3
    for mail in round_up.mails():
        assert "Late news" in mail.text
        assert "Early news" not in mail.text


def test_t21_one_that_nobody_approved_waits_says_why_and_goes_when_somebody_did(
    round_up: RoundUp,
) -> None:
    make_update(round_up.campaign, title="Late news", published_at=round_up.clock.now)
    round_up.come_due()
    assert round_up.state == State.DRAFT
    assert round_up.mails() == []
    page = round_up.shown()
    assert "It is for more than 2 people, and nobody but its writers had approved it" in page
    assert "Its time has passed: it goes when somebody sends it." in page

    round_up.clock.advance(timedelta(days=1))
    round_up.approve()
    assert "Scheduled for 3 people" in round_up.press("send", count=3, typed=3)
    hurry(round_up.draft)
    round_up.go_on()
    assert len(round_up.mails()) == 3
    assert "Late news" in round_up.mails()[0].text


def test_i4_one_that_waited_longer_than_the_next_tells_nobody_the_same_twice(
    round_up: RoundUp,
) -> None:
    round_up.come_due()
    waiting = round_up.draft
    round_up.clock.advance(timedelta(days=25))
    [round_up.draft] = prepare_due()
    round_up.approve()
    round_up.clock.advance(timedelta(days=8))
    round_up.go_on()
    assert sum("Early news" in mail.text for mail in round_up.mails()) == 3

    round_up.clock.advance(timedelta(days=2))
    round_up.draft = waiting
    round_up.approve()
    assert "Scheduled for 3 people" in round_up.press("send", count=3, typed=3)
    hurry(waiting)
    round_up.go_on()
    assert round_up.state == State.SENT
    assert len(round_up.mails()) == 3


def test_t21_a_proof_of_what_still_stands_is_not_asked_for_again(round_up: RoundUp) -> None:
    round_up.press("proof", round_up.author_desk)
    round_up.come_due()
    assert round_up.state == State.PROOFED
    assert "Approved." in round_up.press("approve", count=3)
    assert "nobody but its writers" not in round_up.shown()


def test_t21_who_wrote_an_update_in_it_is_not_its_second_person(round_up: RoundUp) -> None:
    round_up.press("proof", round_up.author_desk)
    assert "You wrote a part of it" in round_up.press("approve", round_up.author_desk, count=3)
    round_up.come_due()
    assert round_up.mails() == []


def test_t21_who_wrote_words_above_the_news_is_not_its_second_person(round_up: RoundUp) -> None:
    editor, desk = round_up.hire("Organizers")
    save(desk, round_up.page, "mailing_form", body="<p>Dear friends.</p>")
    round_up.press("proof", round_up.author_desk)
    assert "You wrote a part of it" in round_up.press("approve", desk, count=3)
    assert "Approved." in round_up.press("approve", count=3)
    assert editor.pk in Mailing.objects.get(pk=round_up.draft.pk).written_by


def test_t21_who_wrote_the_campaign_that_is_its_news_is_not_its_second_person(
    moved_clock: MovedClock, smtp_sink: SMTPSink
) -> None:
    round_up = RoundUp(moved_clock, smtp_sink)
    writer, desk = round_up.hire("Organizers")
    other = make_campaign(organization=round_up.organization)
    save(
        desk,
        reverse("admin:campaigns_campaign_change", args=[other.pk]),
        "campaign_form",
        ask="Quite another ask.",
    )
    moved_clock.advance(timedelta(hours=1))
    round_up.draft.delete()
    [round_up.draft] = prepare_due()
    assert other.pk in round_up.draft.items.values_list("campaign", flat=True)
    round_up.press("proof", round_up.author_desk)
    assert "You wrote a part of it" in round_up.press("approve", desk, count=3)
    assert "Approved." in round_up.press("approve", count=3)


def test_t21_an_edit_takes_the_approval_back(round_up: RoundUp) -> None:
    round_up.approve()
    save(round_up.author_desk, round_up.page, "mailing_form", body="<p>Dear friends.</p>")
    round_up.come_due()
    assert round_up.mails() == []
    assert round_up.state == State.DRAFT


def test_t21_an_edit_of_an_update_in_it_takes_the_approval_back(round_up: RoundUp) -> None:
    round_up.approve()
    round_up.update.body = "<p>Quite another thing.</p>"
    round_up.update.save()
    round_up.come_due()
    assert round_up.mails() == []
    assert round_up.state == State.DRAFT
    assert not round_up.draft.by_second_person


def test_t21_news_of_a_campaign_that_was_withdrawn_does_not_go_as_it_was_approved(
    round_up: RoundUp,
) -> None:
    gone = make_campaign(organization=round_up.organization)
    make_update(gone, title="Untrue news", published_at=round_up.clock.now)
    round_up.draft.delete()
    [round_up.draft] = prepare_due()
    round_up.approve()
    gone.withdraw(outcome="It was not true.")
    round_up.come_due()
    assert round_up.mails() == []
    assert round_up.state == State.DRAFT
    told = [item.update.title for item in round_up.draft.items.all() if item.update]
    assert told == ["Early news"]


def test_t21_an_approval_for_fewer_people_counts_no_more(round_up: RoundUp) -> None:
    round_up.approve()
    sign_up(round_up.campaign, SLIGHT_GROWTH + 1)
    round_up.come_due()
    assert round_up.mails() == []
    assert round_up.state == State.APPROVED
    page = round_up.shown()
    assert "More people would get it than when it was approved" in page
    many = SLIGHT_GROWTH + 4
    assert "Approved." in round_up.press("approve", count=many)
    assert f"Scheduled for {many} people" in round_up.press("send", count=many, typed=many)


def test_t21_an_audience_that_grew_by_a_few_is_no_reason_to_wait(round_up: RoundUp) -> None:
    round_up.approve()
    sign_up(round_up.campaign, SLIGHT_GROWTH)
    round_up.come_due()
    assert round_up.state == State.SENT


@pytest.mark.parametrize("limit", [3, None])
def test_t21_one_to_a_few_or_without_a_limit_goes_by_itself_with_what_is_new(
    round_up: RoundUp, limit: int | None
) -> None:
    round_up.organization.second_person_above = limit
    round_up.organization.save()
    make_update(round_up.campaign, title="Late news", published_at=round_up.clock.now)
    assert round_up.told() == {}
    round_up.come_due()
    assert len(round_up.mails()) == 3
    assert "Late news" in round_up.mails()[0].text


def test_one_that_was_sent_by_hand_and_taken_back_goes_by_itself_to_who_is_there_then(
    round_up: RoundUp,
) -> None:
    round_up.organization.second_person_above = None
    round_up.organization.save()
    round_up.press("proof", round_up.author_desk)
    round_up.press("send", count=3, typed=3)
    assert round_up.state == State.SCHEDULED
    round_up.press("unschedule")
    sign_up(round_up.campaign, 60)

    round_up.come_due()

    assert round_up.state == State.SENT


def test_t21_woken_twice_it_is_one_mailing_whether_it_goes_or_waits(round_up: RoundUp) -> None:
    stale = DigestSchedule.objects.select_related("scope__organization").get()
    round_up.come_due()
    assert wake(schedule=stale) is None
    round_up.go_on()
    assert Mailing.objects.get(kind=Mailing.Kind.DIGEST) == round_up.draft
    round_up.approve()
    round_up.press("send", count=3, typed=3)
    hurry(round_up.draft)
    round_up.go_on()
    assert wake(schedule=stale) is None
    assert len(round_up.mails()) == 3


def test_t21_organizers_hear_when_it_is_drafted_and_a_day_before_and_when_it_did_not_go(
    round_up: RoundUp,
) -> None:
    [(subject, text)] = round_up.told().items()
    assert subject.startswith("Approve the Activism digest: it is to go out on")
    assert "More than 2 people would get it." in text
    assert round_up.page in text
    assert len(round_up.told()) == 1

    round_up.clock.move_to(round_up.schedule.due_at - timedelta(hours=20))
    subject = [*round_up.told()][-1]
    assert subject.startswith("Last day to approve the Activism digest")
    assert len(round_up.told()) == 2
    round_up.come_due()
    told = round_up.told()
    assert "nobody but its writers had approved it" in told["The Activism digest did not go out"]
    # The promise that it was to keep is near, and now nothing keeps it.
    [(subject, text)] = [(one, told[one]) for one in told if one.startswith("Write an update")]
    assert "did not go out and waits for you: It is for more than 2 people" in text
    assert len(round_up.told()) == 4


def test_t21_organizers_hear_that_an_approved_one_keeps_the_promise_as_it_is(
    round_up: RoundUp,
) -> None:
    round_up.approve()
    round_up.clock.move_to(round_up.schedule.due_at - timedelta(hours=20))
    [(subject, text)] = round_up.told().items()
    assert subject.startswith("The Activism digest goes out on")
    assert f"{round_up.boss} approved it, and it goes as it is" in text


def test_t21_it_stands_first_on_the_start_page_of_who_may_approve_it_until_somebody_has(
    round_up: RoundUp,
) -> None:
    start = reverse("admin:index")
    waits = f"Waits for your approval {round_up.draft.subject} digest"
    round_up.told()
    assert waits in words(round_up.desk.get(start))
    assert waits not in words(round_up.author_desk.get(start))
    round_up.approve()
    round_up.told()
    assert waits not in words(round_up.desk.get(start))


def test_t21_the_ledger_of_promises_says_that_it_waits_for_an_approval(round_up: RoundUp) -> None:
    [promise] = [one for one in promises() if one.scope == round_up.schedule.scope]
    assert promise.plan.wants_approval
    assert not promise.is_planned
    ledger = reverse("admin:promises")
    assert "Waits for a second person to approve it." in words(round_up.desk.get(ledger))
    round_up.approve()
    assert "Waits for a second person" not in words(round_up.desk.get(ledger))

    save(round_up.author_desk, round_up.page, "mailing_form", body="<p>Dear friends.</p>")
    round_up.come_due()
    assert "did not go out and waits" in words(round_up.desk.get(ledger))
