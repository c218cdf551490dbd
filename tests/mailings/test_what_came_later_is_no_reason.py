"""“Why didn't they get it?” is answered for the day on which it went out, not for today."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from campaigns.models import Campaign
from mailings.explaining import why
from mailings.models import CatchUp, Mailing, Recipient, Segment
from mailings.pumping import pump
from mailings.welcoming.starting import draft_step
from signatures.models import (
    CampaignMute,
    ConsentEvent,
    Letter,
    Signature,
    Subscription,
    Supporter,
    Suppression,
)
from tests.factories import make_campaign
from tests.mailings.making import make_staff, make_update, scheduled_mailing, sign_up
from tests.rig.smtp_sink import SMTPSink

pytestmark = pytest.mark.django_db


def ago(days: float) -> Any:
    return timezone.now() - timedelta(days=days)


@pytest.fixture
def campaign() -> Campaign:
    return make_campaign(headline="Save the pond")


@pytest.fixture
def mailing(campaign: Campaign, smtp_sink: SMTPSink) -> Mailing:
    """It went out three weeks ago to one person."""
    sign_up(campaign, 1)
    mailing = scheduled_mailing(make_update(campaign))
    pump()
    Mailing.objects.update(state=Mailing.State.SENT, started_at=ago(21), finished_at=ago(21))
    mailing.refresh_from_db()
    return mailing


@pytest.fixture
def person(mailing: Mailing, campaign: Campaign) -> Supporter:
    """Somebody who was there for months, and was not written down all the same."""
    return joined(campaign, ago(90))


def joined(campaign: Campaign, when: Any) -> Supporter:
    person = sign_up(campaign, 1)[0]
    Subscription.objects.filter(supporter=person).update(subscribed_at=when)
    Signature.objects.filter(supporter=person).update(counted_at=when, created_at=when)
    return person


def reasons(mailing: Mailing, person: Supporter) -> str:
    return " ".join(why(mailing=mailing, supporter=person).because)


def pause(person: Supporter, when: Any) -> None:
    until = when + timedelta(days=30)
    Subscription.objects.filter(supporter=person).update(rests_until=until)


def test_who_joined_after_it_and_paused_later_missed_it_for_having_joined_later(
    mailing: Mailing, campaign: Campaign
) -> None:
    person = joined(campaign, ago(4))
    pause(person, ago(0.1))
    first, *_others, last = why(mailing=mailing, supporter=person).because
    assert first.startswith("They joined at ")
    assert "after it had gone out" in first
    assert last.startswith("As things stand now, a catch-up would not bring it: They asked on ")


def test_a_pause_counts_only_where_it_had_begun(mailing: Mailing, person: Supporter) -> None:
    pause(person, ago(22))
    assert reasons(mailing, person).startswith("They asked on ")
    pause(person, ago(20))
    assert "why is not known any more" in reasons(mailing, person)


def test_who_left_afterwards_is_not_told_to_have_missed_it_for_that(
    mailing: Mailing, person: Supporter
) -> None:
    Subscription.objects.filter(supporter=person).update(unsubscribed_at=ago(20))
    said = reasons(mailing, person)
    assert said.startswith("They were not in the audience when it went out; why is not known")
    assert "now, a catch-up would not bring it: Their Activism mail ended at " in said
    Subscription.objects.filter(supporter=person).update(unsubscribed_at=ago(22))
    assert reasons(mailing, person).startswith("Their Activism mail ended at ")
    assert "As things stand now" not in reasons(mailing, person), "it has been said"


def came_back(person: Supporter, *, left: Any) -> None:
    """They had agreed long before, left, and agreed anew two days ago."""
    own = Subscription.objects.get(supporter=person)
    Subscription.objects.filter(pk=own.pk).update(subscribed_at=ago(2))
    for choice, when in (("agreed", ago(90)), ("left", left), ("agreed", ago(2))):
        ConsentEvent.objects.create(
            supporter=person, choice=choice, scope_ids=[own.scope_id], via="test", at=when
        )


def test_who_had_left_and_came_back_learns_both_dates(mailing: Mailing, person: Supporter) -> None:
    came_back(person, left=ago(30))
    said = reasons(mailing, person)
    assert said.startswith("Their Activism mail had ended at ")
    assert "and began again at " in said


def test_who_left_after_it_and_came_back_did_not_miss_it_for_that(
    mailing: Mailing, person: Supporter
) -> None:
    came_back(person, left=ago(10))
    assert reasons(mailing, person).startswith("They were not in the audience")


def test_a_block_counts_while_it_lasted(mailing: Mailing, person: Supporter) -> None:
    Suppression.objects.suppress(person.email_hash, Suppression.Reason.HARD_BOUNCE)
    assert reasons(mailing, person).startswith("They were not in the audience")
    Suppression.objects.update(created_at=ago(25))
    assert reasons(mailing, person).startswith("Their address is blocked since ")
    Suppression.objects.update(lifted_at=ago(5))
    assert reasons(mailing, person).startswith("Their address was blocked from ")
    Suppression.objects.update(lifted_at=ago(23))
    assert "blocked" not in reasons(mailing, person)


def test_a_mute_counts_from_when_it_was_said(
    mailing: Mailing, campaign: Campaign, person: Supporter
) -> None:
    CampaignMute.objects.create(supporter=person, campaign=campaign)
    assert reasons(mailing, person).startswith("They were not in the audience")
    CampaignMute.objects.update(muted_at=ago(22))
    assert reasons(mailing, person).startswith("They want nothing more about")


def test_a_withdrawal_counts_from_when_it_was_made_and_says_where_that_is_not_known(
    mailing: Mailing, person: Supporter
) -> None:
    Signature.objects.filter(supporter=person).update(state="withdrawn")
    assert reasons(mailing, person).startswith(
        "Their signature under “Save the pond” does not count: withdrawn by the signer."
        " Since when is not known."
    )
    letter = Letter.objects.create(
        kind="withdrawn", supporter=person, signature=person.signatures.get()
    )
    assert reasons(mailing, person).startswith("They were not in the audience")
    Letter.objects.filter(pk=letter.pk).update(created_at=ago(22))
    assert "withdrawn by the signer. That was at " in reasons(mailing, person)


def test_the_same_news_by_another_mailing_counts_where_that_had_gone_before(
    mailing: Mailing, person: Supporter
) -> None:
    other = Mailing.objects.create(
        organization=mailing.organization, scope=mailing.scope, subject="The same elsewhere"
    )
    other.updates.set(mailing.updates.all())
    row = {"subscription": person.subscriptions.get(), "supporter": person, "lane": 0}
    Recipient.objects.create(mailing=other, seq=1, status=3, done_at=ago(22), **row)
    assert reasons(mailing, person).startswith("They had the same news by “The same elsewhere” at ")
    Recipient.objects.filter(mailing=other).update(done_at=ago(3))
    assert reasons(mailing, person).startswith("They were not in the audience")


def test_what_a_segment_says_today_is_not_said_of_then(mailing: Mailing, person: Supporter) -> None:
    rules = {"version": 1, "all": [[{"is": "country", "country": "NZ"}]]}
    segment = Segment.objects.create(
        organization=mailing.organization, name="Far away", rules=rules
    )
    Mailing.objects.update(segment=segment, narrowed_by=segment.as_data())
    mailing.refresh_from_db()
    assert "Whether they were then is not known." in reasons(mailing, person)


def test_whom_the_lot_left_out_learns_that(mailing: Mailing, person: Supporter) -> None:
    narrowed_by = {"rules": {"version": 1, "all": []}, "most": 1}
    Mailing.objects.update(narrowed_by=narrowed_by, last_lot=-(2**63))
    mailing.refresh_from_db()
    assert why(mailing=mailing, supporter=person).because == [
        "The lot that drew a part of its segment did not draw them: "
        "Everyone; at most 1 of them, chosen by lot and the same each time."
    ]


def test_a_catch_up_that_brought_it_to_others_is_told_of(
    mailing: Mailing, campaign: Campaign
) -> None:
    before, paused, after = (
        joined(campaign, ago(9)),
        joined(campaign, ago(9)),
        joined(campaign, ago(1)),
    )
    pause(paused, ago(8))
    CatchUp.objects.create(
        mailing=mailing, starts_at=ago(5), asked_at=ago(5), finished_at=ago(5), ended="done"
    )
    assert "bring it: they may have had enough mail just then." in reasons(mailing, before)
    assert "bring it: They asked on " in reasons(mailing, paused)
    assert "Nor did the catch-up" not in reasons(mailing, after), "they joined after that too"


def test_a_welcome_is_answered_by_the_day_on_which_each_joined(campaign: Campaign) -> None:
    scope = campaign.organization.scopes.get(key="activism")
    step = draft_step(scope=scope, days=3, subject="Hello", user=make_staff())
    step.live_since = ago(7)
    step.save()
    Mailing.objects.filter(pk=step.mailing_id).update(state="sending", started_at=ago(7))
    step.mailing.refresh_from_db()
    early, new = joined(campaign, ago(8)), joined(campaign, ago(1))
    assert "before this welcome was on" in reasons(step.mailing, early)
    answer = why(mailing=step.mailing, supporter=new)
    assert answer.got is None
    assert answer.because[0].startswith("Nothing stands in the way now. Their day for it is ")
