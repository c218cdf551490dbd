"""Nobody learns from the sign form who has signed, and no other site can use it."""

import re

import pytest

from signatures.confirming import disown
from signatures.leaving import unsubscribe
from signatures.models import Signature
from tests.factories import make_signature

pytestmark = pytest.mark.django_db


def answer(client, campaign, email, **extra):
    client.cookies.clear()
    return client.post(campaign.get_absolute_url(), {"name": "Ada", "email": email}, **extra)


def visible(response):
    """All that a third party can compare: the cookie's value, which holds the typed form, aside."""
    headers = {name: value for name, value in response.items() if name != "Set-Cookie"}
    cookies = {
        name: re.sub(r"expires=[^;]+", "", morsel.OutputString()).replace(morsel.coded_value, "")
        for name, morsel in response.cookies.items()
    }
    return response.status_code, response.content, headers, cookies


def test_t05_new_pending_counted_rejected_and_unsubscribed_get_the_same_answer(client, campaign):
    make_signature(campaign, email="pending@example.org", confirmed=False)
    make_signature(campaign, email="counted@example.org")
    disown(signature_id=make_signature(campaign, email="notme@example.org").pk)
    left = make_signature(campaign, email="left@example.org")
    unsubscribe(
        supporter_id=left.supporter_id, organization_id=campaign.organization_id, via="test"
    )
    answers = [
        visible(answer(client, campaign, f"{who}@example.org"))
        for who in ("new", "pending", "counted", "notme", "left")
    ]
    assert all(one == answers[0] for one in answers)


def test_t05_the_page_after_signing_is_the_same_for_all(client, campaign):
    make_signature(campaign, email="counted@example.org")
    pages = []
    for email in ("counted@example.org", "created@example.org"):
        answer(client, campaign, email)
        pages.append(client.get(f"/sign/{campaign.slug}/thanks/").content)
    assert pages[0] == pages[1]


def test_t19_a_form_from_another_site_is_refused(client, campaign):
    for headers in (
        {"HTTP_SEC_FETCH_SITE": "cross-site"},
        {"HTTP_SEC_FETCH_SITE": "same-site"},
        {"HTTP_ORIGIN": "https://evil.example"},
        {"HTTP_ORIGIN": "null"},
        {"HTTP_ORIGIN": "http://["},
    ):
        assert answer(client, campaign, "ada@example.org", **headers).status_code == 403
    assert not Signature.objects.exists()


def test_t19_the_cached_page_signs_without_cookie_or_token(client, campaign):
    page = client.get(campaign.get_absolute_url())
    assert not page.cookies
    assert "csrfmiddlewaretoken" not in page.content.decode()
    response = answer(client, campaign, "ada@example.org", HTTP_SEC_FETCH_SITE="same-origin")
    assert response.status_code == 303


def test_t28_a_body_beyond_any_form_is_refused_before_it_is_parsed(client, campaign):
    huge = answer(client, campaign, "a" * 70_000)
    assert huge.status_code == 413
    fields = {f"field{number}": "x" for number in range(60)}
    flood = client.post(campaign.get_absolute_url(), fields)
    assert flood.status_code == 400


def test_b59_other_methods_are_refused(client, campaign):
    for method in (client.put, client.delete, client.patch):
        assert method(campaign.get_absolute_url()).status_code == 405
