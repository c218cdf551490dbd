"""Staff read replies to their own organization's mails, and lift blocks with a reason."""

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse
from django.utils import timezone

from mailings.models import ArrivedMail, MailEvent, Mailing, Reply
from signatures.models import Suppression
from tests.campaigns.admin_pages import make_organizer
from tests.factories import make_campaign, make_signature

pytestmark = pytest.mark.django_db
REPLIES = "/admin/mailings/reply/"


@pytest.fixture
def campaign():
    return make_campaign()


@pytest.fixture
def organizer(client, campaign):
    user = make_organizer(campaign.organization)
    client.force_login(user)
    return user


def make_reply(organization, **fields):
    arrived = ArrivedMail.objects.create(
        digest=str(ArrivedMail.objects.count()).encode(),
        raw=b"raw",
        kind="reply",
        read_at=timezone.now(),
    )
    given = {"sender": "reader@example.org", "subject": "Re: News", "text": "One <b>\nTwo"}
    return Reply.objects.create(
        arrived=arrived, organization=organization, arrived_at=timezone.now(), **(given | fields)
    )


def test_replies_wait_in_a_list_until_somebody_ticks_them_off(client, campaign, organizer):
    scope = campaign.organization.scopes.first()
    mailing = Mailing.objects.create(
        organization=campaign.organization, scope=scope, subject="What happened"
    )
    reply = make_reply(campaign.organization, mailing_number=mailing.pk)
    assert "Re: News" in client.get(REPLIES).content.decode()
    assert "Replies that wait" in client.get("/admin/").content.decode()
    page = client.get(f"{REPLIES}{reply.pk}/change/").content.decode()
    assert "One &lt;b&gt;<br>Two" in page
    assert "What happened" in page
    done = reverse("admin:mailings_reply_done", args=[reply.pk])
    assert client.get(done).status_code == 405
    for _ in range(2):
        assert client.post(done).status_code == 302
    assert LogEntry.objects.filter(object_id=reply.pk).count() == 1
    client.get(REPLIES)  # tells that it is done
    assert "Re: News" not in client.get(REPLIES).content.decode()
    assert "Re: News" in client.get(f"{REPLIES}?state=done").content.decode()


def test_replies_to_others_and_to_nobody_are_as_if_they_were_not(client, organizer):
    others = make_reply(make_campaign().organization)
    nobodys = make_reply(None)
    assert "Re: News" not in client.get(REPLIES).content.decode()
    for reply in (others, nobodys):
        assert client.post(reverse("admin:mailings_reply_done", args=[reply.pk])).status_code == 404
    assert not LogEntry.objects.exists()


def test_events_are_for_whoever_runs_the_site(client, organizer, admin_user):
    MailEvent.objects.create(
        provider="mailgun", digest=b"1", kind="hard", happened_at=timezone.now()
    )
    assert client.get("/admin/mailings/mailevent/").status_code == 403
    client.force_login(admin_user)
    assert "mailgun" in client.get("/admin/mailings/mailevent/").content.decode()


def block_of(campaign, reason="complaint"):
    signature = make_signature(campaign, email="ada@example.org")
    Suppression.objects.suppress(signature.supporter.email_hash, reason)
    return Suppression.objects.get(reason=reason)


def test_a_complaint_is_lifted_with_a_reason_by_whoever_may(client, campaign, admin_user):
    block = block_of(campaign)
    client.force_login(admin_user)
    assert (
        "Let mail go again"
        in client.get(f"/admin/signatures/suppression/{block.pk}/change/").content.decode()
    )
    lift = reverse("admin:signatures_suppression_lift", args=[block.pk])
    assert "called a mail of ours spam" in client.get(lift).content.decode()
    assert client.post(lift, {"reason": ""}).status_code == 422
    block.refresh_from_db()
    assert block.lifted_at is None
    client.post(lift, {"reason": "She phoned."})
    block.refresh_from_db()
    assert block.lifted_at
    assert "She phoned." in LogEntry.objects.get().change_message
    client.post(lift, {"reason": "Twice."})
    assert LogEntry.objects.count() == 1


def test_an_organizer_lifts_no_block_and_nobody_lifts_what_its_owner_said(
    client, campaign, organizer, admin_user
):
    block = block_of(campaign)
    lift = reverse("admin:signatures_suppression_lift", args=[block.pk])
    assert client.post(lift, {"reason": "x"}).status_code == 403
    client.force_login(admin_user)
    own_word = Suppression.objects.create(email_hash=b"1" * 32, reason="erased")
    client.post(reverse("admin:signatures_suppression_lift", args=[own_word.pk]), {"reason": "x"})
    own_word.refresh_from_db()
    assert own_word.lifted_at is None
