"""Behind the links that end mail, or choose what may come."""

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from campaigns.models import Campaign, MailScope, Organization
from campaigns.styling import stylesheet_url
from signatures import links
from signatures.addresses import mask
from signatures.leaving import (
    by_link_of,
    choose,
    end_pause,
    is_subscribed,
    last_departure,
    pause,
    resting_until,
    stay,
    stay_without_campaign,
    take_back,
    unsubscribe,
)
from signatures.models import CampaignMute, Signature, Subscription, Supporter
from signatures.views.token_pages import link_page, preferences_url, render_for


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
    if request.method == "POST" and _pressed_milder_button(request, person, campaign_id):
        if is_subscribed(**person):
            return HttpResponseRedirect(preferences_url(**person) + "?saved=1", status=303)
    elif request.method == "POST":
        via = by_link_of(mailing_id) if mailing_id else "link"
        unsubscribe(**person, via=via)
    elif is_subscribed(**person):
        return _show(request, "signatures/unsubscribe.html", person)
    return _unsubscribed(request, person, campaign_id)


def _pressed_milder_button(
    request: HttpRequest, person: dict[str, int], campaign_id: int = 0
) -> bool:
    """Whether it was another button than the one that ends everything; then it has its effect."""
    if "only_campaign" in request.POST:
        stay_without_campaign(**person, campaign_id=campaign_id)
    elif "undo" in request.POST:
        take_back(**person)
    elif "pause" in request.POST:
        pause(**person)
    elif "end_pause" in request.POST:
        end_pause(**person)
    else:
        return False
    return True


def _unsubscribed(
    request: HttpRequest, person: dict[str, int], campaign_id: int = 0
) -> HttpResponse:
    """The page that follows, with the ways back while there are some."""
    campaign = Campaign.objects.filter(
        pk=campaign_id, organization_id=person["organization_id"]
    ).first()
    left = last_departure(person["supporter_id"], person["organization_id"])
    context = {
        "muted_campaign": campaign if left else None,
        "may_undo": left is not None,
    }
    return _show(request, "signatures/unsubscribed.html", person, context)


@link_page(links.PREFERENCES)
def preferences_page(request: HttpRequest, supporter_id: int, organization_id: int) -> HttpResponse:
    """What the organization may send: by kind of mail, by petition, or nothing."""
    person = {"supporter_id": supporter_id, "organization_id": organization_id}
    if request.method == "POST":
        if "unsubscribe_all" in request.POST:
            unsubscribe(**person, via="preferences page")
            return _unsubscribed(request, person)
        if not _pressed_milder_button(request, person):
            signed = {campaign.pk for campaign in _signed_campaigns(**person)}
            choose(
                **person,
                scope_ids=_ids(request, "scope"),
                muted_campaign_ids=signed - _ids(request, "follow"),
            )
        return HttpResponseRedirect(preferences_url(**person) + "?saved=1", status=303)
    return _show(
        request,
        "signatures/preferences.html",
        person,
        {
            "saved": "saved" in request.GET,
            "rests_until": resting_until(**person),
            "scopes": _scopes(supporter_id, organization_id),
            "signed_campaigns": _signed_campaigns(supporter_id, organization_id),
        },
    )


@link_page(links.STAY)
def stay_page(request: HttpRequest, supporter_id: int, organization_id: int) -> HttpResponse:
    """Asks a long silent reader; the press of a button is the answer, either way."""
    person = {"supporter_id": supporter_id, "organization_id": organization_id}
    stayed = False
    if request.method == "POST" and "leave" in request.POST:
        unsubscribe(**person, via="answer to whether to stay")
        return _unsubscribed(request, person)
    if request.method == "POST":
        stayed = stay(**person)
    return _show(request, "signatures/stay.html", person, {"stayed": stayed})


def _show(
    request: HttpRequest, template: str, person: dict[str, int], extra: dict[str, Any] | None = None
) -> HttpResponse:
    context = _person_context(**person) | (extra or {})
    return render_for(request, template, context, supporter_id=person["supporter_id"])


def _person_context(supporter_id: int, organization_id: int) -> dict[str, Any]:
    organization = Organization.objects.filter(pk=organization_id).first()
    supporter = Supporter.objects.filter(pk=supporter_id, erased_at=None).first()
    return {
        "organization": organization,
        "stylesheet_url": stylesheet_url(organization),
        "masked_address": mask(supporter.email) if supporter else "",
        "preferences_url": preferences_url(supporter_id, organization_id) if supporter else "",
    }


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
