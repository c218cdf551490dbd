"""A page as it is saved, for staff and for whoever they gave a link: to be read, never signed."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_safe

from campaigns.models import Campaign
from campaigns.previewing import previewed
from campaigns.styling import stylesheet_url
from signatures.forms.pages import SignForm
from signatures.views.page import page_context
from signatures.views.public import honest_when_away


@require_safe
@honest_when_away
def preview_page(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind a link that staff gave away. It leads on to the page once that is public."""
    campaign = previewed(token)
    if campaign is None:
        context = {"stylesheet_url": stylesheet_url(None)}
        response = render(request, "signatures/preview_ended.html", context, status=404)
    elif campaign.published_at:
        response = HttpResponseRedirect(campaign.get_absolute_url())
    else:
        response = show_preview(request, campaign)
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def show_preview(
    request: HttpRequest, campaign: Campaign, *, is_unsaved: bool = False
) -> HttpResponse:
    """The page of `campaign` as it is saved, under a banner, with a form that takes nothing."""
    statement, notice = campaign.current_statement(), campaign.current_notice()
    form = SignForm(campaign=campaign) if notice and not campaign.has_ended else None
    with translation.override(campaign.language):
        context = page_context(
            campaign, statement=statement, notice=notice, form=form, preview=True
        )
        context["is_unsaved"] = is_unsaved
        return render(request, "signatures/campaign_page.html", context)


def show_unsaved_preview(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    """The same of a campaign that is still being typed."""
    return show_preview(request, campaign, is_unsaved=True)
