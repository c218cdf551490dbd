"""The page that tells organizers who of their readers still acts, by what people do themselves."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from mailings.list_health.counting import count_today, history
from mailings.models import ListHealth
from signatures.leaving import pause, unsubscribe
from signatures.models import ConsentEvent, Suppression
from tests.campaigns.admin_pages import make_organizer, words
from tests.factories import make_campaign
from tests.mailings.making import sign_up

pytestmark = pytest.mark.django_db
PAGE = "/admin/list-health/"


def came(readers, days_ago):
    """They signed and subscribed so many days ago."""
    moment = timezone.now() - timedelta(days=days_ago)
    people = [reader.pk for reader in readers]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE signatures_signature SET created_at = %s, confirmed_at = %s"
            " WHERE supporter_id = ANY(%s)",
            [moment, moment, people],
        )
        cursor.execute(
            "UPDATE signatures_subscription SET subscribed_at = %s WHERE supporter_id = ANY(%s)",
            [moment, people],
        )


@pytest.fixture
def campaign():
    """Nine readers: 3 active, 2 quiet, 1 silent, 1 resting, 1 blocked, 1 who has left."""
    campaign = make_campaign()
    readers = sign_up(campaign, 9)
    came(readers, 800)
    came(readers[:2], 10)
    came(readers[3:5], 200)
    ConsentEvent.objects.create(supporter=readers[2], choice="agreed", scope_ids=[1], via="test")
    organization_id = campaign.organization_id
    pause(supporter_id=readers[6].pk, organization_id=organization_id)
    Suppression.objects.suppress(readers[7].email_hash, "complaint")
    unsubscribe(supporter_id=readers[8].pk, organization_id=organization_id, via="test")
    return campaign


def test_each_reader_is_counted_once_by_what_they_did(campaign):
    assert count_today()
    count = ListHealth.objects.get(scope__organization=campaign.organization, scope__key="activism")
    assert (count.active, count.quiet, count.silent) == (3, 2, 1)
    assert (count.resting, count.blocked) == (1, 1)
    assert (count.joined, count.left) == (2, 1)
    assert count.readers == 8


def test_a_list_is_counted_once_a_day_and_anew_when_asked(campaign):
    assert [count_today(), count_today(), count_today(again=True)] == [True, False, True]
    month = f"{timezone.now():%Y-%m}"
    scope = campaign.organization.scopes.get(key="activism")
    assert history(scope.pk) == [(month, 7)]


def test_organizers_see_their_own_lists(client, campaign):
    make_campaign()
    client.force_login(make_organizer(campaign.organization))
    assert "Nothing is counted yet" in words(client.get(PAGE))
    count_today()
    page = words(client.get(PAGE))
    assert "8 readers" in page
    assert "active 3 38 %" in page
    assert "Nobody asks the silent" in page
    assert page.count(campaign.organization.name) == 2
    assert page.count("Counted on") == 2
    campaign.organization.asks_the_silent = True
    campaign.organization.save()
    assert "Who is silent is asked" in words(client.get(PAGE))


def test_it_is_for_staff_who_may_see_mailings(client, campaign, django_user_model):
    client.force_login(django_user_model.objects.create_user("nobody", is_staff=True))
    assert client.get(PAGE).status_code == 403
