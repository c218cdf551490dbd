"""My data: ask for the link, open it, then see, correct, hide, withdraw, take along, erase."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.paginator import Page, Paginator
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from campaigns.editions import edition
from campaigns.models import Campaign, Organization
from campaigns.styling import stylesheet_url
from signatures.erasing import erase
from signatures.forms.owners import EraseForm, OwnSignatureForm
from signatures.forms.pages import AddressForm
from signatures.guarding.guessing import too_many_bad_links, too_many_questions
from signatures.guarding.networks import network_of
from signatures.guarding.passes import Pass
from signatures.models import DataAccess, Signature, Supporter
from signatures.own_data import (
    correct,
    everything_about,
    hide,
    mail_of,
    owe_link,
    sections_of,
    signatures_of,
)
from signatures.speaking import language_of
from signatures.views.public import is_cross_site, public_form, token_page
from signatures.views.token_pages import preferences_url, render_for, render_in, too_many
from signatures.withdrawing import withdraw

PATH = "/my-data/"
# Signatures that one page shows.
AT_ONCE = 20
LONGEST_NUMBER = 19
VISIT = Pass("visit", seconds=int(DataAccess.VISIT_LASTS.total_seconds()))

OwnerView = Callable[..., HttpResponse]


@require_http_methods(["GET", "HEAD", "POST"])
@public_form
def ask_page(request: HttpRequest) -> HttpResponse:
    """Type an address; whoever owns it gets a link. The answer is the same for every address."""
    form = AddressForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        # Whoever is asked for, one row is written: a commit takes the same time.
        with transaction.atomic():
            crowded = too_many_questions(network_of(request.META))
            if not crowded:
                owe_link(email=form.cleaned_data["email"])
        return too_many(request) if crowded else HttpResponseRedirect(PATH + "?sent=1", status=303)
    context: dict[str, Any] = {
        "form": form,
        "sent": "sent" in request.GET and not form.errors,
        "ended": "ended" in request.GET,
        "stylesheet_url": stylesheet_url(None),
    }
    status = 422 if form.errors else 200
    return render(request, "signatures/own_data/ask.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@token_page
def open_page(request: HttpRequest, token: str) -> HttpResponse:
    """GET: one button. POST: the link is used up, and the visit begins.

    A form that another site sent opens nothing: it would put somebody else's data, and with it
    whatever is corrected there, into the browser of a visitor who pressed no button of ours.
    """
    from_elsewhere = request.method == "POST" and is_cross_site(request)
    if request.method != "POST" or from_elsewhere:
        context = {"stylesheet_url": stylesheet_url(None), "from_elsewhere": from_elsewhere}
        status = 403 if from_elsewhere else 200
        return _show_to_owner(request, token, "signatures/own_data/open.html", context, status)
    access = DataAccess.objects.redeem(token)
    if access is None and _visitor(request) is None:
        if too_many_bad_links(network_of(request.META)):
            return too_many(request)
        fresh = {"stylesheet_url": stylesheet_url(None), "form": AddressForm()}
        return _show_to_owner(request, token, "signatures/own_data/used.html", fresh, 410)
    response = HttpResponseRedirect(reverse("own-data-mine"), status=303)
    if access:
        VISIT.give(response, path=PATH, ids=[access.pk])
    return response


def _show_to_owner(
    request: HttpRequest, token: str, template: str, context: dict[str, Any], status: int
) -> HttpResponse:
    """A page that tells what the link is for, in the language of whom it was sent to."""
    owner = DataAccess.objects.owner_of(token)
    return render_for(request, template, context, supporter_id=owner, status=status)


def owner_page(*methods: str) -> Callable[[OwnerView], OwnerView]:
    """A view for somebody whose visit has begun; it gets the supporter.

    A form that we did not give to this visitor changes nothing; without a visit the way leads to
    where one asks for a link.
    """

    def decorate(view: OwnerView) -> OwnerView:
        @require_http_methods(methods)
        @token_page
        @wraps(view)
        def opened(request: HttpRequest, **kwargs: Any) -> HttpResponse:
            supporter = _visitor(request)
            if supporter is None:
                return HttpResponseRedirect(PATH + "?ended=1", status=303)
            if request.method == "POST" and not VISIT.sent_it(request):
                return render(request, "signatures/other_site.html", status=403)
            return view(request, supporter, **kwargs)

        return opened

    return decorate


@owner_page("GET", "HEAD", "POST")
def own_page(request: HttpRequest, supporter: Supporter) -> HttpResponse:
    """Everything that is held. POST `end`: the visit is over, for a copy of its cookie too."""
    if request.method == "POST":
        for access_id in VISIT.read(request, path=PATH) or ():
            DataAccess.objects.end(access_id)
        response = HttpResponseRedirect(PATH, status=303)
        VISIT.take(response, path=PATH)
        return response
    saved = request.GET.get("saved", "")
    is_number = saved.isascii() and saved.isdecimal() and len(saved) < LONGEST_NUMBER
    return _show(request, supporter, shown=int(saved) if is_number else 0)


@owner_page("POST")
def change(request: HttpRequest, supporter: Supporter, pk: int) -> HttpResponse:
    """Correct, hide or withdraw one signature."""
    own = {"signature_id": pk, "supporter_id": supporter.pk}
    signature = get_object_or_404(signatures_of(supporter), pk=pk)
    if "withdraw" in request.POST:
        withdraw(signature_id=pk, and_leave="leave" in request.POST, via="own data page")
    elif "hide" in request.POST:
        hide(**own)
    else:
        form = OwnSignatureForm(request.POST, signature=signature)
        if not form.is_valid():
            return _show(request, supporter, shown=pk, refused=form, status=422)
        correct(**own, texts=form.corrected())
    return HttpResponseRedirect(
        reverse("own-data-mine") + f"?saved={pk}#signature-{pk}", status=303
    )


@owner_page("GET", "HEAD")
def export(request: HttpRequest, supporter: Supporter) -> HttpResponse:
    """All of it as a file that machines read."""
    response = JsonResponse(
        everything_about(supporter),
        encoder=DjangoJSONEncoder,
        json_dumps_params={"ensure_ascii": False, "indent": 2},
    )
    response.headers["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return response


@owner_page("POST")
def erase_page(request: HttpRequest, supporter: Supporter) -> HttpResponse:
    """Erase everything, once the box is ticked."""
    form = EraseForm(request.POST)
    if not form.is_valid():
        return _show(request, supporter, erasing=form, status=422)
    language = language_of(supporter_id=supporter.pk)
    erase(supporter_id=supporter.pk)
    context = {"stylesheet_url": stylesheet_url(None)}
    response = render_in(request, "signatures/own_data/erased.html", context, language=language)
    VISIT.take(response, path=PATH)
    return response


def _visitor(request: HttpRequest) -> Supporter | None:
    ids = VISIT.read(request, path=PATH)
    return DataAccess.objects.holder(ids[0]) if ids else None


def _show(
    request: HttpRequest,
    supporter: Supporter,
    *,
    shown: int = 0,
    refused: OwnSignatureForm | None = None,
    erasing: EraseForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """Everything; of the signatures the page that has `shown`, or else the one asked for."""
    page = _page_of_signatures(supporter, shown, request.GET.get("page", ""))
    signed_with = signatures_of(supporter).order_by().values("campaign__organization")
    organizations = Organization.objects.filter(pk__in=signed_with).order_by("name")
    newest = signatures_of(supporter).first()
    organization = newest.campaign.organization if newest else None
    return render_for(
        request,
        "signatures/own_data/mine.html",
        {
            "organization": organization,
            "stylesheet_url": stylesheet_url(organization),
            "supporter": supporter,
            "signatures": [(one, _form_for(one, refused)) for one in page],
            "page": page,
            "held": mail_of(supporter),
            "sections": list(sections_of(supporter)),
            "choices": [(one, preferences_url(supporter.pk, one.pk)) for one in organizations],
            "refused": refused,
            "erasing": erasing or EraseForm(),
            "saved": request.GET.get("saved", ""),
            "pass": VISIT.form_value(request),
        },
        supporter_id=supporter.pk,
        status=status,
    )


def _page_of_signatures(supporter: Supporter, shown: int, asked: str) -> Page:
    """At most as many as a person corrects in one go: each has a form of its own."""
    own = (
        signatures_of(supporter)
        .with_disowned()
        .prefetch_related("campaign__custom_fields", "campaign__translations__question_texts")
    )
    pages = Paginator(own, AT_ONCE)
    newer = own.filter(pk__gt=shown).count() if own.filter(pk=shown).exists() else None
    page = pages.get_page(asked[:9] if newer is None else newer // AT_ONCE + 1)
    for signature in page:
        signature.campaign = _edition_of(signature)
    return page


def _edition_of(signature: Signature) -> Campaign:
    """The campaign in the language that was signed, out of what was fetched with it."""
    campaign = signature.campaign
    for translation in campaign.translations.all():
        if translation.language == signature.statement.language:
            return edition(campaign, translation)
    return campaign


def _form_for(signature: Signature, refused: OwnSignatureForm | None) -> OwnSignatureForm | None:
    """The form to correct it with; the one that was refused, with what was typed in it."""
    if signature.state == Signature.State.REJECTED:
        return None
    if refused and refused.prefix == f"s{signature.pk}":
        return refused
    return OwnSignatureForm(signature=signature)
