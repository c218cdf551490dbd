"""Staff look people up, and change nothing about them."""

import pytest
from django.core.paginator import Paginator
from django.test import Client
from django.urls import reverse

from campaigns.models import Campaign
from signatures.admin import looking_up
from signatures.models import Signature, Supporter
from tests.campaigns.admin_pages import make_organizer, words
from tests.factories import make_campaign, make_signature

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign() -> Campaign:
    return make_campaign()


@pytest.fixture
def staff(client: Client, campaign: Campaign) -> Client:
    client.force_login(make_organizer(campaign.organization))
    return client


def list_url(model: str) -> str:
    return reverse(f"admin:signatures_{model}_changelist")


def found(staff: Client, model: str, term: str) -> list[str]:
    page = staff.get(list_url(model), {"q": term})
    assert page.status_code == 200
    return [str(row) for row in page.context["cl"].result_list]


def test_a_signer_is_found_by_any_spelling_of_the_address(staff, campaign):
    signature = make_signature(campaign, email="ada.lovelace+x@gmail.com")
    make_signature(campaign)
    for typed in ("ada.lovelace+x@gmail.com", " AdaLovelace@GoogleMail.com "):
        assert found(staff, "signature", typed) == [str(signature)]
        assert found(staff, "supporter", typed) == [str(signature.supporter)]


def test_a_signer_is_found_by_how_the_name_begins(staff, campaign):
    make_signature(campaign, name="Grace Hopper")
    signature = make_signature(campaign, name="Ada Lovelace")
    assert found(staff, "signature", "ada l") == [str(signature)]
    assert found(staff, "signature", "lovelace") == []


@pytest.mark.parametrize("term", ["%", "_", "a@", "@", "a@b", "x" * 5000, "😀@😀.example"])
def test_a_strange_search_finds_nobody_and_breaks_nothing(staff, campaign, term):
    make_signature(campaign)
    for model in ("signature", "supporter", "letter", "suppression"):
        assert found(staff, model, term) == []


def test_a_search_for_a_null_byte_is_refused(staff, campaign):
    page = staff.get(list_url("signature"), {"q": "\x00"})
    assert "Null characters are not allowed" in words(page)


def test_a_list_counts_no_further_than_it_shows(staff, campaign, monkeypatch):
    for _number in range(4):
        make_signature(campaign)
    monkeypatch.setattr(looking_up, "MOST_ROWS", 3)
    page = staff.get(list_url("signature"))
    assert page.context["cl"].result_count == 3


def test_the_paginator_asks_for_a_bounded_count(campaign, django_assert_num_queries):
    with django_assert_num_queries(1) as asked:
        assert looking_up.NewestPaginator(Signature.objects.order_by("-pk"), 100).count == 0
    assert "LIMIT 10000" in asked[0]["sql"]
    assert issubclass(looking_up.NewestPaginator, Paginator)


def test_the_list_costs_the_same_however_many_signed(
    staff, campaign, django_assert_max_num_queries
):
    for _number in range(15):
        make_signature(campaign)
    with django_assert_max_num_queries(10):
        staff.get(list_url("signature"))


def test_nothing_about_a_person_can_be_added_changed_or_deleted(staff, admin_client, campaign):
    signature = make_signature(campaign)
    before = Signature.objects.values().get()
    rows = {"signature": signature.pk, "supporter": signature.supporter_id}
    for client in (staff, admin_client):
        for model, pk in rows.items():
            change = reverse(f"admin:signatures_{model}_change", args=[pk])
            assert client.post(change, {"name": "Mallory", "state": "pending"}).status_code == 403
            delete = reverse(f"admin:signatures_{model}_delete", args=[pk])
            assert client.post(delete, {"post": "yes"}).status_code == 403
            assert client.get(reverse(f"admin:signatures_{model}_add")).status_code == 403
    assert Signature.objects.values().get() == before


def test_a_persons_page_tells_the_whole_story(staff, campaign):
    signature = make_signature(campaign, name="Ada Lovelace", email="ada@example.org")
    url = reverse("admin:signatures_supporter_change", args=[signature.supporter_id])
    page = words(staff.get(url))
    for expected in ("ada@example.org", campaign.headline, "agreed", "Activism", "confirm"):
        assert expected in page


def test_a_persons_page_shows_only_what_they_did_with_our_organization(staff, campaign):
    make_signature(campaign, email="ada@example.org")
    elsewhere = make_campaign(headline="Tell Beacon City: Listen")
    elsewhere.organization.scopes.update(name="Beacon news")
    make_signature(elsewhere, email="ada@example.org")
    ada = Supporter.objects.get(email="ada@example.org")
    page = words(staff.get(reverse("admin:signatures_supporter_change", args=[ada.pk])))
    assert campaign.headline in page
    assert "Beacon" not in page


def test_waiting_letters_are_found_by_their_state(staff, campaign):
    waiting = make_signature(campaign, confirmed=False).letters.get()
    sent = make_signature(campaign, confirmed=False).letters.get()
    type(sent).objects.filter(pk=sent.pk).update(sent_at=sent.due_at)
    page = staff.get(list_url("letter"), {"letter": "waiting"})
    assert list(page.context["cl"].result_list) == [waiting]


def test_a_name_that_is_code_is_shown_as_text(staff, campaign):
    make_signature(campaign, name="<script>alert(1)</script>")
    page = staff.get(list_url("signature")).content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page
