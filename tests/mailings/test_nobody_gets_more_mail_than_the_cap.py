"""One bulk mail a day and three a week for each person, whatever an organization sends."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from campaigns.models import Campaign, Organization
from mailings import audience
from mailings.models import Mailing, Recipient, SkipReason
from signatures.models import Supporter
from tests.campaigns.admin_pages import make_organizer, words
from tests.factories import make_campaign
from tests.mailings.making import make_lane, make_update, sign_up

pytestmark = pytest.mark.django_db

Status = Recipient.Status


@pytest.fixture
def campaign() -> Campaign:
    make_lane()
    return make_campaign()


def frozen(campaign: Campaign) -> Mailing:
    """A mailing of new news, its audience written down."""
    mailing = Mailing.objects.create(
        organization=campaign.organization,
        scope=campaign.organization.scopes.get(key="activism"),
        campaign=campaign,
        subject="News",
        state=Mailing.State.SCHEDULED,
        starts_at=timezone.now(),
    )
    mailing.updates.add(make_update(campaign))
    while audience.freeze_page(mailing.pk):
        pass
    mailing.refresh_from_db()
    return mailing


def got_it(mailing: Mailing, ago: timedelta, status: int = Status.SENT) -> None:
    """Everyone in it got it so long ago."""
    rows = Recipient.objects.filter(mailing=mailing, status=Status.PENDING)
    rows.update(status=status, done_at=timezone.now() - ago)


def capped(mailing: Mailing) -> set[int]:
    """Who had had enough when it was frozen."""
    rows = Recipient.objects.filter(
        mailing=mailing, status=Status.SKIPPED, code=SkipReason.CAPPED, seq__lt=0
    )
    return set(rows.values_list("supporter", flat=True))


def owed(mailing: Mailing) -> set[int]:
    rows = Recipient.objects.filter(mailing=mailing, status=Status.PENDING)
    return set(rows.values_list("supporter", flat=True))


def ids(people: list[Supporter]) -> set[int]:
    return {person.pk for person in people}


def test_a_second_mail_within_a_day_is_kept_back_and_its_reason_is_written_down(
    campaign: Campaign,
) -> None:
    before = sign_up(campaign, 3)
    first = frozen(campaign)
    got_it(first, timedelta(hours=23))
    new = sign_up(campaign, 2)

    second = frozen(campaign)

    assert capped(second) == ids(before)
    assert owed(second) == ids(new)
    assert second.audience_size == 2


def test_a_mail_that_is_still_to_leave_counts_as_if_it_left_now(campaign: Campaign) -> None:
    people = sign_up(campaign, 2)
    frozen(campaign)

    assert capped(frozen(campaign)) == ids(people)


def test_who_never_got_the_other_mail_gets_this_one(campaign: Campaign) -> None:
    people = sign_up(campaign, 2)
    for status in (Status.FAILED, Status.SKIPPED):
        got_it(frozen(campaign), timedelta(), status)
    cancelled = frozen(campaign)
    assert cancelled.cancel()

    assert owed(frozen(campaign)) == ids(people)


def test_after_three_mails_in_a_week_the_fourth_waits(campaign: Campaign) -> None:
    people = sign_up(campaign, 1)
    for days in (6, 4, 2):
        got_it(frozen(campaign), timedelta(days=days))
    fourth = frozen(campaign)
    assert capped(fourth) == ids(people)

    Recipient.objects.filter(done_at__lt=timezone.now() - timedelta(days=5)).update(
        done_at=timezone.now() - timedelta(days=8)
    )
    assert owed(frozen(campaign)) == ids(people)


@pytest.mark.parametrize(
    ("limits", "stopped"), [({"mails_a_day": 2}, False), ({"mails_a_day": None}, False), ({}, True)]
)
def test_each_organization_sets_its_own_cap(
    campaign: Campaign, limits: dict[str, Any], stopped: bool
) -> None:
    Organization.objects.filter(pk=campaign.organization_id).update(**limits)
    campaign.refresh_from_db()
    sign_up(campaign, 1)
    got_it(frozen(campaign), timedelta(hours=1))

    assert bool(capped(frozen(campaign))) is stopped


def test_what_another_organization_sends_is_its_own_affair(campaign: Campaign) -> None:
    people = sign_up(campaign, 1)
    theirs = make_campaign()
    scope = theirs.organization.scopes.get(key="activism")
    people[0].subscriptions.create(scope=scope)
    sent = Mailing.objects.create(
        organization=theirs.organization,
        scope=scope,
        subject="Theirs",
        state=Mailing.State.SCHEDULED,
        starts_at=timezone.now(),
    )
    while audience.freeze_page(sent.pk):
        pass
    got_it(sent, timedelta(hours=1))
    assert Recipient.objects.filter(mailing=sent).count() == 1

    assert owed(frozen(campaign)) == ids(people)


def test_pages_of_kept_back_people_get_numbers_of_their_own(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mailings.audience.freezing.PAGE", 2)
    people = sign_up(campaign, 5)
    got_it(frozen(campaign), timedelta(hours=1))

    second = frozen(campaign)

    assert capped(second) == ids(people)
    rows = Recipient.objects.filter(mailing=second).order_by("seq")
    assert list(rows.values_list("seq", flat=True)) == [-5, -4, -3, -2, -1]


def test_who_sends_is_told_how_many_wait_for_a_catch_up(campaign: Campaign, client) -> None:
    sign_up(campaign, 1)
    got_it(frozen(campaign), timedelta(hours=2))
    sign_up(campaign, 1)
    draft = Mailing.objects.create(
        organization=campaign.organization,
        scope=campaign.organization.scopes.get(key="activism"),
        campaign=campaign,
        subject="More news",
    )
    draft.updates.add(make_update(campaign))
    assert (audience.count(draft), audience.capped_count(draft)) == (2, 1)
    client.force_login(make_organizer(campaign.organization))
    shown = words(client.get(f"/admin/mailings/mailing/{draft.pk}/change/"))
    assert "1 of them has had enough mail for today or this week" in shown
