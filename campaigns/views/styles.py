"""Files about campaigns that everyone may keep."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from campaigns.styling import stylesheet

YEAR = 365 * 24 * 60 * 60


@require_safe
def stylesheet_page(request: HttpRequest, signal: str, link: str, digest: str) -> HttpResponse:
    """The style sheet in these two colours, kept for ever under its own digest.

    A page rendered before an upgrade asks for an older digest: it gets today's, kept for a minute.
    """
    css, current = stylesheet(f"#{signal}", f"#{link}")
    response = HttpResponse(css, content_type="text/css; charset=utf-8")
    lifetime = f"max-age={YEAR}, immutable" if digest == current else "max-age=60"
    response.headers["Cache-Control"] = f"public, {lifetime}"
    return response
