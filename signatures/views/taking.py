"""Taking the sign form: the POST half of the campaign page."""

import secrets
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from campaigns.models import Campaign
from signatures.forms.pages import SignForm
from signatures.forms.reading import TRAP, Reading
from signatures.guarding.networks import network_of
from signatures.open_campaigns import OpenCampaign, open_campaign
from signatures.signing import Visit, sign
from signatures.views.arriving import sharer_in, source_in
from signatures.views.remembering import Remembered, remember

ShowErrors = Callable[[Campaign, SignForm], HttpResponse]
ShowEnded = Callable[[str], HttpResponse]


def take(
    request: HttpRequest, slug: str, *, show_errors: ShowErrors, show_ended: ShowEnded
) -> HttpResponse:
    """Sign as the form says and lead to the page after signing; else the form, as it was typed.

    A form that comes after the end is answered by what came of the campaign.
    """
    page = open_campaign(slug)
    if page is None:
        return show_ended(slug)
    reading = page.read(request.POST)
    if reading.errors:
        page = open_campaign(slug, fresh=True)
        if page is None:
            return show_ended(slug)
        form = SignForm(request.POST, campaign=page.campaign)
        if not form.is_valid():
            return show_errors(page.campaign, form)
        reading = form.reading
    visit = Visit(
        referrer_code=source_in(request),
        sharer_id=sharer_in(request, page.campaign),
        network=network_of(request.META),
        trapped=bool(request.POST.get(TRAP)),
        typist=new_typist(),
    )
    return sign_and_thank(page, reading, visit)


def sign_and_thank(page: OpenCampaign, reading: Reading, visit: Visit) -> HttpResponse:
    """Sign as a form without errors says, and lead to the page after signing."""
    values = reading.values
    challenged = sign(
        campaign=page.campaign,
        statement=values["statement"],
        notice=values["notice"],
        email=values["email"],
        typed=reading.typed(page.asked),
        visit=visit,
    )
    response = HttpResponseRedirect(page.thanks_path, status=303)
    typed = Remembered(
        reading.as_form(),
        visit.referrer_code,
        visit.sharer_id,
        challenged,
        visit.typist.hex() if visit.typist else "",
    )
    remember(response, page.campaign, page.thanks_path, typed)
    return response


def new_typist() -> bytes:
    """What the browser that typed a form will be known by, to itself and to the row it made."""
    return secrets.token_bytes(16)
