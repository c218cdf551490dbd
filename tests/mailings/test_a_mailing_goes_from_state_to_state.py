"""The states of a mailing and every step between them: each is claimed, and no other is taken."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from mailings.drafting import draft_from_update
from mailings.models import Mailing, MailingAct
from tests.factories import make_campaign
from tests.mailings.making import make_staff, make_update

pytestmark = pytest.mark.django_db
State = Mailing.State

# Each step, the states in which it is taken, and the state that it leads to.
STEPS: dict[str, tuple[Callable[[Mailing], bool], set[str], str]] = {
    "edit": (
        lambda mailing: mailing.edit(by=None, subject="Another"),
        {State.DRAFT, State.PROOFED, State.APPROVED},
        State.DRAFT,
    ),
    "mark_proofed": (
        lambda mailing: mailing.mark_proofed(by=None),
        {State.DRAFT},
        State.PROOFED,
    ),
    "approve": (
        lambda mailing: mailing.approve(by=None, digest=None, count=1, written_by=[]),
        {State.PROOFED, State.APPROVED},
        State.APPROVED,
    ),
    "schedule": (
        lambda mailing: mailing.put_on_schedule(
            by=None, starts_at=Now(), seen={}, narrowed_by=None, counted=1, seconded=False
        ),
        {State.APPROVED},
        State.SCHEDULED,
    ),
    "unschedule": (lambda mailing: mailing.unschedule(), {State.SCHEDULED}, State.DRAFT),
    "pause": (lambda mailing: mailing.pause("why"), {State.SENDING}, State.PAUSED),
    "resume": (lambda mailing: mailing.resume(), {State.PAUSED}, State.SENDING),
    "cancel": (
        lambda mailing: mailing.cancel(),
        {*State.values} - {State.SENT, State.CANCELLED},
        State.CANCELLED,
    ),
}


@pytest.fixture
def mailing() -> Mailing:
    return draft_from_update(update=make_update(make_campaign()), user=make_staff())


@pytest.mark.parametrize("step", STEPS)
def test_a_step_is_taken_from_its_states_and_from_no_other(mailing: Mailing, step: str) -> None:
    take, taken_in, leads_to = STEPS[step]
    for state in State.values:
        Mailing.objects.filter(pk=mailing.pk).update(state=state)
        mailing.refresh_from_db()
        acts = mailing.acts.count()
        assert take(mailing) is (state in taken_in), state
        assert mailing.state == (leads_to if state in taken_in else state)
        assert mailing.acts.count() == acts + (state in taken_in)


def stale(mailing: Mailing, **now: Any) -> Mailing:
    """The mailing as somebody saw it before it became what it is `now`."""
    seen = Mailing.objects.get(pk=mailing.pk)
    Mailing.objects.filter(pk=mailing.pk).update(**now)
    return seen


def test_f32_a_proof_of_an_older_text_proves_nothing(mailing: Mailing) -> None:
    seen = Mailing.objects.get(pk=mailing.pk)
    assert mailing.edit(by=None, subject="Another")

    assert not seen.mark_proofed(by=None)
    assert seen.state == State.DRAFT


def test_f32_an_approval_holds_for_the_text_that_was_read(mailing: Mailing) -> None:
    mailing.mark_proofed(by=None)
    seen = Mailing.objects.get(pk=mailing.pk)
    mailing.edit(by=None, subject="Another")
    mailing.mark_proofed(by=None)

    assert not seen.approve(by=make_staff(), digest=None, count=1, written_by=[])
    assert not seen.by_second_person


def test_f32_the_second_of_two_sees_the_state_of_the_first(mailing: Mailing) -> None:
    seen = stale(mailing, state=State.SENDING)

    assert not seen.edit(by=None, subject="Late")
    assert seen.state == State.SENDING
    assert seen.subject != "Late"


def test_an_audience_that_was_being_frozen_is_not_taken_back(mailing: Mailing) -> None:
    seen = stale(mailing, state=State.SCHEDULED, snapshot_after=7)

    assert not seen.unschedule()
    assert seen.state == State.SCHEDULED


def test_the_database_lets_nobody_be_the_second_person_of_their_own_text(mailing: Mailing) -> None:
    with pytest.raises(IntegrityError, match="second_person"), transaction.atomic():
        Mailing.objects.filter(pk=mailing.pk).update(
            approved_by=mailing.edited_by, approved_count=1, by_second_person=True
        )


def test_the_database_keeps_every_writer_from_being_the_second_person(mailing: Mailing) -> None:
    writer = make_staff()
    with pytest.raises(IntegrityError, match="wrote_nothing"), transaction.atomic():
        Mailing.objects.filter(pk=mailing.pk).update(
            written_by=[writer.pk], approved_by=writer, approved_count=1, by_second_person=True
        )


def test_the_database_keeps_no_approval_of_a_second_person_without_its_number(
    mailing: Mailing,
) -> None:
    with pytest.raises(IntegrityError, match="for_a_number"), transaction.atomic():
        Mailing.objects.filter(pk=mailing.pk).update(
            approved_by=make_staff(), by_second_person=True
        )


def test_what_was_sent_keeps_its_acts_with_who_and_when(mailing: Mailing) -> None:
    user = make_staff()
    mailing.edit(by=user, subject="Another")
    act = MailingAct.objects.get(name="edited")
    assert (act.mailing, act.by) == (mailing, user)
    assert act.at
    user.delete()
    act.refresh_from_db()
    assert act.by is None
