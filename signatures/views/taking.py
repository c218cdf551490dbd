"""Taking the sign form: the POST half of the campaign page."""

import re
from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from campaigns.editions import edition_at
from campaigns.models import Campaign
from signatures.forms import SignForm
from signatures.views.thanks import remember_typed, sign_with

_NOT_IN_CODE = re.compile(r"[^A-Za-z0-9_.~-]")

ShowErrors = Callable[[Campaign, SignForm], HttpResponse]


def take(request: HttpRequest, slug: str, *, show_errors: ShowErrors) -> HttpResponse:
    """Sign as the form says and lead to the page after signing; else the form, as it was typed."""
    campaign = _open_campaign(slug)
    form = SignForm(request.POST, campaign=campaign)
    if not form.is_valid():
        return show_errors(campaign, form)
    code = _NOT_IN_CODE.sub("", request.GET.get("source", "")[:200])
    sign_with(form, referrer_code=code)
    response = HttpResponseRedirect(reverse("thanks", args=[campaign.slug]), status=303)
    remember_typed(response, campaign, form.as_cleaned() | {"referrer_code": code})
    return response


def _open_campaign(slug: str) -> Campaign:
    campaign = edition_at(slug, Campaign.objects.open())
    if campaign is None:
        raise Http404
    return campaign
