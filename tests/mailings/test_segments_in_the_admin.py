"""An organizer puts a segment together without a script, and sees whom it describes."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from campaigns.models import Campaign
from mailings import audience
from mailings.models import Segment
from tests.factories import make_campaign
from tests.mailings.making import make_staff, sign_up

pytestmark = pytest.mark.django_db

ADD = "admin:mailings_segment_add"


@pytest.fixture
def campaign() -> Campaign:
    campaign = make_campaign(headline="Save the pond")
    sign_up(campaign, 7)
    return campaign


@pytest.fixture
def staff(client: Client, campaign: Campaign) -> Client:
    user = make_staff(organization=campaign.organization)
    user.groups.add(Group.objects.get(name="Organizers"))
    client.force_login(user)
    return client


def row(number: int, kind: str, **values: Any) -> dict[str, Any]:
    """The fields of one condition."""
    return {
        f"row-{number}-kind": kind,
        **{f"row-{number}-{name}": value for name, value in values.items()},
    }


def test_from_nothing_to_a_saved_segment(staff: Client, campaign: Campaign) -> None:
    other = make_campaign(organization=campaign.organization, headline="Save the wood")
    add = reverse(ADD)
    assert "this describes everyone" in staff.get(add).content.decode()

    typed: dict[str, Any] = {"name": "Pond"}
    page = staff.post(add, typed | {"add": "1", "new_kind": "signed"}).content.decode()
    assert 'name="row-0-campaign"' in page
    assert 'value="Pond"' in page
    typed |= row(0, "signed", campaign=campaign.pk)
    page = staff.post(
        add, typed | {"add": "1", "new_kind": "signed", "new_joins": "and"}
    ).content.decode()
    assert f'<option value="{campaign.pk}" selected>' in page
    assert 'name="row-1-campaign"' in page
    typed |= row(1, "signed", campaign=other.pk, joins="and", negated="on")

    page = staff.post(add, typed | {"look": "1"}).content.decode()
    assert "People who signed “Save the pond” and did not sign “Save the wood”." in page
    assert "7 people" in page
    assert page.count("•••@example.org") == 5
    assert not Segment.objects.exists()

    page = staff.post(add, typed | {"save": "1"}, follow=True).content.decode()
    segment = Segment.objects.get()
    assert segment.name == "Pond"
    assert "7 people" in page
    assert 'name="row-1-negated"' in page
    listed = staff.get(reverse("admin:mailings_segment_changelist")).content.decode()
    assert "did not sign “Save the wood”" in listed


def test_a_condition_is_taken_away_and_the_others_keep_what_was_typed(
    staff: Client, campaign: Campaign
) -> None:
    typed = row(0, "source", code="tw1") | row(1, "source", code="fb2", joins="or")
    page = staff.post(reverse(ADD), typed | {"remove": "0"}).content.decode()
    assert 'value="fb2"' in page
    assert 'value="tw1"' not in page
    assert "row-1-kind" not in page


@pytest.mark.parametrize("pressed", [{"add": "1", "new_kind": "joined"}, {"remove": "1"}])
def test_a_row_is_added_or_taken_away_without_a_word_about_what_is_still_empty(
    staff: Client, campaign: Campaign, pressed: dict[str, str]
) -> None:
    typed = {"name": "", "most": "0"} | row(0, "active", times="0", days="") | row(1, "country")
    response = staff.post(reverse(ADD), typed | pressed)
    page = response.content.decode()
    assert response.status_code == 200
    for complaint in ("Please correct", "This field is required", "errorlist", "Ensure this value"):
        assert complaint not in page
    assert 'name="row-0-times" value="0"' in page
    assert 'name="most" value="0"' in page


def test_what_was_typed_and_chosen_stays_when_a_row_is_added(
    staff: Client, campaign: Campaign
) -> None:
    typed = row(0, "active", times="2", days="30", negated="on")
    typed |= row(1, "joined", date="2026-05-01", joins="or") | row(2, "country", country="NZ")
    page = staff.post(reverse(ADD), typed | {"add": "1", "new_kind": "tagged"}).content.decode()
    assert 'name="row-0-days" value="30"' in page
    assert re.search(r'name="row-0-negated"[^>]*checked', page)
    assert 'value="2026-05-01"' in page
    assert '<option value="or" selected>' in page
    assert '<option value="NZ" selected>' in page
    assert 'name="row-3-tag"' in page


@pytest.mark.parametrize(
    ("times", "days", "said"),
    [
        (1, 1, "signed at least 1 time in the last 1 day."),
        (2, 90, "signed at least 2 times in the last 90 days."),
        (1, 1000, "signed at least 1 time in the last 1,000 days."),
    ],
)
def test_once_is_said_in_the_singular(
    staff: Client, campaign: Campaign, times: int, days: int, said: str
) -> None:
    typed = {"name": "A", "look": "1"} | row(0, "active", times=times, days=days)
    assert said in staff.post(reverse(ADD), typed).content.decode()


def test_what_is_missing_is_said_beside_its_field_and_nothing_is_lost(
    staff: Client, campaign: Campaign
) -> None:
    typed = {"name": "", "save": "1"} | row(0, "active", times="0", days="90")
    response = staff.post(reverse(ADD), typed)
    page = response.content.decode()
    assert response.status_code == 422
    assert "greater than or equal to 1" in page
    assert 'value="90"' in page
    assert not Segment.objects.exists()


def test_a_name_stands_for_one_segment(staff: Client, campaign: Campaign) -> None:
    Segment.objects.create(organization=campaign.organization, name="Pond")
    page = staff.post(reverse(ADD), {"name": "Pond", "save": "1"}).content.decode()
    assert "There is a segment of this name already." in page


def test_an_audience_that_takes_too_long_says_so_and_can_still_be_saved(
    staff: Client, campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audience.counting, "_COUNT", "SELECT pg_sleep(1), 1, 1 FROM ({}) parts")
    monkeypatch.setattr(audience.counting, "PATIENCE", "50ms")
    segment = Segment.objects.create(organization=campaign.organization, name="All")
    page = reverse("admin:mailings_segment_change", args=[segment.pk])

    shown = staff.get(page).content.decode()
    assert "could not be counted in time" in shown
    assert "save it all the same" in shown
    staff.post(page, {"name": "Everybody", "save": "1"})
    segment.refresh_from_db()
    assert segment.name == "Everybody"


def test_t16_another_organization_s_segment_is_not_there(staff: Client, campaign: Campaign) -> None:
    theirs = Segment.objects.create(organization=make_campaign().organization, name="Theirs")
    for view in ("change", "delete", "history"):
        url = reverse(f"admin:mailings_segment_{view}", args=[theirs.pk])
        assert staff.get(url).status_code == 404
    url = reverse("admin:mailings_segment_change", args=[theirs.pk])
    assert staff.post(url, {"name": "Mine", "save": "1"}).status_code == 404
    stranger = make_campaign()
    typed = {"name": "X", "save": "1"} | row(0, "signed", campaign=stranger.pk)
    assert staff.post(reverse(ADD), typed).status_code == 422


def test_t16_readers_look_and_change_nothing(client: Client, campaign: Campaign) -> None:
    segment = Segment.objects.create(organization=campaign.organization, name="All")
    reader = make_staff(organization=campaign.organization)
    reader.groups.add(Group.objects.get(name="Readers"))
    client.force_login(reader)
    page = reverse("admin:mailings_segment_change", args=[segment.pk])

    assert 'name="save"' not in client.get(page).content.decode()
    assert client.post(page, {"name": "Mine", "save": "1"}).status_code == 403
    assert client.get(reverse(ADD)).status_code == 403
