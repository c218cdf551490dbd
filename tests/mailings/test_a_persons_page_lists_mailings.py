"""“Why did I get this?” is answered on one page of the admin."""

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone

from mailings.models import Mailing, Recipient
from signatures.models import Signature
from tests.campaigns.admin_pages import make_organizer, words
from tests.factories import make_campaign, make_signature

pytestmark = pytest.mark.django_db


def sent_to(signature: Signature, subject: str) -> Mailing:
    """A mailing of the signature's organization that reached its signer."""
    organization = signature.campaign.organization
    scope = organization.scopes.get(key="activism")
    mailing = Mailing.objects.create(organization=organization, scope=scope, subject=subject)
    Recipient.objects.create(
        mailing=mailing,
        lane=0,
        seq=1,
        supporter=signature.supporter,
        subscription=signature.supporter.subscriptions.get(scope=scope),
        status=Recipient.Status.SENT,
        done_at=timezone.now(),
    )
    return mailing


@pytest.fixture
def signature() -> Signature:
    return make_signature(make_campaign(), email="ada@example.org")


@pytest.fixture
def organizer(signature: Signature) -> User:
    return make_organizer(signature.campaign.organization)


def test_a_persons_page_lists_what_they_were_mailed_by_us_alone(client, signature, organizer):
    sent_to(signature, "They listened")
    sent_to(make_signature(make_campaign(), email="ada@example.org"), "News of somebody else")
    client.force_login(organizer)
    url = reverse("admin:signatures_supporter_change", args=[signature.supporter_id])
    page = words(client.get(url))
    assert "They listened · sent" in page
    assert "News of somebody else" not in page


def test_somebody_who_was_mailed_nothing_is_said_to_have_got_none(client, signature, organizer):
    client.force_login(organizer)
    url = reverse("admin:signatures_supporter_change", args=[signature.supporter_id])
    assert "Mailings None." in words(client.get(url))
