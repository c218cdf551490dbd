"""The list of a mailing's deliveries says how many there are, and finds somebody among them."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from mailings.models import Mailing, MailingTally, Recipient
from mailings.pumping import pump
from signatures.models import Signature
from tests.campaigns.admin_pages import make_organizer, words
from tests.factories import make_campaign
from tests.mailings.making import make_update, scheduled_mailing, sign_up
from tests.rig.smtp_sink import SMTPSink

pytestmark = pytest.mark.django_db


@pytest.fixture
def mailing(smtp_sink: SMTPSink) -> Mailing:
    """It goes to 150 people at example.org and two elsewhere, one of whom is Grace Hopper."""
    campaign = make_campaign()
    sign_up(campaign, 150)
    [grace, _other] = sign_up(campaign, 2, domain="elsewhere.example")
    Signature.objects.filter(supporter=grace).update(name="Grace Hopper")
    made = scheduled_mailing(make_update(campaign))
    pump()
    made.refresh_from_db()
    return made


@pytest.fixture
def desk(client: Client, mailing: Mailing) -> Client:
    client.force_login(make_organizer(mailing.organization))
    return client


def deliveries(mailing: Mailing) -> str:
    return reverse("admin:mailings_mailing_deliveries", args=[mailing.pk])


def found(desk: Client, mailing: Mailing, sought: str) -> tuple[set[str], str]:
    """The addresses in the list, and what the page says."""
    page = words(desk.post(deliveries(mailing), {"sought": sought}))
    every = Recipient.objects.filter(mailing=mailing).select_related("supporter")
    return {one.supporter.email for one in every if f"{one.supporter.email} pending" in page}, page


def test_the_list_says_how_many_there_are_and_how_many_were_kept_back(
    desk: Client, mailing: Mailing
) -> None:
    assert "152 people in all." in words(desk.get(deliveries(mailing)))
    Mailing.objects.filter(pk=mailing.pk).update(audience_size=1_234_567)
    MailingTally.objects.create(mailing=mailing, kept_back=4_144)
    page = words(desk.get(deliveries(mailing)))
    assert "1,234,567 people in all. 4,144 more were kept back, as of" in page


def test_an_address_in_any_spelling_finds_its_person_and_is_in_no_address_of_a_page(
    desk: Client, mailing: Mailing
) -> None:
    last = Recipient.objects.filter(mailing=mailing).order_by("lane", "seq").last()
    assert last
    address = last.supporter.email
    response = desk.post(deliveries(mailing), {"sought": f" {address.upper()} "})
    assert response.status_code == 200
    assert found(desk, mailing, address.upper()) == ({address}, words(response))
    assert "Found: 1 person." in words(response)
    assert 'method="post"' in response.content.decode()
    assert "152 people" in words(desk.get(deliveries(mailing), {"sought": address}))
    assert "Found" not in words(desk.get(deliveries(mailing), {"sought": address}))


def test_how_an_address_begins_and_a_word_of_a_name_find_those_of_this_mailing(
    desk: Client, mailing: Mailing
) -> None:
    sign_up(make_campaign(), 3, domain="nowhere.example")
    people, page = found(desk, mailing, "reader")
    assert len(people) == 100
    assert "There may be more: type more of it." in page
    people, page = found(desk, mailing, "hopper")
    assert len(people) == 1
    assert people.pop().endswith("@elsewhere.example")
    assert "There may be more" not in page


def test_a_beginning_that_too_many_share_says_that_there_may_be_more(
    desk: Client, mailing: Mailing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mailings.admin.deliveries.MOST_PEOPLE", 3)
    begins = Recipient.objects.filter(mailing=mailing)[0].supporter.email[:7]
    people, page = found(desk, mailing, begins)
    assert len(people) == 3
    assert "There may be more: type more of it." in page


@pytest.mark.parametrize("sought", ["nobody@example.org", "re", "%", "_eader", "\\", "@", "🦊🦊🦊"])
def test_what_finds_nobody_says_so_and_stays_in_its_field(
    desk: Client, mailing: Mailing, sought: str
) -> None:
    people, page = found(desk, mailing, sought)
    assert not people
    assert "Nobody here." in page
    response = desk.post(deliveries(mailing), {"sought": sought})
    assert response.context["sought"] == sought


def test_who_is_looked_for_is_found_by_indexes(desk: Client, mailing: Mailing) -> None:
    begun = Recipient.objects.filter(mailing=mailing)[0].supporter.email.partition("@")[0]
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE mailings_recipient, signatures_supporter")
    with CaptureQueriesContext(connection) as asked:
        desk.post(deliveries(mailing), {"sought": begun})
    about = [
        one["sql"] for one in asked if "LIKE" in one["sql"] or '"supporter_id" IN' in one["sql"]
    ]
    plans = "\n".join(map(_plan, about))
    assert "signatures_supporter_email_key" in plans
    assert "mailing_once_a_person" in plans
    assert "Seq Scan on signatures_supporter" not in plans
    assert "Seq Scan on mailings_recipient" not in plans


def _plan(statement: str) -> str:
    """What PostgreSQL does where it goes through no table from end to end if it need not."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {statement}")
        return "\n".join(row[0] for row in cursor.fetchall())


def test_t16_nobody_looks_into_the_mailing_of_another_organization(
    client: Client, mailing: Mailing
) -> None:
    client.force_login(make_organizer(make_campaign().organization, username="stranger"))
    assert client.post(deliveries(mailing), {"sought": "reader"}).status_code == 404


def test_the_lists_of_mailings_and_reports_part_the_thousands(
    desk: Client, mailing: Mailing
) -> None:
    Mailing.objects.filter(pk=mailing.pk).update(audience_size=1_234_567)
    MailingTally.objects.create(mailing=mailing, mailed=2_345_678, signed=3_456)
    listed: Any = words(desk.get(reverse("admin:mailings_mailing_changelist")))
    assert "1,234,567" in listed
    listed = words(desk.get(reverse("admin:mailings_mailingtally_changelist")))
    assert "2,345,678" in listed
    assert "3,456" in listed
    order = reverse("admin:mailings_mailing_changelist") + "?o=-5"
    assert desk.get(order).status_code == 200
