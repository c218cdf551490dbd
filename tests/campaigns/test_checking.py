"""What the change page of a campaign tells its organizer to look at."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from campaigns.checking import check_campaign, check_update
from campaigns.models import Campaign, Source, Update
from tests.factories import make_campaign

pytestmark = pytest.mark.django_db


def findings(campaign: Campaign) -> list[str]:
    return [finding.text for finding in check_campaign(Campaign.objects.get(pk=campaign.pk))]


def sourced(campaign: Campaign, key: str = "wong", **fields: object) -> Source:
    known = {"url": f"https://example.org/{key}", "published_on": date(2018, 5, 22)}
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


def test_two_sources_at_one_address_are_named(campaign):
    sourced(campaign, url="https://example.org/same")
    sourced(campaign, "frej", url="https://example.org/same")
    assert "The same address: wong, frej." in findings(campaign)


def test_an_address_without_https_is_named(campaign):
    sourced(campaign, url="http://example.org/1")
    assert findings(campaign) == [
        "An address without https, which others can read along and change: wong."
    ]


def test_counting_at_once_comes_with_a_warning(campaign):
    sourced(campaign)
    campaign.proof = Campaign.Proof.AT_ONCE
    unproven, revealing = check_campaign(campaign)
    assert "before their address is confirmed" in unproven.text and not unproven.blocks
    assert "“Confirm first” tells nobody" in revealing.text and not revealing.blocks


def test_an_organization_without_addresses_is_told_so(campaign):
    sourced(campaign)
    organization = campaign.organization
    organization.privacy_url = organization.contact_address = organization.postal_address = ""
    organization.save()
    assert findings(campaign) == [
        "The organization has no privacy notice to link to.",
        "The organization names no address for questions on privacy.",
        "The organization has no postal address, which every bulk mail needs.",
    ]


def test_a_closing_time_that_has_passed_blocks(campaign):
    sourced(campaign)
    campaign.closes_at = timezone.now() - timedelta(minutes=1)
    [finding] = check_campaign(campaign)
    assert finding.blocks and "closing time has passed" in finding.text


def test_a_picture_that_is_not_described_blocks(campaign, settings):
    settings.MEDIA_URL = "/media/"
    sourced(campaign)
    picture = '<p><img src="/media/pictures/a.jpg" alt="{}"></p>'
    campaign.body += picture.format("A camera on a lamp post")
    assert check_campaign(campaign) == []
    campaign.body += picture.format(" ")
    [finding] = check_campaign(campaign)
    assert finding.blocks and "Say what each picture shows" in finding.text


def test_an_address_that_still_says_copy_is_noticed(campaign):
    sourced(campaign)
    campaign.slug = "stop-copy-2"
    assert [f.text for f in check_campaign(campaign)] == [
        "The page's address still says that it is a copy."
    ]


def test_an_ask_that_is_far_too_long_is_to_be_cut(campaign):
    sourced(campaign)
    campaign.ask = "word " * 91
    campaign.save()
    [finding] = findings(campaign)
    assert finding.startswith("The ask has 91 words. Cut it")


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
