"""What the pages behind mail links share. GET and HEAD change nothing; one visible button POSTs.

Mail scanners open links, run scripts and submit forms that submit themselves: none of it counts.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_http_methods

from campaigns.editions import edition_in
from campaigns.models import Campaign
from campaigns.styling import stylesheet_url
from postroom.links import BadToken, Reason, read_token
from signatures import links
from signatures.guarding.guessing import too_many_bad_links
from signatures.guarding.networks import network_of
from signatures.models import Signature
from signatures.offering import next_campaign_for
from signatures.sharing import share_link, share_ways
from signatures.speaking import language_of
from signatures.views.page import counted_of
from signatures.views.public import token_page

SECONDS_A_MINUTE = 60


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
            except BadToken as bad:
                return bad_link(request, expired=bad.reason is Reason.EXPIRED)
            return view(request, *ids)

        return opened

    return decorate


@token_page
def no_token_page(request: HttpRequest, *ignored: str) -> HttpResponse:
    """Helps whoever comes with a link that a mail program has cut off before its first letter."""
    return bad_link(request)


def bad_link(request: HttpRequest, *, expired: bool = False) -> HttpResponse:
    """A link that is cut, changed, or (`expired`) out of date: a page that helps, never a 404."""
    if too_many_bad_links(network_of(request.META)):
        return too_many(request)
    return _help(
        request, "signatures/link_expired.html" if expired else "signatures/link_help.html"
    )


def gone(request: HttpRequest) -> HttpResponse:
    """A link that is whole, to something that is here no more: expired, or erased."""
    return _help(request, "signatures/link_expired.html", status=410)


def _help(request: HttpRequest, template: str, status: int = 400) -> HttpResponse:
    return render(request, template, {"stylesheet_url": stylesheet_url(None)}, status=status)


def too_many(request: HttpRequest) -> HttpResponse:
    """Wait a minute."""
    context = {"stylesheet_url": stylesheet_url(None)}
    response = render(request, "429.html", context, status=429)
    response.headers["Retry-After"] = str(SECONDS_A_MINUTE)
    return response


def find_signature(signature_id: int) -> Signature | None:
    """The signature, with its campaign in the language of the statement that was signed."""
    signature = (
        Signature.objects.select_related(
            "campaign__organization", "campaign__tally", "statement", "notice", "supporter"
        )
        .filter(pk=signature_id, supporter__erased_at=None)
        .first()
    )
    if signature:
        signature.campaign = edition_in(signature.campaign, signature.statement.language)
    return signature


def render_about(
    request: HttpRequest,
    signature: Signature,
    template: str,
    extra: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    """A page about one signature, in the language of its campaign."""
    campaign = signature.campaign
    context = page_of(campaign) | {
        "statement": signature.statement,
        "notice": signature.notice,
        "not_me_url": links.address(links.NOT_ME, links.not_me_token(signature_id=signature.pk)),
        "preferences_url": preferences_url(signature.supporter_id, campaign.organization_id),
    }
    with translation.override(campaign.language):
        return render(request, template, context | (extra or {}), status=status)


def page_of(campaign: Campaign) -> dict[str, Any]:
    """What every page about a campaign reads."""
    return {
        "organization": campaign.organization,
        "stylesheet_url": stylesheet_url(campaign.organization),
        "campaign": campaign,
        "lead_in": campaign.lead_in_text,
        "count": counted_of(campaign),
    }


def share_and_next(signature: Signature) -> dict[str, Any]:
    """What a page offers to somebody whose signature counts: pass it on first, then one more."""
    campaign, supporter_id = signature.campaign, signature.supporter_id
    following = next_campaign_for(campaign, supporter_id=supporter_id)
    with translation.override(campaign.language):
        context: dict[str, Any] = {
            "share_url": share_link(campaign, signature.pk, "share-link"),
            "share_ways": share_ways(campaign, signature.pk),
            "count": _count_with(signature),
        }
    if following:
        token = links.recognised_token(supporter_id=supporter_id)
        context["next_campaign"] = following
        context["next_url"] = links.recognised_address(following.slug, token)
    return context


def _count_with(signature: Signature) -> int:
    """The count as its signer may be told it: with their own, if it came after the last tally.

    Not where the count moves in steps, so that nobody can tell from it who has signed.
    """
    campaign = signature.campaign
    counted = counted_of(campaign)
    if not counted or campaign.proof == Campaign.Proof.AT_ONCE:
        return counted
    came_after = signature.counted_at is None or signature.counted_at > campaign.tally.as_of
    return counted + came_after


def render_for(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    *,
    supporter_id: int | None,
    status: int = 200,
) -> HttpResponse:
    """A page for one person, in the language in which they last signed.

    That is with the organization of the context, where there is one. Who signed nothing is spoken
    to in the language of the organization.
    """
    organization = context.get("organization")
    language = supporter_id and language_of(
        supporter_id=supporter_id, organization_id=organization and organization.pk
    )
    if not language and organization:
        language = organization.language
    return render_in(request, template, context, language=language or "", status=status)


def render_in(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    *,
    language: str,
    status: int = 200,
) -> HttpResponse:
    """A page in this language; in our own where it is empty."""
    language = language or settings.LANGUAGE_CODE
    with translation.override(language):
        return render(request, template, context | {"reader_language": language}, status=status)


def preferences_url(supporter_id: int, organization_id: int) -> str:
    """Where this person chooses what this organization may send."""
    token = links.preferences_token(supporter_id=supporter_id, organization_id=organization_id)
    return links.address(links.PREFERENCES, token)
