"""A page as it is typed, shown by saving it, looking, and taking everything back."""

from collections.abc import Callable

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse

from campaigns.models import Campaign

# Joined by the app that renders pages: shows the campaign under a banner, and takes nothing.
page_renderers: list[Callable[[HttpRequest, Campaign], HttpResponse]] = []


def show_unsaved(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    """The page of a campaign that was saved in the transaction under way, which is then undone.

    So a preview is made by what makes the page, and of what would really be stored.
    """
    if not page_renderers:
        raise Http404
    saved = Campaign.objects.select_related("organization", "tally").get(pk=campaign.pk)
    response = page_renderers[0](request, saved)
    transaction.set_rollback(True)
    return response
