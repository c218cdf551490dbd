"""The page for somebody who comes from a mail: a first name, a masked address, one button."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_http_methods

from campaigns.editions import edition_at
from campaigns.models import Campaign
from postroom.links import BadToken, read_token
from signatures import links
from signatures.addresses import mask
from signatures.forms.pages import SignForm
from signatures.guarding.guessing import too_many_bad_links
from signatures.guarding.networks import network_of
from signatures.guarding.passes import Pass
from signatures.models import Signature, Supporter
from signatures.recognising import note_visit, recognise, sign_recognised
from signatures.signing import Visit
from signatures.views.arriving import is_by_a_reader, sharer_in, source_in
from signatures.views.public import token_page
from signatures.views.token_pages import page_of, share_and_next

RECOGNISED = Pass("recognised", seconds=60 * 60)
# From a mail's link to the page that it leads to, where the visit is counted, and no further.
ARRIVED = Pass("arrived", seconds=60)
# What the address of a mail's link may carry on to the page it leads to.
CARRIED = ("source", "s")


@require_http_methods(["GET", "HEAD"])
@token_page
def from_mail(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """Leads to the page that knows the reader, or to everybody's when the link does not."""
    campaign = edition_at(slug, Campaign.objects.public())
    page = _with_query(request, reverse("campaign-page", args=[slug]))
    try:
        supporter_id, mailing_id = read_token(links.RECOGNISED, token)
    except (BadToken, ValueError):
        too_many_bad_links(network_of(request.META))
        return HttpResponseRedirect(page, status=303)
    if campaign is None or recognise(supporter_id=supporter_id, campaign=campaign) is None:
        return HttpResponseRedirect(page, status=303)
    path = _path(slug)
    response = HttpResponseRedirect(_with_query(request, path), status=303)
    RECOGNISED.give(response, path=path, ids=[supporter_id, mailing_id])
    if mailing_id:
        ARRIVED.give(response, path=path, ids=[mailing_id])
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@token_page
def recognised_page(request: HttpRequest, slug: str) -> HttpResponse:
    """GET: is this you? POST: signed, at once. POST `not_you`: everybody's page."""
    campaign = edition_at(slug, Campaign.objects.public().select_related("organization", "tally"))
    ids = RECOGNISED.read(request, path=_path(slug))
    supporter = campaign and ids and recognise(supporter_id=ids[0], campaign=campaign)
    if not campaign or not ids or not supporter or "not_you" in request.POST:
        response = HttpResponseRedirect(
            _with_query(request, reverse("campaign-page", args=[slug])), status=303
        )
        RECOGNISED.take(response, path=_path(slug))
        return response
    signature = _counted(campaign, supporter)
    if signature is None and not campaign.is_open:
        return HttpResponseRedirect(campaign.get_absolute_url(), status=303)
    if signature or request.method != "POST":
        shown = _show(request, campaign, supporter, signature=signature)
        _note_arrival(request, shown, supporter)
        return shown
    return _take(request, campaign, supporter, mailing_id=ids[1])


def _note_arrival(request: HttpRequest, response: HttpResponse, supporter: Supporter) -> None:
    """Count a visit by a mailing's link, once: as soon as somebody looks.

    What opens links for safety's sake keeps no cookie, and so is no visit.
    """
    ids = ARRIVED.read(request, path=request.path)
    if ids and request.method == "GET" and is_by_a_reader(request):
        note_visit(ids[0], supporter.pk)
        ARRIVED.take(response, path=request.path)


def _take(
    request: HttpRequest, campaign: Campaign, supporter: Supporter, *, mailing_id: int
) -> HttpResponse:
    form = _form(campaign, supporter, request.POST)
    if not RECOGNISED.sent_it(request):
        return _show(request, campaign, supporter, form=form, status=403)
    if not form.is_valid():
        return _show(request, campaign, supporter, form=form, status=422)
    counts = sign_recognised(
        supporter=supporter,
        campaign=campaign,
        statement=form.cleaned_data["statement"],
        notice=form.cleaned_data["notice"],
        typed=form.typed(),
        visit=Visit(
            referrer_code=source_in(request),
            sharer_id=sharer_in(request, campaign),
            mailing_number=mailing_id or None,
        ),
    )
    # What cannot count any more is answered by the campaign's page: it says what came of it.
    page = request.path + "?signed=1" if counts else campaign.get_absolute_url()
    return HttpResponseRedirect(page, status=303)


def _counted(campaign: Campaign, supporter: Supporter) -> Signature | None:
    """The signature of this person that counts here, its campaign in the page's language."""
    signature = Signature.objects.filter(
        campaign_id=campaign.pk, supporter=supporter, state=Signature.State.COUNTED
    ).first()
    if signature:
        signature.campaign = campaign
    return signature


def _form(campaign: Campaign, supporter: Supporter, posted: QueryDict | None) -> SignForm:
    """The sign form with what is known of the person filled in, whatever was posted for it."""
    if posted is None:
        shown = {
            "statement": campaign.current_statement().pk,
            "notice": campaign.current_notice().pk,
        }
        return SignForm(campaign=campaign, initial=shown)
    typed = {name: value for name, value in posted.items() if isinstance(value, str)}
    return SignForm(typed | _known(supporter), campaign=campaign)


def _known(supporter: Supporter) -> dict[str, str]:
    fields = ("name", "email", "postal_code", "country")
    return {field: value for field in fields if (value := getattr(supporter, field))}


def _show(
    request: HttpRequest,
    campaign: Campaign,
    supporter: Supporter,
    *,
    signature: Signature | None = None,
    form: SignForm | None = None,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = page_of(campaign) | {
        "first_name": supporter.name.split()[0] if supporter.name else "",
        "masked_address": mask(supporter.email),
        "signature": signature,
        "just_signed": "signed" in request.GET,
    }
    if signature:
        context |= share_and_next(signature)
    else:
        form = form or _form(campaign, supporter, None)
        known = _known(supporter)
        context |= {
            "form": form,
            "asked": [
                field
                for field in form.visible_fields()
                if field.name != "consent" and (field.name not in known or field.errors)
            ],
            "statement": campaign.current_statement(),
            "notice": form.notice,
            "pass": RECOGNISED.form_value(request),
            "not_ours": status == 403,
        }
    with translation.override(campaign.language):
        return render(request, "signatures/recognised.html", context, status=status)


def _path(slug: str) -> str:
    return reverse("recognised", args=[slug])


def _with_query(request: HttpRequest, path: str) -> str:
    query = QueryDict(mutable=True)
    for name in CARRIED:
        if value := request.GET.get(name):
            query[name] = value[:200]
    return f"{path}?{query.urlencode()}" if query else path
