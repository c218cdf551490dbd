"""Where counted links of mails lead over."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_safe

from mailings.following import note_click, target_of
from mailings.visiting import address_that_counts
from postroom.links import BadToken, read_token
from signatures import links
from signatures.views.arriving import is_by_a_reader
from signatures.views.public import token_page
from signatures.views.token_pages import bad_link


@require_safe
@token_page
def follow(request: HttpRequest, token: str, number: int) -> HttpResponse:
    """Lead on to what stood in the mail. A GET by a reader is counted, and nothing else happens."""
    try:
        supporter_id, mailing_id = read_token(links.FOLLOW, token)
    except BadToken:
        return bad_link(request)
    url = target_of(mailing_id=mailing_id, number=number)
    if url is None:
        return bad_link(request)
    if is_by_a_reader(request):
        note_click(mailing_id=mailing_id, supporter_id=supporter_id, number=number)
    read = links.read_link_token(mailing_id=mailing_id)
    return HttpResponseRedirect(address_that_counts(url, read))
