"""No page, no error and no file leaves without the headers that keep a browser safe."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.test import Client, RequestFactory
from django.urls import URLPattern, get_resolver
from django.urls.converters import get_converters
from django.urls.resolvers import RegexPattern

from advocacy.middleware import HeadersMiddleware
from campaigns.styling import stylesheet_url
from tests.factories import make_campaign

pytestmark = pytest.mark.django_db

SAMPLES = {"slug": "a-campaign", "token": "no-token", "int": 1, "str": "x", "path": "x"}
REGEX_SAMPLES = {
    "stylesheet": stylesheet_url(None),
    "sitemap-of-campaigns": "/sitemap/1.xml",
    "badge": "/sign/a-campaign/badge.svg",
    "share-image": "/sign/a-campaign/share.0123456789abcdef.png",
    None: "/confirm/",
}
POLICY = {
    "default-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
}


def public_addresses() -> list[str]:
    """One for every public URL pattern. A new kind of argument needs a sample above."""
    patterns = get_resolver().url_patterns
    return [address_of(pattern) for pattern in patterns if isinstance(pattern, URLPattern)]


def address_of(pattern: URLPattern) -> str:
    if isinstance(pattern.pattern, RegexPattern):
        return REGEX_SAMPLES.get(pattern.name, f"/{pattern.name}/")
    names = {type(converter): name for name, converter in get_converters().items()}
    route = str(pattern.pattern)
    for name, converter in pattern.pattern.converters.items():
        kind = names[type(converter)]
        route = route.replace(f"<{kind}:{name}>", str(SAMPLES[kind]))
    return f"/{route}"


def test_every_address_that_is_an_expression_has_a_sample() -> None:
    patterns = get_resolver().url_patterns
    named = {one.name for one in patterns if isinstance(one.pattern, RegexPattern)}
    assert named == set(REGEX_SAMPLES)


def assert_safe(response: HttpResponseBase) -> None:
    headers = response.headers
    assert set(headers["Content-Security-Policy"].split("; ")) == POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] in ("strict-origin-when-cross-origin", "same-origin")
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    public = headers["Cache-Control"].startswith("public, max-age=")
    assert public or headers["Cache-Control"] == "private, no-store"
    assert not (public and response.cookies)


@pytest.mark.parametrize("address", public_addresses())
def test_every_public_address_is_safe_however_it_is_asked(client: Client, address: str) -> None:
    make_campaign(slug=SAMPLES["slug"])

    for response in (
        client.get(address),
        client.head(address),
        client.post(address),
        client.put(address),
    ):
        assert_safe(response)


def test_errors_and_files_carry_them_too(client: Client) -> None:
    for address in ("/no-such-page/", "/sign/a%00b/", "/static/no-such-file.css"):
        assert_safe(client.get(address))
    refused = client.get("/", HTTP_HOST="evil.example")
    assert refused.status_code == 400
    assert_safe(refused)


def test_t17_what_sets_a_cookie_is_stored_by_nobody() -> None:
    def view(request: object) -> HttpResponse:
        response = HttpResponse("for one", headers={"Cache-Control": "public, max-age=600"})
        response.set_cookie("who", "ada")
        return response

    answered = HeadersMiddleware(view)(RequestFactory().get("/anything/"))

    assert answered.headers["Cache-Control"] == "private, no-store"


def test_t17_a_public_page_looks_at_no_account(client: Client, admin_client: Client) -> None:
    address = make_campaign().get_absolute_url()

    nobody, staff = client.get(address), admin_client.get(address)

    assert nobody.content == staff.content
    assert nobody.headers == staff.headers
    assert not hasattr(staff.wsgi_request, "session")
    assert not hasattr(staff.wsgi_request, "user")


def test_a_view_that_asks_for_a_policy_of_its_own_gets_it() -> None:
    from csp.decorators import csp_update

    @csp_update({"img-src": ["'self'", "data:"]})
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse("picture")

    policy = HeadersMiddleware(view)(RequestFactory().get("/anything/"))["Content-Security-Policy"]

    assert "img-src 'self' data:" in policy
    assert "default-src 'self'" in policy


def test_a_form_is_protected_unless_its_view_refuses(client: Client) -> None:
    """The staff's middlewares go past public pages, this one must not."""
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/admin/login/", {"username": "ada"}).status_code == 403
    assert strict.post("/").status_code in (403, 405)


def test_a_known_page_is_not_sent_again_even_when_a_proxy_packed_it(client: Client) -> None:
    address = make_campaign().get_absolute_url()
    etag = client.get(address)["ETag"]

    for condition in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        assert client.get(address, HTTP_IF_NONE_MATCH=condition).status_code == 304
    for condition in ('"other"', "", "nonsense", etag.strip('"')):
        assert client.get(address, HTTP_IF_NONE_MATCH=condition).status_code == 200
