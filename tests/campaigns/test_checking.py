"""What the change page of a campaign tells its organizer to look at."""

from datetime import date

import pytest

from campaigns.checking import check_campaign, check_update
from campaigns.models import Campaign, Source, Update
from tests.factories import make_campaign

pytestmark = pytest.mark.django_db


def findings(campaign: Campaign) -> list[str]:
    return [finding.text for finding in check_campaign(Campaign.objects.get(pk=campaign.pk))]


def sourced(campaign: Campaign, key: str = "wong", **fields: object) -> Source:
    known = {"url": "https://example.org/1", "published_on": date(2018, 5, 22)}
    return Source.objects.create(campaign=campaign, key=key, title="Work", **(known | fields))


@pytest.fixture
def campaign() -> Campaign:
    campaign = make_campaign(published=False, body='<p>So.<sup data-source="wong"></sup></p>')
    campaign.organization.privacy_url = "https://example.org/privacy"
    campaign.organization.save()
    return campaign


def test_a_complete_campaign_has_nothing_to_look_at(campaign):
    sourced(campaign)
    assert findings(campaign) == []


def test_a_marker_without_a_source_is_named(campaign):
    assert findings(campaign) == ["Cited, and no source has this key: wong."]


def test_a_source_that_is_never_cited_is_named(campaign):
    sourced(campaign)
    sourced(campaign, "frej")
    assert findings(campaign) == ["Never cited: frej."]


def test_a_source_that_only_an_update_cites_is_used(campaign):
    sourced(campaign)
    sourced(campaign, "frej")
    Update.objects.create(campaign=campaign, title="News", body='<sup data-source="frej"></sup>')
    assert findings(campaign) == []


def test_a_source_without_address_or_date_is_named(campaign):
    sourced(campaign, url="", published_on=None)
    assert findings(campaign) == ["No address to check the source at: wong.", "No date: wong."]


def test_what_blocks_publication_comes_first_and_says_so(campaign):
    sourced(campaign, url="")
    campaign.targets.all().delete()
    campaign.statements.all().delete()
    found = check_campaign(campaign)
    assert [finding.blocks for finding in found] == [True, True, False]


def test_an_ask_longer_than_people_read_is_counted(campaign):
    sourced(campaign)
    campaign.ask = "word " * 61
    campaign.save()
    assert findings(campaign) == ["The ask has 61 words; up to 60 are read to the end."]


def test_a_place_for_an_empty_ask_is_noticed(campaign):
    sourced(campaign)
    campaign.body += '<div data-block="ask"></div>'
    campaign.ask = ""
    campaign.save()
    assert findings(campaign) == ["The text has a place for the ask, and the ask is empty."]


def test_an_update_is_checked_against_the_sources_of_its_campaign(campaign):
    sourced(campaign)
    update = Update(
        campaign=campaign, title="News", body='<p>A<sup data-source="nobody"></sup></p>'
    )
    assert [finding.text for finding in check_update(update)] == [
        "Cited, and no source has this key: nobody."
    ]
