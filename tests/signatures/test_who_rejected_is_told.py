"""A signature that its owner disowned and one that staff rejected read differently, everywhere."""

import re

import pytest
from django.urls import reverse

from postroom.links import make_token
from signatures.confirming import disown
from signatures.models import DataAccess
from signatures.staff.state_changing import reject
from tests.campaigns.admin_pages import make_organizer, words
from tests.factories import make_campaign, make_organization, make_signature

pytestmark = pytest.mark.django_db
MINE = "/my-data/mine/"


@pytest.fixture
def signature():
    return make_signature(make_campaign(organization=make_organization(name="Example Action")))


@pytest.fixture(params=["owner", "staff"])
def by(request, signature):
    """Who rejected the signature."""
    if request.param == "owner":
        disown(signature_id=signature.pk)
    else:
        reject(signature_ids=[signature.pk], reason="Spam", user=None)
    return request.param


@pytest.mark.parametrize("purpose", ["confirm", "withdraw"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_the_page_behind_a_link_tells_who(client, signature, by, purpose, method):
    address = reverse(purpose, args=[make_token(purpose, signature.pk)])
    said = words(getattr(client, method)(address, {"name": "Ada"}))
    ours, theirs = "took it out of the count", "we will not write to you about this petition again"
    assert (ours in said, theirs in said) == (by == "staff", by == "owner")
    assert ("hello@example.org" in said) or by == "owner"


def test_their_own_data_tells_who(client, signature, by):
    client.post(f"/my-data/{DataAccess.objects.issue(signature.supporter_id)}/")
    said = {"owner": "its owner said “not me”", "staff": "ejected by staff"}
    page = words(client.get(MINE))
    assert [who for who, word in said.items() if word in page] == [by]
    (held,) = client.get(f"{MINE}export/").json()["signatures"]
    assert held["state"] == "rejected"
    assert said[by] in held["meaning"]


def test_the_admin_tells_who(client, signature, by):
    client.force_login(make_organizer(signature.campaign.organization))
    page = words(client.get(reverse("admin:signatures_signature_change", args=[signature.pk])))
    told = re.search(r"rejected by staff|rejected: its owner said", page)
    assert told[0].endswith("staff") == (by == "staff")
