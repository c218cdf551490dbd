"""The page that says whether mail from here would arrive."""

from itertools import groupby

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from campaigns.models import Organization
from postroom.findings import Finding, Grade

# What has to be mended comes first. The class is that of a line in a checklist.
_GRADES = {
    Grade.WRONG: (_("Keeps mail from arriving"), "todo"),
    Grade.UNKNOWN: (_("Could not be asked"), "advice"),
    Grade.ADVICE: (_("Could be better"), "advice"),
    Grade.GOOD: (_("In order"), "done"),
}


@require_http_methods(["GET", "POST"])
def readiness_page(request: HttpRequest) -> TemplateResponse:
    """A button, and after it was pressed what each check saw: asking takes up to half a minute."""
    if not request.user.has_perm("mailings.view_mailing"):
        raise PermissionDenied
    context = admin.site.each_context(request) | {"title": _("Ready to send?")}
    if request.method == "POST":
        # A web worker holds what asks the DNS only once somebody pressed this button.
        from mailings import readiness

        organizations = Organization.objects.visible_to(request.user)
        context["groups"] = by_grade(list(readiness.check(organizations)))
    return TemplateResponse(request, "admin/mailings/readiness.html", context)


def by_grade(findings: list[Finding]) -> list[dict[str, object]]:
    """Findings under a heading for each grade, the worst first."""
    order = list(_GRADES)
    findings = sorted(findings, key=lambda finding: order.index(finding.grade))
    return [
        {"heading": _GRADES[grade][0], "mark": _GRADES[grade][1], "findings": list(of_grade)}
        for grade, of_grade in groupby(findings, key=lambda finding: finding.grade)
    ]
