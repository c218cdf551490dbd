"""Where a mail's links to public pages lead over, so that its visits are counted."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from mailings.visiting import count_visit
from postroom.links import BadToken, read_token
from signatures import links
from signatures.guarding.guessing import too_many_bad_links
from signatures.guarding.networks import network_of
from signatures.views.arriving import is_by_a_reader
from signatures.views.public import token_page
from signatures.views.recognising import ARRIVED

_AGAIN = "again"


@require_safe
@token_page
def visit(request: HttpRequest, token: str, slug: str, update: int | None = None) -> HttpResponse:
    """Lead on to the page; count the visit of a browser that keeps a cookie on the way there.

    The page itself is the same for everybody and is served without cookies, so this address is
    asked twice: it gives the cookie, and sees it again. Whoever keeps none gets there too.
    """
    page = reverse("campaign-page", args=[slug])
    if update is not None:
        page = reverse("update-page", args=[slug, update])
    try:
        (mailing_id,) = read_token(links.READ, token)
    except (BadToken, ValueError):
        too_many_bad_links(network_of(request.META))
        return HttpResponseRedirect(page, status=303)
    if ARRIVED.read(request, path=request.path) == [mailing_id]:
        response = HttpResponseRedirect(page, status=303)
        if is_by_a_reader(request):
            count_visit(mailing_id)
            ARRIVED.take(response, path=request.path)
        return response
    if _AGAIN in request.GET:
        return HttpResponseRedirect(page, status=303)
    response = HttpResponseRedirect(f"{request.path}?{_AGAIN}=1", status=303)
    ARRIVED.give(response, path=request.path, ids=[mailing_id])
    return response
