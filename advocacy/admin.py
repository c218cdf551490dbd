"""The admin as a whole: its name, its landing page, its content policy, the preview of a page."""

from collections.abc import Callable
from typing import Any

from csp.constants import NONCE, SELF, UNSAFE_INLINE
from csp.decorators import csp_update
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from campaigns.models import Campaign, Source, Update
from mailings.asking import catch_ups_waiting_for, waiting_for
from mailings.models import IN_PREPARATION, Mailing, Reply
from mailings.promising.owed import pressing
from mailings.views.list_health import list_health_page
from mailings.views.promises import promises_page, skip_page
from mailings.views.readiness import readiness_page
from signatures.arming import is_armed
from signatures.views.previewing import show_preview

# The rich editor needs an import map in the page, and writes a <style> of its own.
EDITOR_POLICY = {"script-src": [SELF, NONCE], "style-src": [SELF, UNSAFE_INLINE]}
LANDING_ROWS = 20
UNDER_WAY = [Mailing.State.SCHEDULED, Mailing.State.SENDING, Mailing.State.PAUSED]


class StaffSite(AdminSite):
    site_title = _("Advocacy")
    site_header = _("Advocacy")
    index_title = _("Where things stand")
    index_template = "admin/landing.html"

    def admin_view(self, view: Callable, cacheable: bool = False) -> Any:
        return csp_update(EDITOR_POLICY)(super().admin_view(view, cacheable))

    def get_urls(self) -> list[Any]:
        preview = path(
            "campaigns/campaign/<int:pk>/preview/", self.admin_view(preview_page), name="preview"
        )
        ready = path("ready-to-send/", self.admin_view(readiness_page), name="ready_to_send")
        promised = path("promises/", self.admin_view(promises_page), name="promises")
        skip = path(
            "promises/<int:schedule_id>/skip/", self.admin_view(skip_page), name="skip_period"
        )
        health = path("list-health/", self.admin_view(list_health_page), name="list_health")
        return [preview, ready, promised, skip, health, *super().get_urls()]

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        known = request.user.is_authenticated
        return super().each_context(request) | {"cannot_send": known and not is_armed()}

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        return super().index(request, landing(request.user) | (extra_context or {}))


def landing(user: Any) -> dict[str, Any]:
    """What an organizer looks for first; each list is short, the rest is behind its link."""
    campaigns = Campaign.objects.visible_to(user).select_related("organization", "tally")
    updates = Update.objects.visible_to(user).select_related("campaign")
    sources = Source.objects.visible_to(user).select_related("campaign")
    mailings = Mailing.objects.visible_to(user).select_related("scope__organization")
    return {
        "to_approve": waiting_for(user),
        "catch_ups_to_approve": catch_ups_waiting_for(user),
        "open_campaigns": campaigns.open()[:LANDING_ROWS],
        "draft_campaigns": campaigns.filter(published_at=None)[:LANDING_ROWS],
        "draft_updates": updates.filter(published_at=None)[:LANDING_ROWS],
        "rotten_sources": sources.public().rotten()[:LANDING_ROWS],
        "pressing_promises": pressing(user),
        "open_replies": Reply.objects.visible_to(user).open()[:LANDING_ROWS],
        "mailings_under_way": mailings.filter(state__in=UNDER_WAY)[:LANDING_ROWS],
        "draft_mailings": mailings.filter(state__in=IN_PREPARATION)[:LANDING_ROWS],
    }


@require_safe
def preview_page(request: HttpRequest, pk: int) -> HttpResponse:
    """A campaign's page as it was saved, before anybody else can read it."""
    if not request.user.has_perm("campaigns.view_campaign"):
        raise PermissionDenied
    campaign = get_object_or_404(Campaign.objects.visible_to(request.user), pk=pk)
    return show_preview(request, campaign)
