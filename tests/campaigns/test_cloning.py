"""A campaign that worked is copied into a draft, and nothing of its people goes along."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaigns.cloning import KEPT, clone
from campaigns.models import Campaign, Update
from tests.campaigns.admin_pages import make_organizer, words
from tests.factories import NOTICE, STATEMENT, make_campaign, make_signature

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign() -> Campaign:
    campaign = make_campaign(
        slug="stop",
        body='<p>So.<sup data-source="wong"></sup></p>',
        asks_country=True,
        time_zone="Europe/London",
        share_title="Sign it",
        signature_goal=5000,
        closes_at=timezone.now() + timedelta(days=1),
    )
    campaign.allies.create(name="Center for Media Justice")
    campaign.sources.create(
        key="wong",
        title="Amazon under fire",
        published_on=date(2018, 5, 22),
        http_status=404,
        fail_count=3,
    )
    campaign.custom_fields.create(key="works-there", label="Do you work there?")
    campaign.corrections.create(text="Not 19 but 20.")
    campaign.topics.add(campaign.organization.topics.create(name="Privacy", slug="privacy"))
    campaign.translations.create(language="es", slug="basta", headline="Dile")
    Update.objects.create(campaign=campaign, title="News", body="<p>Yes.</p>")
    make_signature(campaign)
    campaign.win(outcome="They stopped.")
    return campaign


def test_a_copy_says_the_same_and_is_a_draft(campaign, admin_user):
    made = clone(campaign=campaign, author=admin_user)
    assert (made.state, made.slug, made.published_at) == ("draft", "stop-copy", None)
    assert all(getattr(made, name) == getattr(campaign, name) for name in KEPT)
    assert made.current_statement().text == STATEMENT
    assert made.current_statement().frozen_at is None
    notice = made.current_notice()
    assert (notice.text, set(notice.scopes.all())) == (
        NOTICE,
        set(campaign.current_notice().scopes.all()),
    )
    assert [str(target) for target in made.targets.all()] == ["Amazon CEO Jeff Bezos"]
    assert made.allies.get().name == "Center for Media Justice"
    assert made.custom_fields.get().label == "Do you work there?"
    assert made.topics.get().name == "Privacy"
    source = made.sources.get()
    assert (source.key, source.published_on) == ("wong", date(2018, 5, 22))


def test_a_copy_takes_no_people_no_news_no_outcome_and_no_dates(campaign, admin_user):
    made = clone(campaign=campaign, author=admin_user)
    assert not made.signatures.exists() and not made.updates.exists()
    assert not made.corrections.exists() and not made.translations.exists()
    assert (made.outcome, made.closes_at, made.opens_at, made.ended_at) == ("", None, None, None)
    source = made.sources.get()
    assert (source.http_status, source.fail_count) == (None, 0)
    assert campaign.sources.count() == campaign.targets.count() == 1


def test_each_copy_gets_an_address_of_its_own(campaign, admin_user):
    slugs = [clone(campaign=campaign, author=admin_user).slug for _ in range(3)]
    assert slugs == ["stop-copy", "stop-copy-2", "stop-copy-3"]
    long = make_campaign(slug="s" * 80)
    assert clone(campaign=long, author=admin_user).slug == "s" * 75 + "-copy"


def test_the_admin_asks_first_and_leads_to_the_copy(client: Client, campaign):
    client.force_login(make_organizer(campaign.organization))
    url = reverse("admin:campaigns_campaign_copy", args=[campaign.pk])
    assert "Signatures, updates, corrections" in words(client.get(url))
    assert Campaign.objects.count() == 1
    answer = client.post(url)
    made = Campaign.objects.get(slug="stop-copy")
    change = reverse("admin:campaigns_campaign_change", args=[made.pk])
    assert answer.headers["Location"] == change
    assert "still says that it is a copy" in words(client.get(change))
