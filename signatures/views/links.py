"""The pages behind mail links. GET and HEAD change nothing; one visible button POSTs.

Mail scanners open links, run scripts and submit forms that submit themselves: none of it counts.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_http_methods

from campaigns.editions import edition_in
from campaigns.models import Campaign, MailScope, Organization
from campaigns.styling import stylesheet_url
from postroom.links import BadToken, read_token
from signatures import links
from signatures.addresses import mask
from signatures.confirming import Confirmed, confirm, disown
from signatures.forms import TypedForm
from signatures.leaving import choose, stay_without_campaign, unsubscribe
from signatures.models import CampaignMute, Signature, Subscription, Supporter
from signatures.signing import Typed
from signatures.views.page import counted_of
from signatures.views.public import token_page


def link_page(purpose: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """A view behind a link of this purpose; it gets the ids that the token holds.

    A broken link leads to a page that helps, whatever is wrong with it.
    """

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @require_http_methods(["GET", "HEAD", "POST"])
        @token_page
        @wraps(view)
        def opened(request: HttpRequest, token: str) -> HttpResponse:
            try:
                ids = read_token(purpose, token)
            except BadToken:
                return no_token_page(request)
            return view(request, *ids)

        return opened

    return decorate


@token_page
def no_token_page(request: HttpRequest, *ignored: str) -> HttpResponse:
    """Helps whoever comes with a link that a mail program has cut or changed."""
    context = {"stylesheet_url": stylesheet_url(None)}
    return render(request, "signatures/link_help.html", context, status=400)


@link_page(links.CONFIRM)
def confirm_page(request: HttpRequest, signature_id: int) -> HttpResponse:
    """Shows what was typed, editable; the one button confirms what the form then says."""
    signature = _signature(signature_id)
    if signature is None:
        return no_token_page(request)
    if signature.state == Signature.State.REJECTED:
        return _render(request, signature, "signatures/not_me_done.html")
    if request.method != "POST":
        if signature.confirmed_at and signature.state == Signature.State.COUNTED:
            return _show_confirmed(request, signature)
        return _ask_to_confirm(request, signature, None)
    form = TypedForm(request.POST, campaign=signature.campaign, notice=signature.notice)
    if not form.is_valid():
        return _ask_to_confirm(request, signature, form)
    if confirm(signature_id=signature.pk, typed=form.typed()) is Confirmed.DISOWNED:
        return _render(request, signature, "signatures/not_me_done.html")
    return _show_confirmed(request, signature)


@link_page(links.NOT_ME)
def not_me_page(request: HttpRequest, signature_id: int) -> HttpResponse:
    """“It was not me”: one button takes the signature away and leaves the address in peace."""
    signature = _signature(signature_id)
    if signature is None:
        return no_token_page(request)
    if request.method == "POST":
        disown(signature_id=signature.pk)
        return _render(request, signature, "signatures/not_me_done.html")
    return _render(request, signature, "signatures/not_me.html")


@link_page(links.UNSUBSCRIBE)
def unsubscribe_page(
    request: HttpRequest,
    supporter_id: int,
    organization_id: int,
    campaign_id: int = 0,
    mailing_id: int = 0,
) -> HttpResponse:
    """One button ends every subscription with the organization; RFC 8058 posts here as well.

    The answer is the same for people who are long gone: they are unsubscribed.
    """
    person = {"supporter_id": supporter_id, "organization_id": organization_id}
    campaign = Campaign.objects.filter(pk=campaign_id, organization_id=organization_id).first()
    context = _person_context(supporter_id, organization_id) | {"muted_campaign": campaign}
    if request.method != "POST":
        return _render_plain(request, "signatures/unsubscribe.html", context)
    if "only_campaign" in request.POST and campaign:
        stay_without_campaign(**person, campaign_id=campaign.pk)
        return HttpResponseRedirect(context["preferences_url"] + "?saved=1", status=303)
    unsubscribe(**person, via=f"unsubscribe link of mailing {mailing_id}" if mailing_id else "link")
    return _render_plain(request, "signatures/unsubscribed.html", context)


@link_page(links.PREFERENCES)
def preferences_page(request: HttpRequest, supporter_id: int, organization_id: int) -> HttpResponse:
    """What the organization may send: by kind of mail, by petition, or nothing."""
    context = _person_context(supporter_id, organization_id)
    if request.method == "POST":
        if "unsubscribe_all" in request.POST:
            unsubscribe(
                supporter_id=supporter_id, organization_id=organization_id, via="preferences page"
            )
            return _render_plain(request, "signatures/unsubscribed.html", context)
        followed = _ids(request, "follow")
        choose(
            supporter_id=supporter_id,
            organization_id=organization_id,
            scope_ids=_ids(request, "scope"),
            muted_campaign_ids=[
                campaign.pk
                for campaign in _signed_campaigns(supporter_id, organization_id)
                if campaign.pk not in followed
            ],
        )
        return HttpResponseRedirect(context["preferences_url"] + "?saved=1", status=303)
    return _render_plain(
        request,
        "signatures/preferences.html",
        context
        | {
            "saved": "saved" in request.GET,
            "scopes": _scopes(supporter_id, organization_id),
            "signed_campaigns": _signed_campaigns(supporter_id, organization_id),
        },
    )


def _signature(signature_id: int) -> Signature | None:
    """The signature, with its campaign in the language of the statement that was signed."""
    signature = (
        Signature.objects.select_related(
            "campaign__organization", "campaign__tally", "statement", "notice"
        )
        .filter(pk=signature_id)
        .first()
    )
    if signature:
        signature.campaign = edition_in(signature.campaign, signature.statement.language)
    return signature


def _ask_to_confirm(
    request: HttpRequest, signature: Signature, form: TypedForm | None
) -> HttpResponse:
    if form is None:
        typed = Typed(
            name=signature.name,
            postal_code=signature.postal_code,
            country=signature.country,
            comment=signature.comment,
            consents=signature.consents,
        )
        form = TypedForm(
            campaign=signature.campaign,
            notice=signature.notice,
            initial=TypedForm.initial_from(typed, signature.notice),
        )
    return _render(
        request,
        signature,
        "signatures/confirm.html",
        {"form": form},
        status=422 if form.errors else 200,
    )


def _show_confirmed(request: HttpRequest, signature: Signature) -> HttpResponse:
    return _render(request, signature, "signatures/confirmed.html")


def _render(
    request: HttpRequest,
    signature: Signature,
    template: str,
    extra: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    """A page about one signature, in the language of its campaign."""
    campaign = signature.campaign
    context = {
        "organization": campaign.organization,
        "stylesheet_url": stylesheet_url(campaign.organization),
        "campaign": campaign,
        "lead_in": campaign.lead_in_text,
        "statement": signature.statement,
        "notice": signature.notice,
        "count": counted_of(campaign),
        "not_me_url": links.address(links.NOT_ME, links.not_me_token(signature_id=signature.pk)),
        "preferences_url": _preferences_url(signature.supporter_id, campaign.organization_id),
    }
    with translation.override(campaign.language):
        return render(request, template, context | (extra or {}), status=status)


def _render_plain(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    organization = context["organization"]
    with translation.override(organization.language if organization else settings.LANGUAGE_CODE):
        return render(request, template, context)


def _person_context(supporter_id: int, organization_id: int) -> dict[str, Any]:
    organization = Organization.objects.filter(pk=organization_id).first()
    supporter = Supporter.objects.filter(pk=supporter_id).first()
    return {
        "organization": organization,
        "stylesheet_url": stylesheet_url(organization),
        "masked_address": mask(supporter.email) if supporter and supporter.email else "",
        "preferences_url": _preferences_url(supporter_id, organization_id),
    }


def _preferences_url(supporter_id: int, organization_id: int) -> str:
    token = links.preferences_token(supporter_id=supporter_id, organization_id=organization_id)
    return links.address(links.PREFERENCES, token)


def _scopes(supporter_id: int, organization_id: int) -> QuerySet[MailScope]:
    """The organization's scopes, each marked with whether this person is `subscribed` to it."""
    mine = Subscription.objects.live().filter(supporter_id=supporter_id, scope=OuterRef("pk"))
    scopes = MailScope.objects.filter(organization_id=organization_id)
    return scopes.annotate(subscribed=Exists(mine))


def _signed_campaigns(supporter_id: int, organization_id: int) -> QuerySet[Campaign]:
    """The campaigns this person's counted signatures stand on, each marked when `muted`."""
    signed = Campaign.objects.filter(
        organization_id=organization_id,
        signatures__supporter_id=supporter_id,
        signatures__state=Signature.State.COUNTED,
    )
    mutes = CampaignMute.objects.filter(supporter_id=supporter_id, campaign=OuterRef("pk"))
    return signed.annotate(muted=Exists(mutes))


def _ids(request: HttpRequest, field: str) -> set[int]:
    return {
        int(value)
        for value in request.POST.getlist(field)
        if value.isascii() and value.isdecimal() and len(value) < 19
    }
