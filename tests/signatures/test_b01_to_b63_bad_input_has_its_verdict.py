"""Every hostile name, address and request gets its verdict at the sign form itself."""

from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client, RequestFactory

from advocacy.wsgi import application
from signatures.forms.reading import TRAP
from signatures.models import Letter, Signature
from tests.corpus import cases, named
from tests.factories import make_campaign

pytestmark = pytest.mark.django_db

FORM = "application/x-www-form-urlencoded"
VALID = {"name": "Ada", "email": "ada@example.org"}


def submit(campaign, field, case):
    """POST the form with one field as the case says, the others as anybody would."""
    typed = case.get("typed", "") * case.get("times", 1)
    encoded = case.get("body") or quote(typed)
    others = {name: quote(value) for name, value in VALID.items() if name != field}
    body = "&".join(f"{name}={value}" for name, value in {**others, field: encoded}.items())
    response = Client().post(campaign.get_absolute_url(), body, content_type=FORM)
    return typed, response


def judge(case: Any, field: Any, typed: str, response: Any) -> None:
    """What the visitor sees, and what is stored, is what the verdict says."""
    if case["verdict"] == "reject":
        assert response.status_code == 422
        assert not Signature.objects.exists()
        page = BeautifulSoup(response.content, "html.parser")
        control = page.select_one(f"[name={field}]")
        assert control["aria-invalid"] == "true"
        error = page.find(id=control["aria-describedby"].split()[-1])
        assert error.get_text(strip=True)
        if typed and typed.isprintable():
            kept = control.get("value") or control.get_text()
            assert kept.strip() == typed.strip()
    else:
        assert response.status_code == 303
        stored = Signature.objects.select_related("supporter").get()
        value = stored.supporter.email if field == "email" else getattr(stored, field)
        assert value == case.get("becomes", typed)
        if "key" in case:
            assert stored.supporter.email_key == case["key"]


@pytest.mark.parametrize("case", cases("names"), ids=named)
def test_b01_to_b20_names_and_comments(case):
    field = case.get("field", "name")
    campaign = make_campaign(asks_comment=True)
    typed, response = submit(campaign, field, case)
    judge(case, field, typed, response)


@pytest.mark.parametrize("case", cases("addresses"), ids=named)
def test_b39_to_b50_addresses(case):
    typed, response = submit(make_campaign(), "email", case)
    judge(case, "email", typed, response)


@pytest.mark.parametrize("case", cases("form_protocol"), ids=named)
def test_b51_to_b63_requests(case):
    asked: dict[str, Any] = {f"asks_{field}": True for field in case.get("asks", ())}
    campaign = make_campaign(default_country=case.get("default_country", ""), **asked)
    expected = case["status"]
    for _time in range(case.get("repeat", 1)):
        status, _body = request_as_a_server_gets_it(campaign, case)
        assert status in (expected if isinstance(expected, list) else [expected])
    assert Signature.objects.count() == Letter.objects.count() == (status == 303)
    if status == 303:
        stored = Signature.objects.get()
        for field in ("consents", "postal_code", "state"):
            if field in case:
                assert getattr(stored, field) == case[field]


@pytest.fixture(autouse=True)
def the_tests_connection_stays():
    """A finished request must not close the transaction that the test looks at."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


def request_as_a_server_gets_it(campaign, case):
    """(status, body) of the request through the WSGI application, as gunicorn calls it."""
    body = case.get("body", "").replace("{trap}", TRAP) + case.get("fill", "") * case.get(
        "times", 0
    )
    headers = {
        name: "x" * 8000 if value == "x-8000" else value
        for name, value in case.get("headers", {}).items()
    }
    environ = (
        RequestFactory()
        .generic(
            case.get("method", "POST"),
            campaign.get_absolute_url(),
            body.encode("latin-1"),
            content_type=case.get("content_type", FORM),
            headers={"Host": urlsplit(settings.SITE_URL).netloc} | headers,
        )
        .environ
    )
    statuses: list[str] = []
    answer = application(environ, lambda status, _headers: statuses.append(status))
    return int(statuses[0][:3]), b"".join(answer)
