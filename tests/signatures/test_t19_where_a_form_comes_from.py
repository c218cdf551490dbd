"""Forms of other sites are refused, listed ones and old ones taken; no cookie is ever needed."""

from datetime import timedelta

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.test import Client
from django.utils import timezone

from signatures.models import Signature
from tests.factories import make_campaign, make_organization

pytestmark = pytest.mark.django_db

LISTED = "https://ally.example"


@pytest.fixture
def campaign():
    organization = make_organization(embedding_sites=f"{LISTED}/\nhttps://Other.example")
    return make_campaign(organization=organization)


def post(campaign, **headers):
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return Client().post(
        campaign.get_absolute_url(), {"name": "Ada", "email": "ada@example.org"}, headers=sent
    )


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec_Fetch_Site": "cross-site", "Origin": "https://evil.example"},
        {"Sec_Fetch_Site": "same-site", "Origin": "https://sub.testserver"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "cross-site", "Origin": "null"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://["},
        {"Origin": f"{LISTED}.evil.example"},
        {"Origin": "http://ally.example"},
    ],
)
def test_t19_a_form_of_another_site_is_refused(campaign, headers):
    assert post(campaign, **headers).status_code == 403
    assert not Signature.objects.exists()


@pytest.mark.parametrize("origin", [LISTED, "https://other.example"])
def test_t19_a_site_that_the_organization_lists_may_sign(campaign, origin):
    assert post(campaign, Sec_Fetch_Site="cross-site", Origin=origin).status_code == 303
    elsewhere = make_campaign()
    assert post(elsewhere, Sec_Fetch_Site="cross-site", Origin=origin).status_code == 403


def test_t19_a_program_that_says_neither_may_sign(campaign):
    assert post(campaign).status_code == 303


def test_t19_a_page_from_a_cache_signs_without_cookie_and_two_days_later(campaign):
    html = Client().get(campaign.get_absolute_url()).content.decode()
    form = BeautifulSoup(html, "html.parser").select_one("#sign form")
    hidden = {field["name"]: field["value"] for field in form.select("input[type=hidden]")}
    assert set(hidden) == {"statement", "notice"}
    with time_machine.travel(timezone.now() + timedelta(hours=48)):
        response = Client(enforce_csrf_checks=True).post(
            campaign.get_absolute_url(),
            hidden | {"name": "Ada", "email": "ada@example.org"},
            headers={"Sec-Fetch-Site": "same-origin"},
        )
    assert response.status_code == 303
