"""Reports: what mailings, source codes and shares brought, beside what is usual for the list."""

import csv
from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import label_for_field
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from campaigns.admin.scoping import OrganizationScopedAdmin, ScopedRelatedFilter
from campaigns.models import Organization
from mailings import reporting
from mailings.admin.columns import labelled, number
from mailings.models import Mailing, MailingTally
from signatures.admin.looking_up import ReadOnly
from signatures.staff.charts import Chart, bar_chart
from signatures.staff.spreadsheets import safe_text

MOST_BARS = 20
MOST_EXPORTED = 5000


def _of_tally(name: str) -> Callable[[MailingTally], str]:
    field: Any = MailingTally._meta.get_field(name)
    return number(name, label=field.verbose_name)


@admin.register(MailingTally)
class MailingTallyAdmin(ReadOnly, OrganizationScopedAdmin):
    """One line for each mailing; a line leads to its report."""

    list_display = [
        "mailing",
        "sent_on",
        *(_of_tally(name) for name in ("mailed", "delivered", "visits", "signed")),
        "per_thousand",
        *(_of_tally(name) for name in ("new_people", "left")),
    ]
    list_filter = ["mailing__kind", ("mailing__scope", ScopedRelatedFilter)]
    list_select_related = ["mailing__scope__organization"]
    search_fields = ["mailing__subject"]
    search_help_text = gettext_lazy("Words of the subject.")
    actions = None
    change_list_template = "admin/mailings/reports.html"

    class Media:
        css = {"all": ["mailings/lists.css"]}

    def get_urls(self) -> list[URLPattern]:
        own: list[tuple[str, Callable[..., HttpResponse], str]] = [
            ("reports.csv", self.csv_view, "csv"),
            ("brought/", self.brought_view, "brought"),
            ("<int:mailing_id>/sum-up/", self.sum_up_view, "sum_up"),
        ]
        wrap = self.admin_site.admin_view
        urls = [path(r, wrap(view), name=f"mailings_mailingtally_{name}") for r, view, name in own]
        return urls + super().get_urls()

    @admin.display(description=gettext_lazy("sent on"), ordering="mailing__started_at")
    def sent_on(self, tally: MailingTally) -> str:
        began = tally.mailing.started_at
        day = date_format(began, "DATE_FORMAT") if began else "–"
        return labelled(_("sent on"), day)

    @admin.display(description=gettext_lazy("signed per thousand"))
    def per_thousand(self, tally: MailingTally) -> str:
        rate = tally.signed_per_thousand
        return labelled(_("signed per thousand"), "–" if rate is None else f"{rate:.1f}")

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        newest = self.get_queryset(request).select_related("mailing")[:MOST_BARS]
        context = {"chart": _chart(list(newest)), "title": _("Reports")}
        return super().changelist_view(request, (extra_context or {}) | context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        tally = self.get_object(request, object_id)
        self._check(request)
        context = self._context(request, _("Report: %s") % tally.mailing) | {
            "tally": tally,
            "mailing": tally.mailing,
            "rows": [
                (label_for_field(one.name, MailingTally, self), one)
                for one in reporting.compared(tally)
            ],
        }
        if tally.clicked is not None:
            context["links"] = reporting.links_followed(tally.mailing)
        return render(request, "admin/mailings/report.html", context)

    @method_decorator(require_POST)
    def sum_up_view(self, request: HttpRequest, mailing_id: int) -> HttpResponse:
        """Renew the numbers of one mailing at once."""
        self._check(request)
        mailing = get_object_or_404(Mailing.objects.visible_to(request.user), pk=mailing_id)
        if mailing.started_at is None:
            return HttpResponseRedirect(reverse("admin:mailings_mailingtally_changelist"))
        reporting.sum_up(mailing)
        page = reverse("admin:mailings_mailingtally_change", args=[mailing_id])
        return HttpResponseRedirect(page)

    @method_decorator(require_safe)
    def csv_view(self, request: HttpRequest) -> HttpResponse:
        """Every report that the user may see, as a file for a spreadsheet."""
        self._check(request)
        response = HttpResponse(content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="reports.csv"'
        writer = csv.writer(response)
        names = ["mailed", "kept_back", *reporting.NAMES]
        writer.writerow(["mailing", "subject", "kind", "started_at", *names])
        tallies = self.get_queryset(request).select_related("mailing")
        for tally in tallies[:MOST_EXPORTED]:
            mailing = tally.mailing
            began = mailing.started_at.isoformat() if mailing.started_at else ""
            numbers = [getattr(tally, name) for name in names]
            said = [mailing.pk, safe_text(mailing.subject), mailing.kind, began]
            writer.writerow(said + numbers)
        return response

    @method_decorator(require_safe)
    def brought_view(self, request: HttpRequest) -> HttpResponse:
        """What source codes and shares brought, for one of the user's organizations."""
        self._check(request)
        own = Organization.objects.visible_to(request.user)
        wanted = request.GET.get("organization", "")
        chosen = own.filter(pk=wanted).first() if wanted.isdigit() and len(wanted) < 19 else None
        organization = chosen or own.first()
        context = self._context(request, _("Sources and shares")) | {
            "organizations": own,
            "organization": organization,
            "most": reporting.MOST_LOOKED_AT,
        }
        if organization:
            context["sources"] = reporting.brought_by_sources(organization)
            context["shares"] = reporting.brought_by_shares(organization)
        return render(request, "admin/mailings/brought.html", context)

    def _check(self, request: HttpRequest) -> None:
        """Raises PermissionDenied for whoever may not look at reports."""
        if not self.has_view_permission(request):
            raise PermissionDenied

    def _context(self, request: HttpRequest, title: str) -> dict[str, Any]:
        return self.admin_site.each_context(request) | {"title": title, "opts": self.opts}


def _chart(newest: list[MailingTally]) -> Chart | None:
    """What each of the newest mailings brought, the oldest on the left."""
    if not newest:
        return None
    points = [
        (date_format(tally.mailing.started_at, "j M") if tally.mailing.started_at else "–")
        for tally in reversed(newest)
    ]
    values = [tally.signed for tally in reversed(newest)]
    return bar_chart(
        list(zip(points, values, strict=True)),
        name="brought",
        title=_("What each mailing brought"),
        description=_("Signatures that count and came by the links of each mailing."),
        heading=_("Sent on"),
    )
