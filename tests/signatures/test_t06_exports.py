"""T6: signatures leave the house for a purpose, to whoever asked, once, and are written down."""

import csv
import io
import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Campaign
from signatures.models import Export, Signature
from signatures.staff import exporting
from signatures.staff.exporting import Chosen, ask, stream
from tests.campaigns.admin_pages import form_on, make_organizer, words
from tests.factories import make_campaign, make_signature

# The stream reads on a connection of its own, so what it reads must be committed.
pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "correct horse battery staple"


@pytest.fixture
def organizer(campaign: Campaign) -> User:
    user = make_organizer(campaign.organization)
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.fixture
def staff(client: Client, organizer: User) -> Client:
    client.force_login(organizer)
    return client


def ask_url(campaign: Campaign) -> str:
    return reverse("admin:signatures_export_ask", args=[campaign.pk])


def ask_for(staff: Client, campaign: Campaign, **changes: str) -> str:
    """Ask on the page; the address of the download."""
    form = form_on(staff.get(ask_url(campaign)), "export_form")
    form |= {"purpose": "Hand over to the mayor", "password": PASSWORD, **changes}
    answer = staff.post(ask_url(campaign), form)
    assert answer.status_code == 302, words(answer)
    return answer.headers["Location"]


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_an_export_holds_who_signed_what_and_what_they_agreed_to(staff, campaign):
    signature = make_signature(campaign, name="Ada Lovelace", email="ada@example.org")
    make_signature(make_campaign(), email="elsewhere@example.org")
    answer = staff.post(ask_for(staff, campaign))
    assert "attachment" in answer.headers["Content-Disposition"]
    assert "no-store" in answer.headers["Cache-Control"]
    (row,) = rows_of(answer.getvalue())
    assert row["name"] == "Ada Lovelace"
    assert row["email"] == "ada@example.org"
    assert row["state"] == "counted"
    assert (row["opts in"], row["notice version"]) == ("yes", "1")
    assert row["notice text"] == campaign.current_notice().text
    assert row["choice made at"] == f"{signature.confirmed_at:%Y-%m-%dT%H:%M:%SZ}"


def test_an_export_is_written_down_with_its_purpose_and_its_rows(staff, campaign, organizer):
    make_signature(campaign)
    staff.post(ask_for(staff, campaign, state="counted")).getvalue()
    export = Export.objects.get()
    assert (export.asked_by, export.purpose) == (organizer, "Hand over to the mayor")
    assert export.criteria == {"columns": "all", "state": "counted"}
    assert (export.rows, bool(export.finished_at)) == (1, True)
    assert "Hand over to the mayor" in words(
        staff.get(reverse("admin:signatures_export_changelist"))
    )


def test_an_export_that_breaks_off_says_how_far_it_came(campaign, organizer, monkeypatch):
    monkeypatch.setattr(exporting, "BATCH", 1)
    for _number in range(3):
        make_signature(campaign)
    export, _token = ask(
        campaign=campaign, user=organizer, purpose="x", file_format="csv", chosen=Chosen()
    )
    pieces = stream(export)
    next(pieces), next(pieces)
    pieces.close()
    export.refresh_from_db()
    assert (export.rows, export.finished_at) == (1, None)


def test_a_delivery_holds_names_and_places_of_counted_signatures_alone(staff, campaign):
    make_signature(campaign, name="Ada Lovelace", email="ada@example.org")
    make_signature(campaign, name="Still Waits", confirmed=False)
    content = staff.post(ask_for(staff, campaign, columns="delivery")).getvalue()
    assert rows_of(content) == [{"name": "Ada Lovelace", "postal code": "", "country": ""}]
    assert b"@" not in content


@pytest.mark.parametrize(
    "chosen, expected",
    [
        (Chosen(), {"Ada", "Bob", "Eve"}),
        (Chosen(state="pending"), {"Eve"}),
        (Chosen(consents=False), {"Bob"}),
        (Chosen(country="DE"), {"Bob"}),
        (Chosen(source="email"), {"Ada"}),
        (Chosen(since=timezone.now() + timedelta(days=1)), set()),
        (Chosen(until=timezone.now() + timedelta(days=1)), {"Ada", "Bob", "Eve"}),
    ],
)
def test_filters_choose(campaign, organizer, chosen, expected):
    ada = make_signature(campaign, name="Ada")
    bob = make_signature(campaign, name="Bob", consents=False)
    make_signature(campaign, name="Eve", confirmed=False)
    Signature.objects.filter(pk=ada.pk).update(referrer_code="email")
    Signature.objects.filter(pk=bob.pk).update(country="DE")
    export, _token = ask(
        campaign=campaign, user=organizer, purpose="x", file_format="csv", chosen=chosen
    )
    export.refresh_from_db()
    assert {row["name"] for row in rows_of(b"".join(stream(export)))} == expected


def test_an_export_needs_a_purpose_and_the_password_again(staff, campaign):
    form = form_on(staff.get(ask_url(campaign)), "export_form")
    for changes in (
        {"purpose": "", "password": PASSWORD},
        {"purpose": "Delivery", "password": ""},
        {"purpose": "Delivery", "password": "guessed"},
    ):
        answer = staff.post(ask_url(campaign), form | changes)
        assert answer.status_code == 422
        assert PASSWORD not in answer.content.decode()
    assert not Export.objects.exists()


def test_t06_looking_at_the_link_uses_nothing_up(staff, campaign):
    url = ask_for(staff, campaign)
    for _time in range(3):
        assert staff.get(url).status_code == 200
        assert staff.head(url).status_code == 200
    assert Export.objects.get().started_at is None
    assert staff.post(url).status_code == 200


def test_t06_nobody_else_and_nothing_old_opens_the_link(staff, campaign, organizer):
    """Anonymous, other organization, no permission, expired, reused; and a colleague: 0 of 6."""
    make_signature(campaign, email="ada@example.org")
    other = make_organizer(make_campaign().organization, username="bob")
    reader = make_organizer(campaign.organization, username="carol")
    reader.groups.set(Group.objects.filter(name="Readers"))
    colleague = make_organizer(campaign.organization, username="dave")

    url = ask_for(staff, campaign)
    answers = [Client().post(url)]
    for user in (other, reader, colleague):
        client = Client()
        client.force_login(user)
        answers.append(client.post(url))
    assert [answer.status_code for answer in answers] == [302, 404, 403, 410]

    staff.post(url).getvalue()
    answers.append(staff.post(url))
    late = ask_for(staff, campaign)
    Export.objects.update(expires_at=timezone.now())
    answers.append(staff.post(late))
    assert [answer.status_code for answer in answers[4:]] == [410, 410]
    assert not [answer for answer in answers if b"ada@example.org" in answer.content]
    assert Export.objects.exclude(started_at=None).count() == 1


def test_t06_a_link_dies_with_the_membership(staff, campaign, organizer):
    url = ask_for(staff, campaign)
    organizer.memberships.all().delete()
    assert staff.post(url).status_code == 404


def test_t06_readers_are_offered_no_export(client, campaign):
    reader = make_organizer(campaign.organization, username="carol")
    reader.groups.set(Group.objects.filter(name="Readers"))
    client.force_login(reader)
    assert client.get(ask_url(campaign)).status_code == 403
    assert client.post(ask_url(campaign)).status_code == 403
    overview = reverse("admin:signatures_campaign_overview", args=[campaign.pk])
    assert ask_url(campaign) not in client.get(overview).content.decode()


def test_t06_the_token_stands_nowhere_but_in_the_link(staff, campaign):
    token = re.search("/download/([^/]+)/", ask_for(staff, campaign))
    assert token and len(token[1]) >= 40
    kept = str(Export.objects.values().get())
    assert token[1] not in kept
    from advocacy.logs import mask_tokens

    assert token[1] not in mask_tokens(f"POST /admin/signatures/export/1/download/{token[1]}/")


@pytest.mark.parametrize("token", ["x", "%00", "é", "k1-" * 500, "..", "' OR 1=1"])
def test_b93_a_token_that_is_none_opens_nothing(staff, campaign, token):
    ask_for(staff, campaign)
    url = reverse("admin:signatures_export_download", args=[Export.objects.get().pk, token])
    assert staff.post(url).status_code == 410


def test_somebody_erased_is_in_no_export(campaign, organizer):
    from signatures.models import Supporter

    signature = make_signature(campaign, email="ada@example.org")
    Supporter.objects.filter(pk=signature.supporter_id).update(erased_at=timezone.now())
    export, _token = ask(
        campaign=campaign, user=organizer, purpose="x", file_format="csv", chosen=Chosen()
    )
    assert rows_of(b"".join(stream(export))) == []
