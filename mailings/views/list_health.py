"""The page that says whether the lists are alive, and what is done about who is silent."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mailings.list_health.counting import history
from mailings.models import ListHealth
from signatures.staff.charts import Chart, bar_chart


@require_safe
def list_health_page(request: HttpRequest) -> TemplateResponse:
    """The last count of each kind of mail of the user's organizations."""
    if not request.user.has_perm("mailings.view_mailing"):
        raise PermissionDenied
    newest = ListHealth.objects.visible_to(request.user).newest()
    counts = newest.select_related("scope__organization")
    context = admin.site.each_context(request) | {
        "title": _("List health"),
        "lists": [_shown(count) for count in counts],
    }
    return TemplateResponse(request, "admin/mailings/list_health.html", context)


def _shown(count: ListHealth) -> dict[str, Any]:
    classes = [
        (_("active"), count.active, _("signed, confirmed or chose within 90 days")),
        (_("quiet"), count.quiet, _("did so within a year")),
        (_("silent"), count.silent, _("did nothing for a year")),
        (_("resting"), count.resting, _("asked for a pause")),
        (_("blocked"), count.blocked, _("mail came back, or they complained")),
    ]
    readers = count.readers or 1
    name = f"scope-{count.scope_id}"
    return {
        "count": count,
        "name": name,
        "classes": [
            {
                "word": word,
                "people": people,
                "percent": round(100 * people / readers),
                "meaning": meaning,
            }
            for word, people, meaning in classes
        ],
        "chart": _chart(count, name),
    }


def _chart(count: ListHealth, name: str) -> Chart | None:
    """The months so far, once there are two to compare."""
    months = history(count.scope_id)
    if len(months) < 2:
        return None
    return bar_chart(
        months,
        name=name,
        title=_("Readers at the end of each month"),
        description=_("Everyone who may be written to, month by month."),
        heading=_("Month"),
        unit=_("Readers"),
    )
