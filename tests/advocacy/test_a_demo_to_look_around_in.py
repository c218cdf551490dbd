"""`make_demo`: a made-up organization that keeps every promise but one, and writes to nobody."""

import re
from io import StringIO

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.test import Client

from advocacy.demo.filling import NotHere, fill_demo
from campaigns.models import Campaign, Organization
from mailings.models import Mailing, MailingTally, Recipient
from signatures.models import Letter, Supporter
from tests.campaigns.admin_pages import make_organizer, words
from tests.factories import make_organization

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo():
    organization = fill_demo(supporters=3_000)
    assert organization
    return organization


@pytest.mark.django_db(transaction=True)
def test_every_invariant_holds_and_pages_show_their_counts(demo, client: Client) -> None:
    out = StringIO()
    call_command("check_invariants", stdout=out)
    assert "All invariants hold." in out.getvalue()
    open_campaigns = Campaign.objects.open().filter(organization=demo)
    assert {campaign.slug for campaign in open_campaigns} >= {"clean-river", "night-buses"}
    campaign = Campaign.objects.get(slug="clean-river")
    assert campaign.tally.counted > 100
    assert f"{campaign.tally.counted} signed" in words(client.get(campaign.get_absolute_url()))
    assert Campaign.objects.filter(organization=demo).count() == 12


def test_thirty_mailings_went_to_people_who_were_there_and_brought_signatures(demo) -> None:
    sent = Mailing.objects.filter(organization=demo, state=Mailing.State.SENT)
    assert 28 <= sent.count() <= 32
    assert Recipient.objects.filter(mailing__in=sent).count() > 1_000
    assert demo.campaigns.filter(signatures__mailing_number__in=sent.values("pk")).exists()


def test_each_mailing_has_its_report_whose_visits_fit_its_signatures(demo) -> None:
    sent = Mailing.objects.filter(organization=demo, state=Mailing.State.SENT)
    reports = MailingTally.objects.filter(mailing__in=sent)

    assert reports.count() == sent.count()
    assert all(report.visits >= report.signed for report in reports)
    assert sum(report.visits for report in reports) > 20


def test_a_second_login_is_printed_who_approves_and_does_not_write() -> None:
    organizer = make_organizer(make_organization())
    out = StringIO()

    call_command("make_demo", supporters=300, stdout=out)

    printed = re.search(r"approver / (\S+)", out.getvalue())
    assert printed
    user = authenticate(username="approver", password=printed[1])
    assert user
    assert user.has_perm("mailings.approve_mailing")
    assert not user.has_perm("mailings.change_mailing")
    assert set(Organization.objects.visible_to(user)) == set(Organization.objects.all())
    assert Organization.objects.visible_to(organizer).count() == 2


def test_nobody_can_be_reached_and_nothing_waits_to_be_sent(demo) -> None:
    strangers = Supporter.objects.exclude(email__regex=r"@example\.(org|com|net)$")
    assert not strangers.exists()
    assert not Letter.objects.unsent().exists()
    assert not Mailing.objects.filter(state=Mailing.State.SCHEDULED).exists()


def test_a_second_run_changes_nothing(demo) -> None:
    people = Supporter.objects.count()
    assert fill_demo(supporters=3_000) is None
    assert Supporter.objects.count() == people


@pytest.mark.parametrize(
    "setting",
    [
        {"EMAIL_URL": "smtp+tls://user:word@mail.example.org"},
        {"SITE_HOST": "act.example.org"},
    ],
)
def test_it_is_refused_where_people_could_be_reached(settings, setting: dict[str, str]) -> None:
    for name, value in setting.items():
        setattr(settings, name, value)
    with pytest.raises(NotHere):
        fill_demo(supporters=10)
    with pytest.raises(CommandError):
        call_command("make_demo", stdout=StringIO())


def test_an_organizer_finds_it_in_the_admin(demo, client: Client) -> None:
    client.force_login(make_organizer(demo))
    shown = words(client.get("/admin/"))
    assert "Tell Northmill Paper" in shown
