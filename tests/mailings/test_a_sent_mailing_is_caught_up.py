"""Who joined after a send, or had had enough mail, gets it by a catch-up; nobody gets it twice."""

from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from campaigns.models import Campaign
from mailings import audience
from mailings.models import CatchUp, Mailing, Recipient
from mailings.pumping import pump
from mailings.seconding import SLIGHT_GROWTH
from mailings.sending import send_slice
from signatures.leaving import unsubscribe
from tests.mailings.driving import assert_invariants
from tests.mailings.making import make_staff, make_update, scheduled_mailing, sign_up
from tests.rig.smtp_sink import SMTPSink

pytestmark = pytest.mark.django_db


def go_out(mailing: Mailing) -> None:
    """Everything that is due leaves."""
    for _ in range(3):
        pump()
        send_slice(lane=0)
    pump()
    mailing.refresh_from_db()


def sent(campaign: Campaign) -> Mailing:
    mailing = scheduled_mailing(make_update(campaign))
    go_out(mailing)
    assert mailing.state == Mailing.State.SENT
    return mailing


def hold_is_over(catch_up: CatchUp | None) -> None:
    assert catch_up
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE mailings_catchup SET starts_at = now() - interval '1 second' WHERE id = %s",
            [catch_up.pk],
        )


def age(mailing: Mailing, by: timedelta) -> None:
    """As if it had gone out so long ago."""
    then = timezone.now() - by
    Recipient.objects.filter(mailing=mailing, status=3).update(done_at=then)


def too_slow(_mailing: Mailing) -> int:
    raise audience.TooSlow


def begin(mailing: Mailing) -> CatchUp | None:
    """A catch-up for as many as it would reach now."""
    counted = audience.catch_up_count(mailing)
    return audience.begin_catch_up(mailing=mailing, user=make_staff(), counted=counted)


def test_those_who_joined_later_get_it_and_nobody_gets_it_twice(
    campaign: Campaign, smtp_sink: SMTPSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_up(campaign, 5)
    mailing = sent(campaign)
    new = sign_up(campaign, 7)
    left = new.pop()
    unsubscribe(supporter_id=left.pk, organization_id=campaign.organization_id, via="test")
    smtp_sink.mails.clear()
    monkeypatch.setattr("mailings.audience.freezing.PAGE", 4)
    monkeypatch.setattr("mailings.audience.freezing.CHUNK", 2)
    assert audience.catch_up_count(mailing) == 6

    catch_up = begin(mailing)
    go_out(mailing)
    assert not smtp_sink.mails, "not before the hold is over"
    hold_is_over(catch_up)
    go_out(mailing)
    go_out(mailing)

    went_to = Counter(mail.recipients[0] for mail in smtp_sink.mails)
    assert went_to == Counter(person.email for person in new)
    assert mailing.state == Mailing.State.SENT
    assert mailing.audience_size == 11
    assert CatchUp.objects.get().added == 6
    assert CatchUp.objects.get().ended == "done"
    assert audience.catch_up_count(mailing) == 0
    assert_invariants()


def test_who_had_had_enough_gets_it_when_they_may(campaign: Campaign, smtp_sink: SMTPSink) -> None:
    people = sign_up(campaign, 3)
    first = sent(campaign)
    second = sent(campaign)
    assert Recipient.objects.filter(mailing=second, status=6, seq__lt=0).count() == 3
    assert audience.catch_up_count(second) == 0, "they still have had enough"
    age(first, timedelta(days=2))
    assert audience.catch_up_count(second) == 3
    smtp_sink.mails.clear()

    hold_is_over(begin(second))
    go_out(second)

    assert sorted(m.recipients[0] for m in smtp_sink.mails) == sorted(p.email for p in people)
    assert second.audience_size == 3
    assert_invariants()


def test_one_catch_up_at_a_time_and_it_can_be_taken_back(
    campaign: Campaign, smtp_sink: SMTPSink
) -> None:
    sign_up(campaign, 1)
    mailing = sent(campaign)
    sign_up(campaign, 1)
    smtp_sink.mails.clear()
    catch_up = begin(mailing)
    assert catch_up
    assert begin(mailing) is None
    assert catch_up.take_back()
    assert not catch_up.take_back()
    hold_is_over(catch_up)
    go_out(mailing)
    assert not smtp_sink.mails
    assert begin(mailing)


def test_one_that_nobody_began_in_time_adds_nobody(campaign: Campaign, smtp_sink: SMTPSink) -> None:
    sign_up(campaign, 1)
    mailing = sent(campaign)
    sign_up(campaign, 1)
    smtp_sink.mails.clear()
    begin(mailing)
    CatchUp.objects.update(starts_at=timezone.now() - timedelta(minutes=61))
    go_out(mailing)
    assert not smtp_sink.mails
    assert CatchUp.objects.get().ended == "late"


def test_one_that_would_reach_many_more_by_then_adds_nobody(
    campaign: Campaign, smtp_sink: SMTPSink
) -> None:
    sign_up(campaign, 1)
    mailing = sent(campaign)
    sign_up(campaign, 1)
    smtp_sink.mails.clear()
    catch_up = begin(mailing)
    sign_up(campaign, SLIGHT_GROWTH + 1)
    hold_is_over(catch_up)
    go_out(mailing)
    assert not smtp_sink.mails
    assert CatchUp.objects.get().ended == "grown"

    hold_is_over(begin(mailing))
    go_out(mailing)
    assert len(smtp_sink.mails) == SLIGHT_GROWTH + 2, "whom it was asked for again"


def test_one_that_comes_to_need_a_second_person_adds_nobody(
    campaign: Campaign, smtp_sink: SMTPSink
) -> None:
    sign_up(campaign, 1)
    mailing = sent(campaign)
    sign_up(campaign, 2)
    campaign.organization.second_person_above = 3
    campaign.organization.save()
    smtp_sink.mails.clear()
    alone = audience.begin_catch_up(mailing=mailing, user=mailing.created_by, counted=2)
    sign_up(campaign, 2)
    hold_is_over(alone)
    go_out(mailing)
    assert not smtp_sink.mails
    assert CatchUp.objects.get().ended == "grown"


def test_one_that_cannot_be_counted_adds_nobody(
    campaign: Campaign, smtp_sink: SMTPSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_up(campaign, 1)
    mailing = sent(campaign)
    sign_up(campaign, 1)
    smtp_sink.mails.clear()
    hold_is_over(begin(mailing))
    with monkeypatch.context() as patience:
        patience.setattr("mailings.scheduling.audience.catch_up_count", too_slow)
        go_out(mailing)
    assert not smtp_sink.mails

    go_out(mailing)
    assert len(smtp_sink.mails) == 1, "it is when it can be counted again"


def test_what_is_not_sent_is_not_caught_up(campaign: Campaign, smtp_sink: SMTPSink) -> None:
    sign_up(campaign, 1)
    mailing = scheduled_mailing(make_update(campaign))
    assert begin(mailing) is None
