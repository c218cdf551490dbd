"""What a mailing brought is summed up from the rows, and stands beside what is usual."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Campaign
from mailings import reporting
from mailings.models import Mailing, MailingTally, Recipient
from mailings.reporting import brought_by_shares, brought_by_sources, compared, sum_up
from signatures import links
from signatures.leaving import unsubscribe
from signatures.models import Signature, Supporter
from tests.factories import make_campaign, make_signature
from tests.mailings.making import make_staff, sign_up

pytestmark = pytest.mark.django_db


def sent(campaign: Campaign, statuses: dict[int, int], **fields: Any) -> Mailing:
    """A mailing that is out, with so many recipients of each status."""
    mailing = Mailing.objects.create(
        organization=campaign.organization,
        scope=campaign.organization.scopes.get(key="activism"),
        campaign=campaign,
        state=Mailing.State.SENT,
        started_at=timezone.now(),
        finished_at=timezone.now(),
        **{"subject": "News", **fields},
    )
    for status, people in statuses.items():
        for number, person in enumerate(sign_up(campaign, people)):
            Recipient.objects.create(
                mailing=mailing,
                lane=status,
                seq=number,
                subscription_id=0,
                supporter=person,
                status=status,
                code=1 if status == 6 else None,
                done_at=timezone.now(),
            )
    return mailing


def signs(campaign: Campaign, email: str, **fields: Any) -> Signature:
    signature = make_signature(campaign, email=email)
    Signature.objects.filter(pk=signature.pk).update(**fields)
    return signature


def test_every_number_of_a_mailing(campaign: Campaign) -> None:
    mailing = sent(campaign, {3: 5, 8: 2, 9: 1, 10: 1, 4: 2, 6: 3, 0: 1})
    reader = Recipient.objects.filter(mailing=mailing, status=3)[0].supporter
    other = make_campaign(organization=campaign.organization)
    own = signs(other, reader.email, mailing_number=mailing.pk)
    friend = signs(other, "friend@example.org", sharer=own)
    signs(other, "friend-of-friend@example.org", sharer=friend)
    make_signature(other, email="by-herself@example.org")
    unsubscribe(
        supporter_id=reader.pk,
        organization_id=campaign.organization_id,
        via=f"unsubscribe link of mailing {mailing.pk}",
    )

    tally = sum_up(mailing)

    assert (tally.mailed, tally.delivered, tally.bounced, tally.complained) == (9, 8, 1, 1)
    assert tally.kept_back == 3
    assert (tally.signed, tally.shared, tally.new_people, tally.left) == (1, 2, 2, 1)
    assert sum_up(mailing).signed == 1


def test_numbers_stand_beside_the_median_of_the_same_list(campaign: Campaign) -> None:
    for signed in (10, 30, 90):
        MailingTally.objects.create(
            mailing=sent(campaign, {}, subject="Before"), mailed=1000, signed=signed
        )
    elsewhere = make_campaign()
    MailingTally.objects.create(mailing=sent(elsewhere, {}), mailed=1000, signed=900)
    now = MailingTally.objects.create(mailing=sent(campaign, {}), mailed=500, signed=20)
    alone = MailingTally.objects.get(mailing__organization=elsewhere.organization)

    row = next(one for one in compared(now) if one.name == "signed")
    assert (row.value, row.rate, row.usual) == (20, 40, 30)
    assert next(one for one in compared(alone) if one.name == "signed").usual is None


def test_what_sources_and_shares_brought(campaign: Campaign) -> None:
    first = signs(campaign, "a@example.org", referrer_code="tw1")
    signs(campaign, "b@example.org", referrer_code="tw1")
    signs(campaign, "c@example.org", referrer_code="fb", sharer=first)
    second = make_campaign(organization=campaign.organization)
    signs(second, "a@example.org", referrer_code="tw1")
    signs(make_campaign(), "d@example.org", referrer_code="theirs")
    person = Supporter.objects.get(email="b@example.org")
    unsubscribe(supporter_id=person.pk, organization_id=campaign.organization_id, via="link")

    found = brought_by_sources(campaign.organization)
    assert [(one.name, one.signed, one.new_people, one.left) for one in found] == [
        ("tw1", 3, 2, 1),
        ("fb", 1, 1, 0),
    ]
    shares = brought_by_shares(campaign.organization)
    assert [(one.name, one.signed) for one in shares] == [(str(first.pk), 1)]


def test_a_visit_is_counted_when_the_page_knows_its_reader_and_not_before(
    campaign: Campaign, client: Client
) -> None:
    mailing = sent(campaign, {})
    reader = make_signature(campaign).supporter
    token = links.recognised_token(supporter_id=reader.pk, mailing_id=mailing.pk)
    other = make_campaign(organization=campaign.organization)
    link = links.recognised_address(other.slug, token)

    scanner = Client()
    page = scanner.get(link).headers["Location"]
    Client().get(page)
    assert sum_up(mailing).visits == 0, "what keeps no cookie is no visit"
    client.head(client.head(link).headers["Location"])
    assert sum_up(mailing).visits == 0
    client.get(link, follow=True)
    assert sum_up(mailing).visits == 1
    client.get(reverse("recognised", args=[other.slug]))
    assert sum_up(mailing).visits == 1


def test_numbers_are_renewed_while_something_can_change(campaign: Campaign) -> None:
    sent(campaign, {3: 1})
    old = sent(campaign, {3: 1})
    Mailing.objects.filter(pk=old.pk).update(
        finished_at=timezone.now() - reporting.CHANGES_FOR - reporting.FRESH_FOR
    )
    assert reporting.sum_up_stale() == 1
    assert reporting.sum_up_stale() == 0
    every: Any = settings.CELERY_BEAT_SCHEDULE["sum-up-mailings"]["schedule"]
    beat = timedelta(seconds=every)
    MailingTally.objects.update(as_of=timezone.now() - beat + timedelta(seconds=20))
    assert reporting.sum_up_stale() == 1, "as often as the page says, each time it is looked at"


@pytest.fixture
def staff(client: Client, campaign: Campaign) -> Client:
    user = make_staff(organization=campaign.organization)
    user.groups.add(Group.objects.get(name="Readers"))
    client.force_login(user)
    return client


def test_staff_read_reports_and_take_them_as_csv(staff: Client, campaign: Campaign) -> None:
    mailing = sent(campaign, {3: 2}, subject="=cmd|' /C calc'!A0")
    listed = reverse("admin:mailings_mailingtally_changelist")
    assert "Nothing has been mailed yet" in staff.get(listed).content.decode()
    page = reverse("admin:mailings_mailingtally_change", args=[mailing.pk])
    assert staff.get(page).status_code == 404
    renew = reverse("admin:mailings_mailingtally_sum_up", args=[mailing.pk])
    assert staff.get(renew).status_code == 405
    told = staff.post(renew, follow=True).content.decode()
    assert "2 mails have left" in told
    assert "<svg" in staff.get(listed).content.decode()

    taken = staff.get(reverse("admin:mailings_mailingtally_csv"))
    rows = list(csv.DictReader(io.StringIO(taken.content.decode())))
    assert rows[0]["subject"] == "'=cmd|' /C calc'!A0"
    assert rows[0]["mailed"] == "2"
    assert (
        "By source code"
        in staff.get(reverse("admin:mailings_mailingtally_brought")).content.decode()
    )


def test_t16_reports_of_others_are_not_there(staff: Client) -> None:
    theirs = sum_up(sent(make_campaign(), {3: 1}, subject="Theirs"))
    page = reverse("admin:mailings_mailingtally_change", args=[theirs.pk])
    assert staff.get(page).status_code == 404
    assert "Theirs" not in staff.get(reverse("admin:mailings_mailingtally_csv")).content.decode()
    brought = reverse("admin:mailings_mailingtally_brought")
    theirs_too = staff.get(brought, {"organization": theirs.mailing.organization_id})
    assert str(theirs.mailing.organization) not in theirs_too.content.decode()


def test_t16_without_the_permission_there_are_no_reports(
    client: Client, campaign: Campaign
) -> None:
    client.force_login(make_staff(organization=campaign.organization))
    for name in ("changelist", "csv", "brought"):
        assert client.get(reverse(f"admin:mailings_mailingtally_{name}")).status_code == 403
