"""What staff did to signatures, and the way back."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.humanize.templatetags.humanize import intcomma
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from campaigns.admin.scoping import OrganizationScopedAdmin, ScopedRelatedFilter
from signatures.admin.acts import check
from signatures.admin.looking_up import ReadOnly, pill
from signatures.models import StateChange
from signatures.staff import state_changing
from signatures.staff.voiding import Wave

# How long a request works on a wave itself; workers go on from there.
SECONDS = 2.0


@admin.register(StateChange)
class StateChangeAdmin(ReadOnly, OrganizationScopedAdmin):
    list_display = [
        "reason",
        "to_state",
        "campaign",
        "changed",
        "changed_by",
        "changed_at",
        "progress",
    ]
    list_filter = [("campaign", ScopedRelatedFilter), "to_state"]
    list_select_related = ["campaign", "changed_by"]
    show_facets = admin.ShowFacets.NEVER
    actions = None
    fields = [
        "campaign",
        "to_state",
        "reason",
        "chosen_by",
        "changed",
        ("changed_by", "changed_at"),
        ("undone_by", "undone_at"),
        "progress",
    ]
    readonly_fields = ["chosen_by", "progress"]

    def get_urls(self) -> list[Any]:
        undo = path(
            "<int:change_id>/undo/",
            self.admin_site.admin_view(self.undo_view),
            name="signatures_statechange_undo",
        )
        return [undo, *super().get_urls()]

    def has_undo_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("signatures.add_statechange")

    @admin.display(description=gettext_lazy("chosen by"))
    def chosen_by(self, change: StateChange) -> str:
        if not change.criteria:
            return _("their ticks in the list")
        return in_words(Wave.of(change.campaign_id, change.criteria))

    @admin.display(description=gettext_lazy("progress"))
    def progress(self, change: StateChange) -> str:
        if not change.finished_at:
            going_back = _("being undone") if change.undone_at else _("under way")
            return pill("sending", going_back)
        return pill("cancelled", _("undone")) if change.undone_at else pill("sent", _("done"))

    @method_decorator(require_POST)
    def undo_view(self, request: HttpRequest, change_id: int) -> HttpResponse:
        """Each signature goes back to where it stood, unless something newer has moved it."""
        change = get_object_or_404(self.get_queryset(request), pk=change_id)
        check(self.has_undo_permission(request))
        if change.begin_undo(request.user):
            self.log_change(request, change, _("Undone."))
        work_on(request, change)
        return HttpResponseRedirect(page_of(change))

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        may = {"may_undo": self.has_undo_permission(request)}
        return super().change_view(request, object_id, form_url, (extra_context or {}) | may)


def page_of(change: StateChange) -> str:
    """The address of a change's own page."""
    return reverse("admin:signatures_statechange_change", args=[change.pk])


def work_on(request: HttpRequest, change: StateChange) -> None:
    """Work off what this request has time for, and say how far that came."""
    finished = state_changing.carry_on(change_id=change.pk, seconds=SECONDS)
    change.refresh_from_db()
    if not finished:
        messages.info(request, _("Under way: it goes on by itself. Reload to see how far it is."))
    elif change.undone_at:
        messages.success(request, _("Undone: each stands where it stood before."))
    else:
        told = _("Done: %s signatures no longer count or wait.")
        messages.success(request, told % intcomma(change.changed))


def in_words(wave: Wave) -> str:
    """What holds a wave together, as a sentence."""
    parts = []
    if wave.network:
        parts.append(_("one network"))
    if wave.domain:
        parts.append(_("addresses at %s") % wave.domain)
    if wave.since:
        parts.append(_("since %s UTC") % f"{wave.since:%Y-%m-%d %H:%M}")
    parts.append(_("before %s UTC") % f"{wave.until:%Y-%m-%d %H:%M}")
    return ", ".join(parts)
