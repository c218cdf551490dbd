"""Staff see every version of what people signed and agreed to, and how many did."""

import pytest
from django.test import Client
from django.urls import reverse

from campaigns.admin.texts import compare
from campaigns.models import Campaign
from campaigns.revising import revise_notice, revise_statement
from tests.campaigns.admin_pages import words
from tests.factories import make_signature

pytestmark = pytest.mark.django_db


def texts(staff: Client, campaign: Campaign) -> str:
    return words(staff.get(reverse("admin:campaigns_campaign_texts", args=[campaign.pk])))


def test_each_version_says_why_when_by_whom_and_how_many_signed_it(staff, campaign, admin_user):
    for _ in range(2):
        make_signature(campaign)
    make_signature(campaign, confirmed=False)
    revise_statement(
        campaign=campaign,
        text="Stop it at once.",
        reason="The target asked when.",
        change_note="“At once” was added.",
        author=admin_user,
    )
    make_signature(campaign)
    page = texts(staff, campaign)
    assert "Why: The target asked when." in page
    assert "The page says: “At once” was added." in page
    assert admin_user.username in page
    newest, oldest = page.index("Version 2"), page.index("Version 1")
    assert newest < oldest
    assert "1 signature stands on it" in page[newest:oldest]
    assert "2 signatures stand on it" in page[oldest:]


def test_notices_have_a_history_too(staff, campaign):
    revise_notice(
        campaign=campaign,
        text="News of this campaign.",
        kind="yes_no",
        scopes=campaign.organization.scopes.filter(key="activism"),
    )
    page = texts(staff, campaign)
    assert "yes or no, neither chosen" in page and "News of this campaign." in page
    assert "a box, unticked" in page


def test_a_comparison_shows_what_came_and_what_went():
    stretches = [(s.kind, s.text) for s in compare("Stop it now please", "Stop it at once please")]
    assert stretches == [
        ("same", "Stop it"),
        ("gone", "now"),
        ("added", "at once"),
        ("same", "please"),
    ]
