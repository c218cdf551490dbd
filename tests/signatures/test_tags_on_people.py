"""Staff put tags on people they find in the list, and take them away; owners see what was put."""

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from campaigns.models import Campaign
from signatures.models import Supporter, Tag
from signatures.own_data import everything_about
from tests.factories import make_campaign, make_signature
from tests.mailings.making import make_staff

pytestmark = pytest.mark.django_db

PEOPLE = "admin:signatures_supporter_changelist"


@pytest.fixture
def tag(campaign: Campaign) -> Tag:
    return Tag.objects.create(organization=campaign.organization, name="volunteer")


@pytest.fixture
def staff(client: Client, campaign: Campaign) -> Client:
    user = make_staff(organization=campaign.organization)
    user.groups.add(Group.objects.get(name="Organizers"))
    client.force_login(user)
    return client


def does(staff: Client, action: str, *people: Supporter) -> str:
    chosen = {"action": action, "_selected_action": [person.pk for person in people]}
    return staff.post(reverse(PEOPLE), chosen, follow=True).content.decode()


def test_a_tag_is_put_on_people_and_taken_away(staff: Client, campaign: Campaign, tag: Tag) -> None:
    ada = make_signature(campaign, email="ada@example.org").supporter
    bob = make_signature(campaign, email="bob@example.org").supporter
    assert "Put the tag “volunteer” on them" in staff.get(reverse(PEOPLE)).content.decode()

    assert "Tag “volunteer”: new on 2." in does(staff, f"tag_{tag.pk}", ada, bob)
    assert "Tag “volunteer”: new on 0." in does(staff, f"tag_{tag.pk}", ada)
    page = reverse("admin:signatures_supporter_change", args=[ada.pk])
    assert "<li>volunteer</li>" in staff.get(page).content.decode()
    assert everything_about(ada)["tags"][0]["tag"] == "volunteer"
    assert "Tag “volunteer”: taken from 1." in does(staff, f"untag_{tag.pk}", bob)
    assert list(tag.tagged.values_list("supporter", flat=True)) == [ada.pk]


def test_t16_nobody_is_tagged_by_an_organization_they_never_signed_with(
    staff: Client, campaign: Campaign, tag: Tag
) -> None:
    stranger = make_signature(make_campaign()).supporter
    does(staff, f"tag_{tag.pk}", stranger)
    theirs = Tag.objects.create(organization=make_campaign().organization, name="theirs")
    does(staff, f"tag_{theirs.pk}", make_signature(campaign).supporter)
    assert not tag.tagged.exists()
    assert not theirs.tagged.exists()


def test_t16_readers_put_no_tags(client: Client, campaign: Campaign, tag: Tag) -> None:
    reader = make_staff(organization=campaign.organization)
    reader.groups.add(Group.objects.get(name="Readers"))
    client.force_login(reader)
    does(client, f"tag_{tag.pk}", make_signature(campaign).supporter)
    assert not tag.tagged.exists()
