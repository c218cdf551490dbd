"""T36: when our own code breaks, neither the page nor the log repeats what somebody typed."""

import http.client
import re
from collections.abc import Iterator
from urllib.parse import urlencode, urlsplit

import pytest
from django.db import connection

from tests.factories import make_campaign

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

FIELDS = {
    "name": "Marker-Lovelace",
    "email": "marker@example.org",
    "comment": "Marker comment",
    "postal_code": "MARKER 1AA",
}


@pytest.fixture
def broken() -> Iterator[None]:
    """The statement that signs meets an error that nobody foresaw, and that repeats the row."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION break() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'unforeseen: %', NEW; END $$;"
            "CREATE TRIGGER broken BEFORE INSERT ON signatures_signature "
            "FOR EACH ROW EXECUTE FUNCTION break()"
        )
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP FUNCTION break() CASCADE")


def test_t36_a_broken_sign_form_keeps_what_was_typed_to_itself(start_site, broken):
    campaign = make_campaign(asks_comment=True, asks_postal_code=True)
    site = start_site()
    visitor = http.client.HTTPConnection(urlsplit(site.url).netloc, timeout=30)
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    visitor.request("POST", campaign.get_absolute_url(), urlencode(FIELDS), form)
    response = visitor.getresponse()
    page = response.read().decode()
    visitor.close()

    assert response.status == 500
    assert response.headers["Cache-Control"] == "private, no-store"
    assert "Something went wrong" in page
    number = re.search(r"<strong>([0-9a-f]{8})</strong>", page)
    assert number
    site.stop()
    assert number[1] in site.output
    assert "Traceback" in site.output
    for marker in FIELDS.values():
        assert marker not in page
        assert marker not in site.output
