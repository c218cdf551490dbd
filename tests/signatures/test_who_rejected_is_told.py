"""A signature that its owner disowned and one that staff rejected read differently, everywhere."""

import re
from datetime import timedelta

import pytest
from django.db.models import F
from django.db.models.functions import Now
from django.urls import reverse

from postroom.links import make_token
from signatures.confirming import disown
from signatures.letters.outbox import Outbox, why_not
from signatures.models import DataAccess, Letter
from signatures.signing import send_link_again
from signatures.staff.state_changing import reject, restore
from tests.campaigns.admin_pages import make_organizer, words
from tests.factories import make_campaign, make_organization, make_signature

pytestmark = pytest.mark.django_db
MINE = "/my-data/mine/"


@pytest.fixture
def signature():
    campaign = make_campaign(organization=make_organization(name="Example Action"))
    return make_signature(campaign, email="ada@example.org")


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


def test_who_signs_again_is_told_by_mail_that_staff_took_it_out_and_sees_no_difference(
    client, signature, by, smtp_sink
):
    campaign, outbox = signature.campaign, Outbox()
    Letter.objects.update(created_at=Now() - timedelta(minutes=11))
    outbox.drain()
    before, said = len(smtp_sink.mails), set()
    for email in ("ada@example.org", "amy@example.org"):
        client.cookies.clear()
        signed = client.post(campaign.get_absolute_url(), {"name": "Ada", "email": email})
        again = client.post(signed["Location"], {"again": "1"})
        said.add((signed.status_code, again["Location"], client.get(signed["Location"]).content))
    assert len(said) == 1
    outbox.drain()
    outbox.close()
    told = {one.recipients[0]: one for one in smtp_sink.mails[before:]}
    assert set(told) == {"amy@example.org", *(["ada@example.org"] if by == "staff" else [])}
    if by == "staff":
        mail = told["ada@example.org"]
        assert mail.message["Subject"] == "Your signature does not count: Tell Amazon: Stop"
        for part in (mail.text, mail.html):
            assert "The staff of EXAMPLE had taken the signature" in " ".join(part.split())
            assert "hello@example.org" in part and "/confirm/" not in part


def test_t02_letters_to_the_rejected_have_the_limits_of_all_letters(signature):
    reject(signature_ids=[signature.pk], reason="Spam", user=None)
    Letter.objects.all().delete()
    for _ in range(8):
        for _press in range(2):
            send_link_again(campaign=signature.campaign, email="ada@example.org")
        eleven = timedelta(minutes=11)
        Letter.objects.update(created_at=F("created_at") - eleven, sent_at=Now())
    assert [one.kind for one in Letter.objects.all()] == [Letter.Kind.REJECTED] * 5


def test_who_was_restored_meanwhile_is_not_told_that_they_are_out(signature):
    reject(signature_ids=[signature.pk], reason="Spam", user=None)
    Letter.objects.all().delete()
    send_link_again(campaign=signature.campaign, email="ada@example.org")
    letter = Letter.objects.get()
    assert why_not(letter) == ""
    restore(signature_ids=[signature.pk], reason="A mistake", user=None)
    assert why_not(letter) == "restored meanwhile"
