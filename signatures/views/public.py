"""What the public views share: cacheable answers, the door for forms, and the honest 503."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import render
from django.utils.http import parse_etags
from django.views.decorators.csrf import csrf_exempt

from signatures.open_campaigns import open_campaign
from signatures.page_cache import Page

PUBLIC_CACHE = "public, max-age=2, stale-while-revalidate=2, stale-if-error=600"
MAX_BODY = 64 * 1024
MAX_FIELDS = 50
RETRY_AFTER_SECONDS = 10

View = Callable[..., HttpResponse]


def serve(request: HttpRequest, page: Page) -> HttpResponse:
    """The page for everyone, or 304 when the visitor has these bytes already."""
    # From META, for `request.headers` would first build all of them.
    condition = request.META.get("HTTP_IF_NONE_MATCH")
    response: HttpResponse
    if condition and _is_known(page.etag, condition):
        response = HttpResponseNotModified()
    else:
        response = HttpResponse(page.body, content_type=page.content_type)
    response.headers["ETag"] = page.etag
    response.headers["Cache-Control"] = PUBLIC_CACHE
    return response


def _is_known(etag: str, condition: str) -> bool:
    """Whether an `If-None-Match` names this entity tag, weak as a proxy that packs makes it."""
    known = parse_etags(condition)
    return "*" in known or etag in (one.removeprefix("W/") for one in known)


def public_form(view: View) -> View:
    """A view that takes a form from a visitor without an account.

    There is no cookie authority, so no CSRF token (which would tie the page to a visitor): a form
    sent from another site is refused by what the browser says of its origin, unless the campaign's
    organization lists that site. Too large a body is refused before it is parsed. When the database
    is away the visitor gets what they typed back.
    """

    @csrf_exempt
    @honest_when_away
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST":
            if refusal := refuse_body(request):
                return refusal
            if is_cross_site(request) and not is_listed_site(request, kwargs.get("slug", "")):
                return render(request, "signatures/other_site.html", status=403)
        return view(request, *args, **kwargs)

    return guarded


def token_page(view: View) -> View:
    """A page behind a mail link: the token is the authority, so the origin is not asked.

    `same-origin` and not `no-referrer`: with that Chromium would post `Origin: null`.
    """

    @csrf_exempt
    @honest_when_away
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = refuse_body(request) if request.method == "POST" else None
        response = response or view(request, *args, **kwargs)
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    return guarded


def honest_when_away(view: View) -> View:
    """503 with the typed form when PostgreSQL is away, never a fake success."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except (OperationalError, InterfaceError):
            return unavailable(request)

    return guarded


def unavailable(request: HttpRequest) -> HttpResponse:
    """Says that nothing is saved yet, with everything typed so far ready to be sent again."""
    typed = [(name, value) for name, values in request.POST.lists() for value in values]
    response = render(
        request,
        "signatures/unavailable.html",
        {"typed": typed, "retry_after": RETRY_AFTER_SECONDS},
        status=503,
    )
    response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def refuse_body(request: HttpRequest) -> HttpResponse | None:
    """413 for a body or a number of fields beyond any form of ours; None when it may be parsed."""
    meta = request.META
    length = meta.get("CONTENT_LENGTH") or "0"
    too_large = not length.isdecimal() or int(length) > MAX_BODY
    if too_large or "gzip" in meta.get("HTTP_CONTENT_ENCODING", ""):
        return HttpResponse("This form is too large.\n", "text/plain; charset=utf-8", status=413)
    if sum(map(len, (values for _name, values in request.POST.lists()))) > MAX_FIELDS:
        return HttpResponse("Too many fields.\n", "text/plain; charset=utf-8", status=400)
    return None


def is_cross_site(request: HttpRequest) -> bool:
    """Whether the browser says that another site sent this form.

    `Sec-Fetch-Site` decides where there is one; else `Origin` is compared with the validated host.
    A request with neither comes from no current browser and carries no authority: it may sign.
    """
    if site := request.META.get("HTTP_SEC_FETCH_SITE"):
        return site not in ("same-origin", "none")
    origin = request.META.get("HTTP_ORIGIN", "")
    try:
        return bool(origin) and urlsplit(origin).netloc != request.get_host()
    except ValueError:  # no origin that any browser would send
        return True


def is_listed_site(request: HttpRequest, slug: str) -> bool:
    """Whether the form comes from a site that the organization of this campaign lets sign here."""
    page = open_campaign(slug)
    return page is not None and request.META.get("HTTP_ORIGIN", "").lower() in page.embedders
