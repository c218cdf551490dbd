"""Serves documents: from the memory of the process, the same bytes to everyone."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from campaigns.documents import Document, Gone
from signatures.page_cache import pages
from signatures.views.public import View, honest_when_away, serve

# What changes by the hour, or is read by machines that come back by themselves.
FOR_MINUTES = "public, max-age=60, stale-while-revalidate=60, stale-if-error=3600"


def published(
    document: Callable[..., Document | None], *, lifetime: str = "", embedded: bool = False
) -> View:
    """The view of a document, which gets the parts of the address by name and no request.

    None from it answers 404, `Gone` 410. `lifetime` is a cache policy in place of the two seconds
    of a page. What is `embedded` other sites may read and show.
    """

    @require_safe
    @honest_when_away
    def view(request: HttpRequest, **address: str) -> HttpResponse:
        try:
            page = pages.get(request.path, lambda: document(**address))
        except Gone:
            return render(request, "410.html", status=410)
        if page is None:
            raise Http404
        response = serve(request, page)
        if lifetime:
            response.headers["Cache-Control"] = lifetime
        if embedded:
            response.headers["Access-Control-Allow-Origin"] = "*"
            response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response

    return view
