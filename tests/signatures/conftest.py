"""What most tests here begin with: an open campaign, and somebody at work in the admin."""

import pytest
from django.test import Client

from campaigns.models import Campaign
from tests.campaigns.admin_pages import make_organizer
from tests.factories import make_campaign


@pytest.fixture
def campaign() -> Campaign:
    """An open campaign with a statement, a notice and a target."""
    return make_campaign()


@pytest.fixture
def staff(client: Client, campaign: Campaign) -> Client:
    """A browser in which an organizer of the campaign's organization is logged in."""
    client.force_login(make_organizer(campaign.organization))
    return client
