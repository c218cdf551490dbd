"""When the next digest goes is chosen in one field, and comes back as it was chosen."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Campaign, MailScope
from mailings.digesting.preparing import prepare_due
from mailings.models import DigestSchedule
from mailings.pumping import pump
from tests.campaigns.admin_pages import make_organizer, words
from tests.factories import make_campaign
from tests.mailings.making import make_update, scheduled_mailing, sign_up

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign() -> Campaign:
    campaign = make_campaign()
    sign_up(campaign, 2)
    return campaign


@pytest.fixture
def scope(campaign: Campaign) -> MailScope:
    return campaign.organization.scopes.get(key="activism")


@pytest.fixture
def staff(campaign: Campaign, client: Client) -> Client:
    client.force_login(make_organizer(campaign.organization))
    return client


def typed(scope: MailScope, due_at: datetime) -> dict[str, object]:
    return {"scope": scope.pk, "active": "on", "due_at": f"{due_at:%Y-%m-%dT%H:%M}"}


def test_a_moment_is_one_field_with_a_label_and_its_zone(staff, scope):
    due_at = (timezone.now() + timedelta(days=30)).replace(hour=18, minute=30)
    answer = staff.post(reverse("admin:mailings_digestschedule_add"), typed(scope, due_at))
    assert answer.status_code == 302
    schedule = DigestSchedule.objects.get()
    assert f"{schedule.due_at:%Y-%m-%d %H:%M %Z}" == f"{due_at:%Y-%m-%d} 18:30 UTC"
    page = staff.get(reverse("admin:mailings_digestschedule_change", args=[schedule.pk]))
    shown = f'type="datetime-local" name="due_at" value="{due_at:%Y-%m-%d}T18:30:00"'
    assert shown in page.content.decode()
    assert "18:30 UTC" in words(staff.get(reverse("admin:mailings_digestschedule_changelist")))


def test_a_time_that_is_over_is_refused_and_stays_where_it_was_typed(staff, scope):
    due_at = timezone.now() - timedelta(days=1)
    page = staff.post(reverse("admin:mailings_digestschedule_add"), typed(scope, due_at))

    assert "This time is over: the digest would go at once" in words(page)
    assert f'value="{due_at:%Y-%m-%dT%H:%M}"' in page.content.decode()
    assert not DigestSchedule.objects.exists()


def test_a_schedule_that_is_off_may_have_a_time_that_is_over_until_it_is_switched_on(staff, scope):
    past = timezone.now() - timedelta(days=90)
    schedule = DigestSchedule.objects.create(scope=scope, active=False, due_at=past)
    promises = staff.get(reverse("admin:promises")).content.decode()
    change = reverse("admin:mailings_digestschedule_change", args=[schedule.pk])
    assert "Its schedule is switched off." in promises
    assert f'<a href="{change}">Switch its digest on</a>' in promises
    assert "Schedule a digest" not in promises

    assert "This time is over" in words(staff.post(change, typed(scope, past)))
    staff.post(change, typed(scope, timezone.now() + timedelta(days=9)))
    assert "Switch its digest on" not in words(staff.get(reverse("admin:promises")))


def test_a_digest_that_goes_by_itself_asks_for_nothing(staff, campaign, scope):
    campaign.organization.mails_a_day = 1
    campaign.organization.save()
    scheduled_mailing(make_update(campaign))
    pump()
    make_update(campaign, title="More news")
    DigestSchedule.objects.create(scope=scope, due_at=timezone.now() + timedelta(days=7))
    [draft] = prepare_due()
    address = reverse("admin:mailings_mailing_change", args=[draft.pk])

    page = words(staff.get(address))
    assert "Goes out by itself at" in page
    assert "It needs no proof to go out by itself." in page
    assert "every change asks for a new one" not in page
    assert "had enough mail" not in page

    campaign.organization.postal_address = ""
    campaign.organization.save()
    page = words(staff.get(address))
    assert "As it stands it cannot go out: what it lacks is said below." in page
    assert "has no postal address" in page
    assert "Goes out by itself" not in page
