"""The whole way of an organizer: mail this update, proof, send, watch, pause, resume."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from campaigns.models import Update
from mailings.models import Mailing, Recipient
from mailings.pumping import pump
from mailings.sending import send_slice
from tests.factories import make_campaign
from tests.mailings.making import hurry, make_staff, make_update, scheduled_mailing, sign_up
from tests.rig.smtp_sink import SMTPSink

pytestmark = pytest.mark.django_db


@pytest.fixture
def update() -> Update:
    """News of a campaign that three people signed."""
    campaign = make_campaign()
    sign_up(campaign, 3)
    return make_update(campaign)


@pytest.fixture
def organizer(update: Update) -> Any:
    """Works for the organization of the update."""
    user = make_staff(organization=update.campaign.organization)
    user.groups.add(Group.objects.get(name="Organizers"))
    return user


@pytest.fixture
def staff(client: Client, organizer: Any) -> Client:
    """The organizer, logged in."""
    client.force_login(organizer)
    return client


def page_of(mailing: Mailing) -> str:
    return reverse("admin:mailings_mailing_change", args=[mailing.pk])


def step(mailing: Mailing, name: str) -> str:
    return reverse("admin:mailings_mailing_step", args=[mailing.pk, name])


def test_from_an_update_to_the_mailboxes(
    staff: Client, organizer: Any, update: Update, smtp_sink: SMTPSink
) -> None:
    begin = reverse("admin:mailings_mailing_from_update", args=[update.pk])
    assert "Make a draft" in staff.get(begin).content.decode()
    assert not Mailing.objects.exists()
    page = staff.post(begin, follow=True).content.decode()
    mailing = Mailing.objects.get()
    assert "3 people" in page
    assert "Send to" not in page
    assert staff.post(begin).headers["Location"] == page_of(mailing)

    page = staff.post(step(mailing, "proof"), follow=True).content.decode()
    assert smtp_sink.mails[-1].recipients == [organizer.email]
    assert "Send to 3 people" in page
    count = re.search(r'name="count" value="(\d+)"', page)
    assert count
    for _ in range(2):
        staff.post(step(mailing, "send"), {"count": count[1]})
    page = staff.get(page_of(mailing)).content.decode()
    assert "Unschedule" in page
    hurry(mailing)
    smtp_sink.mails.clear()
    pump()

    page = staff.post(step(mailing, "pause"), follow=True).content.decode()
    assert "Resume: mails only the 3 left" in page
    staff.post(step(mailing, "resume"))
    progress = staff.get(reverse("admin:mailings_mailing_progress", args=[mailing.pk])).json()
    assert progress["state"] == "sending"
    assert progress["sentence"] == "0 of 3 done, 3 left."
    send_slice(lane=0)
    pump()
    assert len(smtp_sink.mails) == 3
    deliveries = reverse("admin:mailings_mailing_deliveries", args=[mailing.pk])
    listed = staff.get(deliveries).content.decode()
    for mail in smtp_sink.mails:
        assert mail.recipients[0] in listed
    assert (
        smtp_sink.mails[0].recipients[0] not in staff.get(f"{deliveries}?status=7").content.decode()
    )
    assert staff.get(page_of(mailing)).status_code == 200


def test_an_edit_after_the_proof_asks_for_a_new_proof(
    staff: Client, update: Update, smtp_sink: SMTPSink
) -> None:
    staff.post(reverse("admin:mailings_mailing_from_update", args=[update.pk]))
    mailing = Mailing.objects.get()
    staff.post(step(mailing, "proof"))
    update.body = "<p>It was not a year but two.</p>"
    update.save()

    assert "Send to" not in staff.get(page_of(mailing)).content.decode()
    staff.post(step(mailing, "send"), {"count": "3"})
    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.DRAFT


def test_t21_an_audience_that_grew_is_shown_again_before_anything_goes_out(
    staff: Client, update: Update, smtp_sink: SMTPSink
) -> None:
    staff.post(reverse("admin:mailings_mailing_from_update", args=[update.pk]))
    mailing = Mailing.objects.get()
    staff.post(step(mailing, "proof"))
    sign_up(update.campaign, 2)

    page = staff.post(step(mailing, "send"), {"count": "3"}, follow=True).content.decode()

    assert "it is now 5 people" in page
    assert "Send to 5 people" in page
    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.PROOFED


def test_what_is_missing_is_said_and_nothing_can_be_sent(staff: Client, update: Update) -> None:
    organization = update.campaign.organization
    organization.postal_address = ""
    organization.save()
    staff.post(reverse("admin:mailings_mailing_from_update", args=[update.pk]))
    mailing = Mailing.objects.get()

    page = staff.get(page_of(mailing)).content.decode()
    assert "no postal address" in page
    assert "Send a proof" not in page
    page = staff.post(step(mailing, "proof"), follow=True).content.decode()
    assert "no postal address" in page


def test_the_preview_is_framed_by_us_alone_and_runs_nothing(staff: Client, update: Update) -> None:
    staff.post(reverse("admin:mailings_mailing_from_update", args=[update.pk]))
    mailing = Mailing.objects.get()

    response = staff.get(reverse("admin:mailings_mailing_preview", args=[mailing.pk]))

    assert "They stopped for a year." in response.content.decode()
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'self'" in policy
    assert "sandbox" in policy
    assert response.headers["X-Frame-Options"] == "SAMEORIGIN"


def test_t16_another_organization_s_mailing_is_not_there(
    client: Client, update: Update, smtp_sink: SMTPSink
) -> None:
    mailing = scheduled_mailing(update)
    stranger = make_staff(organization=make_campaign().organization)
    stranger.groups.add(Group.objects.get(name="Organizers"))
    client.force_login(stranger)

    for name in ("proof", "send", "pause", "resume", "unschedule", "cancel"):
        assert client.post(step(mailing, name)).status_code == 404
    for view in ("change", "preview", "progress", "deliveries"):
        url = reverse(f"admin:mailings_mailing_{view}", args=[mailing.pk])
        assert client.get(url).status_code == 404
    from_update = reverse("admin:mailings_mailing_from_update", args=[update.pk])
    assert client.post(from_update).status_code == 404
    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.SCHEDULED


def test_t16_without_the_permission_nothing_moves(
    client: Client, update: Update, smtp_sink: SMTPSink
) -> None:
    mailing = scheduled_mailing(update)
    client.force_login(make_staff(organization=update.campaign.organization))

    for name in ("proof", "cancel"):
        assert client.post(step(mailing, name)).status_code == 403
    assert client.get(step(mailing, "cancel")).status_code in {403, 405}
    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.SCHEDULED


def test_steps_refuse_a_get_and_a_post_without_a_token(
    organizer: Any, update: Update, smtp_sink: SMTPSink
) -> None:
    mailing = scheduled_mailing(update)
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(organizer)

    assert strict.get(step(mailing, "cancel")).status_code == 405
    assert strict.post(step(mailing, "cancel")).status_code == 403
    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.SCHEDULED


def test_an_edit_in_another_window_cannot_bring_a_sent_mailing_back(
    staff: Client, update: Update, smtp_sink: SMTPSink
) -> None:
    mailing = scheduled_mailing(update)

    staff.post(page_of(mailing), {"subject": "Other", "scope": mailing.scope_id})

    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.SCHEDULED
    assert mailing.subject == update.title


def test_the_list_of_deliveries_costs_the_same_for_three_and_for_a_hundred(
    staff: Client, update: Update, smtp_sink: SMTPSink, django_assert_max_num_queries: Any
) -> None:
    sign_up(update.campaign, 150)
    mailing = scheduled_mailing(update)
    pump()
    url = reverse("admin:mailings_mailing_deliveries", args=[mailing.pk])

    with django_assert_max_num_queries(10):
        first = staff.get(url).content.decode()

    assert first.count("pending</td>") == 100
    rest = staff.get(f"{url}?after=0:100").content.decode()
    assert rest.count("pending</td>") == 53
    assert Recipient.objects.count() == 153
    assert staff.get(f"{url}?after=x&status=99").status_code == 200
