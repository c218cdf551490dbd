"""A new sending domain grows by a plan: so many mails a day, never more, and on only when it went
well."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from mailings.list_health import warming
from mailings.models import Lane, LaneDay, MailEvent, WarmUp
from mailings.progress import progress_of
from mailings.pumping import pump
from mailings.sending import send_slice
from tests.factories import make_campaign
from tests.mailings.driving import assert_invariants
from tests.mailings.making import make_lane, make_update, scheduled_mailing, sign_up, statuses

pytestmark = pytest.mark.django_db


@pytest.fixture
def lane():
    make_lane()
    return Lane.objects.get(number=Lane.DEFAULT)


def cap(lane):
    lane.refresh_from_db()
    return lane.day_cap


def days_pass(lane, plan, *mails):
    """Days went by with so many mails each, up to yesterday."""
    today = timezone.now().date()
    WarmUp.objects.filter(pk=plan.pk).update(began_on=today - timedelta(days=len(mails)))
    for ago, number in enumerate(reversed(mails), start=1):
        LaneDay.objects.create(lane=lane, day=today - timedelta(days=ago), mails=number)


def test_no_more_mails_than_the_cap_leave_in_a_day_and_the_others_the_next(smtp_sink, lane):
    campaign = make_campaign()
    sign_up(campaign, 25)
    mailing = scheduled_mailing(make_update(campaign))
    Lane.objects.update(day_cap=10)
    smtp_sink.mails.clear()
    for _ in range(3):
        pump()
        send_slice(lane=lane.number)
    assert len(smtp_sink.mails) == 10
    assert statuses(mailing) == {"sent": 10, "pending": 15}
    mailing.refresh_from_db()
    tomorrow = timezone.now() + timedelta(days=1)
    assert progress_of(mailing).sentence == (
        "10 of 25 done, 15 left. As many as may leave in a day have left: it goes on at"
        f" {tomorrow.day} {tomorrow:%b}, 00:00 UTC."
    )
    assert_invariants()
    LaneDay.objects.update(day=timezone.now().date() - timedelta(days=1))
    Lane.objects.update(day_cap=100)
    assert progress_of(mailing).waits == ""
    pump()
    send_slice(lane=lane.number)
    assert statuses(mailing) == {"sent": 25}
    assert sorted(LaneDay.objects.values_list("mails", flat=True)) == [10, 15]


def test_what_is_given_back_does_not_count(smtp_sink, lane):
    campaign = make_campaign()
    sign_up(campaign, 8)
    scheduled_mailing(make_update(campaign))
    pump()
    stops = iter([False, False, False, True, True])
    send_slice(lane=lane.number, stopping=lambda: next(stops, True))
    sent = LaneDay.objects.get().mails
    assert 0 < sent < 8


def test_the_plan_moves_on_after_days_on_which_mails_went_out(lane):
    plan = warming.begin(lane)
    assert cap(lane) == 200
    warming.move_on()
    assert cap(lane) == 200
    days_pass(lane, plan, 200, 0, 500)
    WarmUp.objects.update(looked_on=None)
    warming.move_on()
    assert cap(lane) == 1_000


def test_a_day_of_which_too_much_came_back_is_repeated(lane, smtp_sink):
    campaign = make_campaign()
    readers = sign_up(campaign, 20)
    mailing = scheduled_mailing(make_update(campaign))
    pump()
    plan = warming.begin(lane)
    days_pass(lane, plan, 200)
    MailEvent.objects.bulk_create(
        MailEvent(
            provider="esp",
            digest=f"{reader.pk}".encode(),
            kind="hard",
            mailing_number=mailing.pk,
            supporter_number=reader.pk,
            happened_at=timezone.now(),
        )
        for reader in readers
    )
    warming.move_on()
    assert cap(lane) == 200
    warming.move_on()
    assert WarmUp.objects.get().held_days == 1


def test_after_the_last_day_nothing_is_held_back(lane):
    plan = warming.begin(lane)
    days_pass(lane, plan, *warming.PLAN)
    warming.move_on()
    assert cap(lane) is None
    assert WarmUp.objects.get().ended_on


def test_a_superuser_begins_and_ends_it_in_the_admin(admin_client, client, lane):
    page = f"/admin/mailings/lane/{lane.pk}/change/"
    press = reverse("admin:mailings_lane_warm_up", args=[lane.pk])
    assert admin_client.get(press).status_code == 405
    admin_client.post(press, {"begin": "1"})
    assert cap(lane) == 200
    assert "mails today" in admin_client.get(page).content.decode()
    admin_client.post(press, {"end": "1"})
    assert cap(lane) is None
    assert client.post(press).status_code == 302  # to the login
