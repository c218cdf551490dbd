"""T18: what a shared cache leaves out of its key cannot change what the cache stores."""

import hashlib
from typing import Any

import pytest

from campaigns.models import Topic
from campaigns.share_image import share_image_url
from signatures.page_cache import pages
from tests.campaigns.languages import translate
from tests.factories import make_campaign

pytestmark = pytest.mark.django_db

EVIL = "evil.example"
# Headers, cookies and queries that no cache has in its key.
UNKEYED: list[dict[str, Any]] = [
    {"HTTP_X_FORWARDED_HOST": EVIL},
    {"HTTP_X_FORWARDED_SERVER": EVIL},
    {"HTTP_X_FORWARDED_PORT": "666"},
    {"HTTP_X_FORWARDED_PREFIX": "/evil"},
    {"HTTP_X_FORWARDED_SCHEME": "nothttps"},
    {"HTTP_X_FORWARDED_FOR": "203.0.113.9"},
    {"HTTP_X_FORWARDED_PATH": "/evil"},
    {"HTTP_FORWARDED": f"for=203.0.113.9;host={EVIL};proto=https"},
    {"HTTP_X_HOST": EVIL},
    {"HTTP_X_ORIGINAL_URL": "/admin/"},
    {"HTTP_X_REWRITE_URL": "/admin/"},
    {"HTTP_X_ORIGINAL_HOST": EVIL},
    {"HTTP_X_HTTP_METHOD_OVERRIDE": "POST"},
    {"HTTP_X_WAP_PROFILE": f"http://{EVIL}/"},
    {"HTTP_X_REAL_IP": "203.0.113.9"},
    {"HTTP_TRUE_CLIENT_IP": "203.0.113.9"},
    {"HTTP_CF_CONNECTING_IP": "203.0.113.9"},
    {"HTTP_X_AMZ_WEBSITE_REDIRECT_LOCATION": f"http://{EVIL}/"},
    {"HTTP_ACCEPT_LANGUAGE": "de,es;q=0.8"},
    {"HTTP_ACCEPT_LANGUAGE": "ar"},
    {"HTTP_ACCEPT_LANGUAGE": "x" * 8000},
    {"HTTP_ACCEPT": "application/json"},
    {"HTTP_ACCEPT_CHARSET": "utf-7"},
    {"HTTP_USER_AGENT": "<script>alert(1)</script>"},
    {"HTTP_REFERER": f"http://{EVIL}/?<script>"},
    {"HTTP_ORIGIN": f"http://{EVIL}"},
    {"HTTP_VIA": EVIL},
    {"HTTP_COOKIE": "sessionid=x; csrftoken=y; django_language=de; messages=z"},
    {"HTTP_COOKIE": "typed=a; you=b"},
    {"HTTP_AUTHORIZATION": "Basic YTpi"},
    {"HTTP_X_REQUESTED_WITH": "XMLHttpRequest"},
    {"HTTP_RANGE": "bytes=0-10"},
    {"HTTP_EXPECT": "100-continue"},
    {"HTTP_SEC_FETCH_SITE": "cross-site"},
    {"HTTP_SEC_CH_PREFERS_COLOR_SCHEME": "dark"},
    {"HTTP_DNT": "1"},
    {"HTTP_X_FORWARDED_PROTO": "http"},
    {"SCRIPT_NAME": "/evil"},
    {"QUERY_STRING": "utm_source=x&utm_content=<script>&fbclid=1"},
    {"QUERY_STRING": "source=fb&s=abc&lang=de&language=es&format=json&page=2"},
    {"QUERY_STRING": "a=%00&b=%ff&c[]=1&__proto__=1"},
    {"CONTENT_TYPE": "application/x-www-form-urlencoded", "wsgi.body": b"name=Eve&lang=de"},
]


def test_there_are_forty_of_them():
    assert len(UNKEYED) >= 40


def public_addresses() -> list[str]:
    """One address of each kind that everybody gets alike."""
    campaign = make_campaign(headline="Tell Amazon: Stop")
    spanish = translate(campaign)
    topic = Topic.objects.create(organization=campaign.organization, name="T", slug="topic")
    campaign.topics.add(topic)
    page, organization = campaign.get_absolute_url(), f"/by/{campaign.organization.slug}/"
    parts = ["", "count.json", "data/", "feed.atom", "history.json", "history.csv", "badge.svg"]
    return [
        "/",
        "/robots.txt",
        "/sitemap.xml",
        "/sitemap/lists.xml",
        organization,
        f"{organization}feed.atom",
        f"{organization}topic/",
        *(page + part for part in parts),
        spanish.get_absolute_url(),
        share_image_url(campaign),
    ]


def fetch(client: Any, address: str, strange: dict[str, Any]) -> tuple[int, str, str]:
    """(status, hash of the body, cache policy) of an answer that is rendered anew."""
    pages._pages.clear()
    meta = dict(strange)
    body = meta.pop("wsgi.body", None)
    if body is None:
        response = client.get(address, **meta)
    else:
        response = client.generic("GET", address, body, meta["CONTENT_TYPE"])
    assert not response.cookies
    varies = {name.strip() for name in response.get("Vary", "").split(",")}
    assert varies <= {"", "Accept-Encoding", "origin"}
    return (
        response.status_code,
        hashlib.sha256(response.content).hexdigest(),
        response.get("Cache-Control", ""),
    )


# All at once, for addresses where one after the other would take long.
ALL_AT_ONCE = {name: value for one in UNKEYED[:-1] for name, value in one.items()}


def test_t18_no_unkeyed_input_changes_a_byte_of_a_campaigns_page(client):
    address = make_campaign().get_absolute_url()
    plain = fetch(client, address, {})
    assert plain[0] == 200
    for strange in UNKEYED:
        assert fetch(client, address, strange) == plain, strange


def test_t18_nor_of_anything_else_that_caches_store(client):
    for address in public_addresses():
        plain = fetch(client, address, {})
        assert plain[0] == 200, address
        assert plain[2].startswith("public,"), address
        for strange in (ALL_AT_ONCE, UNKEYED[-1]):
            assert fetch(client, address, strange) == plain, (address, strange)


def test_t18_errors_are_kept_by_no_cache(client):
    for address in ("/nowhere/", "/by/nobody/", "/sign/nothing/", "/sign/nothing/history.json"):
        response = client.get(address)
        assert response.status_code == 404
        assert "no-store" in response["Cache-Control"]
