"""Behind the links that end mail, or choose what may come."""

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from campaigns.models import Campaign, MailScope, Organization
from campaigns.styling import stylesheet_url
from signatures import links
from signatures.addresses import mask
from signatures.leaving import choose, stay_without_campaign, unsubscribe
from signatures.models import CampaignMute, Signature, Subscription, Supporter
from signatures.views.token_pages import link_page, preferences_url, render_in


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
        return render_in(request, "signatures/unsubscribe.html", context)
    if "only_campaign" in request.POST and campaign:
        stay_without_campaign(**person, campaign_id=campaign.pk)
        return HttpResponseRedirect(context["preferences_url"] + "?saved=1", status=303)
    unsubscribe(**person, via=f"unsubscribe link of mailing {mailing_id}" if mailing_id else "link")
    return render_in(request, "signatures/unsubscribed.html", context)


@link_page(links.PREFERENCES)
def preferences_page(request: HttpRequest, supporter_id: int, organization_id: int) -> HttpResponse:
    """What the organization may send: by kind of mail, by petition, or nothing."""
    context = _person_context(supporter_id, organization_id)
    if request.method == "POST":
        if "unsubscribe_all" in request.POST:
            unsubscribe(
                supporter_id=supporter_id, organization_id=organization_id, via="preferences page"
            )
            return render_in(request, "signatures/unsubscribed.html", context)
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
    return render_in(
        request,
        "signatures/preferences.html",
        context
        | {
            "saved": "saved" in request.GET,
            "scopes": _scopes(supporter_id, organization_id),
            "signed_campaigns": _signed_campaigns(supporter_id, organization_id),
        },
    )


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
