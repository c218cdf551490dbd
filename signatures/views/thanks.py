"""The page after signing: what to do now, the link again, a wrong address mended, a challenge."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.http import require_http_methods

from campaigns.editions import edition_at
from campaigns.models import Campaign
from campaigns.styling import stylesheet_url
from signatures.addresses import email_key, mask
from signatures.disclaiming import disclaim
from signatures.forms.pages import AddressForm, SignForm
from signatures.forms.reading import TRAP
from signatures.guarding.challenging import is_solved, make_challenge, release
from signatures.guarding.networks import network_of
from signatures.models import Letter
from signatures.open_campaigns import open_campaign
from signatures.signing import Visit, send_link_again
from signatures.views.page import show_errors
from signatures.views.public import public_form
from signatures.views.remembering import HOUR, Remembered, remember, remembered
from signatures.views.taking import new_typist, sign_and_thank

# When a signature that this browser still knows of was typed at the earliest.
LONGEST_AGO = timedelta(seconds=HOUR)


@require_http_methods(["GET", "HEAD", "POST"])
@public_form
def thanks(request: HttpRequest, slug: str) -> HttpResponse:
    """GET: check your inbox. POST `again`: the link once more. POST `email`: another address.

    POST `solution` and `challenge`: the browser has done its work.
    """
    campaign = edition_at(slug, Campaign.objects.public().select_related("organization"))
    if campaign is None:
        raise Http404
    typed = remembered(request, campaign)
    if request.method != "POST" or typed is None:
        return _show(request, campaign, typed, AddressForm())
    if "again" in request.POST:
        send_link_again(campaign=campaign, email=typed.fields["email"])
        return _see_other(campaign, "?again=1")
    if "solution" in request.POST:
        return _take_solution(request, campaign, typed)
    return _mend_address(request, campaign, typed)


def _mend_address(request: HttpRequest, campaign: Campaign, typed: Remembered) -> HttpResponse:
    """A fresh signature under the new address; what was typed under the wrong one is taken back.

    What cannot be signed as it was typed is given back as the whole sign form, and that comes here.
    """
    is_whole = "name" in request.POST
    address = AddressForm(request.POST)
    if not is_whole and not address.is_valid():
        return _show(request, campaign, typed, address, status=422)
    page = open_campaign(campaign.slug, fresh=True)
    if page is None:
        return HttpResponseRedirect(campaign.get_absolute_url(), status=303)
    mended = typed.fields | {"email": request.POST.get("email", "")}
    fields = request.POST.dict() if is_whole else mended
    reading = page.read(fields)
    if reading.errors:
        return show_errors(page.campaign, SignForm(fields, campaign=page.campaign))
    wrong = typed.fields["email"]
    if email_key(wrong) != email_key(reading.values["email"]):
        disclaim(campaign=campaign, email=wrong, typist=bytes.fromhex(typed.typist))
    return sign_and_thank(page, reading, _visit(request, typed))


def _visit(request: HttpRequest, typed: Remembered) -> Visit:
    """The same visit again; one that has a challenge to solve is not rid of it by a new address."""
    return Visit(
        referrer_code=typed.referrer_code,
        sharer_id=typed.sharer_id,
        network=network_of(request.META),
        trapped=typed.challenged or bool(request.POST.get(TRAP)),
        typist=new_typist(),
    )


def _take_solution(request: HttpRequest, campaign: Campaign, typed: Remembered) -> HttpResponse:
    """The same answer whether there was a held signature or not.

    After the end it is the page that says what came of the campaign.
    """
    salt, solution = request.POST.get("challenge", ""), request.POST["solution"]
    email = typed.fields["email"]
    if not is_solved(salt, solution, campaign=campaign, email=email):
        return _see_other(campaign, "?unsolved=1")
    release(salt, campaign=campaign, email=email)
    if not campaign.takes_confirmation_of(timezone.now() - LONGEST_AGO):
        return HttpResponseRedirect(campaign.get_absolute_url(), status=303)
    response = _see_other(campaign, "?solved=1")
    remember(response, campaign, _path(campaign), typed._replace(challenged=False))
    return response


def _came_back(campaign: Campaign, email: str) -> bool:
    """Whether a server said that there is no such mailbox, of a mail that this visit caused.

    A block from before would tell that somebody has signed with this address: it shows nothing.
    """
    since = timezone.now() - LONGEST_AGO
    letters = Letter.objects.bounced(campaign=campaign, email_key=email_key(email), since=since)
    return letters.exists()


def _path(campaign: Campaign) -> str:
    return reverse("thanks", args=[campaign.slug])


def _see_other(campaign: Campaign, query: str = "") -> HttpResponseRedirect:
    return HttpResponseRedirect(_path(campaign) + query, status=303)


def _show(
    request: HttpRequest,
    campaign: Campaign,
    typed: Remembered | None,
    form: AddressForm,
    status: int = 200,
) -> HttpResponse:
    email = typed.fields["email"] if typed else ""
    counted = campaign.proof == Campaign.Proof.AT_ONCE
    challenged = typed is not None and typed.challenged
    context: dict[str, Any] = {
        "organization": campaign.organization,
        "stylesheet_url": stylesheet_url(campaign.organization),
        "campaign": campaign,
        "masked_address": mask(email) if email else "",
        "counted": counted and not challenged,
        "bounced": bool(email) and not counted and _came_back(campaign, email),
        "in_steps": settings.COUNT_AT_ONCE_SECONDS > 0,
        "challenge": make_challenge(campaign=campaign, email=email) if challenged else None,
        "resent": "again" in request.GET,
        "solved": "solved" in request.GET and not challenged,
        "unsolved": "unsolved" in request.GET,
        "form": form,
    }
    with translation.override(campaign.language):
        return render(request, "signatures/thanks.html", context, status=status)
