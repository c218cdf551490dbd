"""How a mailing begins in the admin: a page with one button, on an update or on a campaign."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from campaigns.models import Campaign, Update
from mailings.composing import CannotBeSent
from mailings.drafting import draft_from_campaign, draft_from_update
from mailings.models import Mailing


class BeginningAdmin(admin.ModelAdmin):
    """GET shows what will be made, POST makes the draft, or leads to the one there is."""

    def from_update_view(self, request: HttpRequest, update_id: int) -> HttpResponse:
        """“Mail this update”."""
        update = get_object_or_404(Update.objects.visible_to(request.user), pk=update_id)
        return self._begin(
            request,
            title=_("Mail this update"),
            about={"update": update, "mailed": Mailing.objects.telling(update)},
            draft=lambda: draft_from_update(update=update, user=request.user),
            back=reverse("admin:campaigns_update_change", args=[update.pk]),
        )

    def from_campaign_view(self, request: HttpRequest, campaign_id: int) -> HttpResponse:
        """“Ask by mail”."""
        campaign = get_object_or_404(Campaign.objects.visible_to(request.user), pk=campaign_id)
        return self._begin(
            request,
            title=_("Ask by mail"),
            about={"campaign": campaign},
            draft=lambda: draft_from_campaign(campaign=campaign, user=request.user),
            back=reverse("admin:campaigns_campaign_change", args=[campaign.pk]),
        )

    def _begin(
        self,
        request: HttpRequest,
        *,
        title: str,
        about: dict[str, Any],
        draft: Callable[[], Mailing],
        back: str,
    ) -> HttpResponse:
        if not request.user.has_perm("mailings.add_mailing"):
            raise PermissionDenied
        if request.method != "POST":
            context = self.admin_site.each_context(request) | about
            context |= {"title": title, "opts": self.opts}
            return render(request, "admin/mailings/mailing/begin.html", context)
        try:
            mailing = draft()
        except CannotBeSent as error:
            messages.error(request, str(error))
            return HttpResponseRedirect(back)
        return HttpResponseRedirect(reverse("admin:mailings_mailing_change", args=[mailing.pk]))
