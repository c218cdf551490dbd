"""The page after signing: what to do now, the link again, and a wrong address mended."""

from typing import Any

from django.conf import settings
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_http_methods

from campaigns.editions import edition_at
from campaigns.models import Campaign
from campaigns.styling import stylesheet_url
from signatures.addresses import mask
from signatures.forms import AddressForm, SignForm
from signatures.signing import send_link_again, sign
from signatures.views.public import public_form

COOKIE = "typed"
HOUR = 60 * 60
# Browsers drop a cookie beyond 4 KB; a long comment is left out before that.
MAX_COOKIE = 3800


def remember_typed(response: HttpResponse, campaign: Campaign, fields: dict[str, str]) -> None:
    """Give the visitor's own browser what they typed, for an hour and for that one page."""
    value = signing.dumps(fields, salt=_salt(campaign), compress=True)
    if len(value) > MAX_COOKIE:
        value = signing.dumps(fields | {"comment": ""}, salt=_salt(campaign), compress=True)
    response.set_cookie(
        COOKIE,
        value,
        max_age=HOUR,
        path=reverse("thanks", args=[campaign.slug]),
        httponly=True,
        samesite="Lax",
        secure=settings.SITE_IS_HTTPS,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@public_form
def thanks(request: HttpRequest, slug: str) -> HttpResponse:
    """GET: check your inbox. POST `again`: the link once more. POST `email`: another address."""
    campaign = edition_at(slug, Campaign.objects.public().select_related("organization"))
    if campaign is None:
        raise Http404
    typed = _typed_before(request, campaign)
    if request.method == "POST" and typed:
        if "again" in request.POST:
            send_link_again(campaign=campaign, email=typed["email"])
            return _see_other(campaign, "?again=1")
        return _mend_address(request, campaign, typed)
    return _show(request, campaign, typed, AddressForm())


def sign_with(form: SignForm, *, referrer_code: str) -> None:
    """Sign as a valid form says."""
    sign(
        campaign=form.campaign,
        statement=form.cleaned_data["statement"],
        notice=form.cleaned_data["notice"],
        email=form.cleaned_data["email"],
        typed=form.typed(),
        referrer_code=referrer_code,
    )


def _mend_address(request: HttpRequest, campaign: Campaign, typed: dict[str, str]) -> HttpResponse:
    """A fresh signature under the new address; the old pending row is left to expire."""
    address = AddressForm(request.POST)
    if not address.is_valid():
        return _show(request, campaign, typed, address, status=422)
    fields = typed | {"email": address.cleaned_data["email"]}
    form = SignForm(fields, campaign=campaign)
    if not (campaign.is_open and form.is_valid()):
        return HttpResponseRedirect(campaign.get_absolute_url(), status=303)
    sign_with(form, referrer_code=typed["referrer_code"])
    response = _see_other(campaign)
    remember_typed(response, campaign, fields)
    return response


def _typed_before(request: HttpRequest, campaign: Campaign) -> dict[str, str] | None:
    value = request.COOKIES.get(COOKIE, "")
    try:
        return signing.loads(value, salt=_salt(campaign), max_age=HOUR)
    except signing.BadSignature:
        return None


def _salt(campaign: Campaign) -> str:
    """What was typed on one campaign is worth nothing on another."""
    return f"signatures.thanks.{campaign.pk}"


def _see_other(campaign: Campaign, query: str = "") -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("thanks", args=[campaign.slug]) + query, status=303)


def _show(
    request: HttpRequest,
    campaign: Campaign,
    typed: dict[str, str] | None,
    form: AddressForm,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        "organization": campaign.organization,
        "stylesheet_url": stylesheet_url(campaign.organization),
        "campaign": campaign,
        "masked_address": mask(typed["email"]) if typed else "",
        "counted": campaign.proof == Campaign.Proof.AT_ONCE,
        "resent": "again" in request.GET,
        "form": form,
    }
    with translation.override(campaign.language):
        return render(request, "signatures/thanks.html", context, status=status)
