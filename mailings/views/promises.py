"""The page that says what mail is owed to whom, and by when."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from mailings.digesting.skipping import NoReason, TooLate, skip_period
from mailings.models import DigestSchedule
from mailings.promising.owed import promises


@require_safe
def promises_page(request: HttpRequest) -> TemplateResponse:
    """Every promise of the user's organizations, the most urgent first."""
    if not request.user.has_perm("mailings.view_mailing"):
        raise PermissionDenied
    context = admin.site.each_context(request) | {
        "title": _("What is promised"),
        "promises": promises(request.user),
    }
    return TemplateResponse(request, "admin/mailings/promises.html", context)


@require_http_methods(["GET", "POST"])
def skip_page(request: HttpRequest, schedule_id: int) -> HttpResponse:
    """Leaves the next period of a schedule out, once somebody has said why."""
    if not request.user.has_perm("mailings.change_digestschedule"):
        raise PermissionDenied
    own = DigestSchedule.objects.visible_to(request.user).select_related("scope__organization")
    schedule = get_object_or_404(own, pk=schedule_id)
    reason = request.POST.get("reason", "")
    if request.method == "POST":
        try:
            skip_period(schedule=schedule, reason=reason, user=request.user)
        except (NoReason, TooLate) as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("No digest goes out in this period."))
            return HttpResponseRedirect(reverse("admin:promises"))
    context = admin.site.each_context(request) | {
        "title": _("Leave a period out"),
        "schedule": schedule,
        "reason": reason,
    }
    return TemplateResponse(request, "admin/mailings/skip_period.html", context)
