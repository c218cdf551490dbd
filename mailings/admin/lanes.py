"""Lanes: how fast mail leaves from the whole installation, and the warm-up of a new sender."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from campaigns.admin.times import ONE_FIELD
from mailings.list_health import warming
from mailings.models import Lane, LaneDomain, WarmUp


class LaneDomainInline(admin.TabularInline):
    model = LaneDomain
    fields = ["domain"]
    extra = 1
    verbose_name = gettext_lazy("domain whose mail goes by this lane")
    verbose_name_plural = gettext_lazy("domains whose mail goes by this lane")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Everything that no other lane names goes by the first."""
        first = obj is not None and obj.pk == Lane.DEFAULT
        return not first and super().has_add_permission(request, obj)


@admin.register(Lane)
class LaneAdmin(admin.ModelAdmin):
    """Speeds of the whole installation, so nobody but a superuser has a permission for it."""

    list_display = ["name", "max_connections", "per_second", "day_cap", "paused_until"]
    actions = None
    inlines = [LaneDomainInline]
    formfield_overrides = ONE_FIELD

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Lanes are given; which domains go by them is not."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_urls(self) -> list[Any]:
        warm_up = path(
            "<int:number>/warm-up/",
            self.admin_site.admin_view(self.warm_up_view),
            name="mailings_lane_warm_up",
        )
        return [warm_up, *super().get_urls()]

    @method_decorator(require_POST)
    def warm_up_view(self, request: HttpRequest, number: int) -> HttpResponse:
        """Begins the plan for a new sending domain in a lane, or ends it."""
        lane = get_object_or_404(Lane, pk=number)
        if not self.has_change_permission(request, lane):
            raise PermissionDenied
        if "end" in request.POST:
            warming.end(lane)
            self.log_change(request, lane, _("Ended the warm-up."))
        else:
            warming.begin(lane)
            self.log_change(request, lane, _("Began a warm-up."))
        return HttpResponseRedirect(reverse("admin:mailings_lane_change", args=[lane.pk]))

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        lane = self.get_object(request, object_id)
        plan = WarmUp.objects.filter(lane=lane, ended_on=None).first() if lane else None
        context = {
            "warm_up": plan,
            "steps": [
                {"day": day, "cap": cap, "is_today": plan and warming.step_of(plan) == day - 1}
                for day, cap in enumerate(warming.PLAN, start=1)
            ],
        }
        return super().change_view(request, object_id, form_url, (extra_context or {}) | context)
