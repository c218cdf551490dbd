"""Taking signatures out of the house: what for, which, and a link that works once."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth import authenticate
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.admin.scoping import OrganizationScopedAdmin, ScopedRelatedFilter
from signatures.admin.acts import check
from signatures.admin.campaign_pages import campaign_for, context_of
from signatures.admin.looking_up import ReadOnly
from signatures.models import Export, Signature
from signatures.staff import exporting

_ANY = ("", gettext_lazy("any"))
_MOMENT = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d"]


class ExportForm(forms.Form):
    """What for, which signatures, in what form; and the password again."""

    purpose = forms.CharField(
        label=gettext_lazy("Purpose"),
        max_length=300,
        help_text=gettext_lazy("What they are needed for. Kept with the export, for good."),
    )
    columns = forms.ChoiceField(
        label=gettext_lazy("Columns"),
        initial="all",
        choices=[
            ("all", gettext_lazy("everything, with addresses and what each agreed to")),
            ("delivery", gettext_lazy("for delivery: names and places, no addresses")),
        ],
        help_text=gettext_lazy("A delivery holds counted signatures alone."),
    )
    format = forms.ChoiceField(
        label=gettext_lazy("Format"), initial=Export.Format.CSV, choices=Export.Format.choices
    )
    state = forms.ChoiceField(
        label=gettext_lazy("State"), required=False, choices=[_ANY, *Signature.State.choices]
    )
    consents = forms.TypedChoiceField(
        label=gettext_lazy("Opts in"),
        required=False,
        choices=[_ANY, ("yes", gettext_lazy("yes")), ("no", gettext_lazy("no"))],
        coerce=lambda typed: typed == "yes",
        empty_value=None,
    )
    country = forms.RegexField(
        "^[A-Za-z]{2}$",
        label=gettext_lazy("Country"),
        required=False,
        help_text=gettext_lazy("As two letters: US."),
    )
    source = forms.CharField(label=gettext_lazy("Source code"), required=False, max_length=64)
    since = forms.DateTimeField(
        label=gettext_lazy("Signed since (UTC)"),
        required=False,
        input_formats=_MOMENT,
        widget=forms.DateTimeInput({"type": "datetime-local"}),
    )
    until = forms.DateTimeField(
        label=gettext_lazy("Signed before (UTC)"),
        required=False,
        input_formats=_MOMENT,
        widget=forms.DateTimeInput({"type": "datetime-local"}),
    )
    password = forms.CharField(
        label=gettext_lazy("Your password"),
        strip=False,
        max_length=4096,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request

    def clean_password(self) -> str:
        """Asked as at login, so that whatever counts wrong passwords there counts these too."""
        typed, user = self.cleaned_data["password"], self.request.user
        if authenticate(self.request, username=user.get_username(), password=typed) != user:
            raise forms.ValidationError(_("This is not your password."))
        return ""

    def chosen(self) -> exporting.Chosen:
        """Which signatures, and what of them."""
        found = self.cleaned_data
        delivery = found["columns"] == "delivery"
        return exporting.Chosen(
            columns=found["columns"],
            state=Signature.State.COUNTED if delivery else found["state"],
            consents=found["consents"],
            country=found["country"].upper(),
            source=found["source"],
            since=found["since"],
            until=found["until"],
        )


@admin.register(Export)
class ExportAdmin(ReadOnly, OrganizationScopedAdmin):
    """Who took what out, when and what for."""

    list_display = [
        "purpose",
        "campaign",
        "format",
        "asked_by",
        "created_at",
        "rows",
        "finished_at",
    ]
    list_filter = [("campaign", ScopedRelatedFilter)]
    list_select_related = ["campaign", "asked_by"]
    show_facets = admin.ShowFacets.NEVER
    actions = None
    fields = [
        "purpose",
        "campaign",
        ("format", "which"),
        "asked_by",
        ("created_at", "started_at", "finished_at"),
        "rows",
    ]
    readonly_fields = ["which"]

    def get_urls(self) -> list[Any]:
        own: list[tuple[str, Callable[..., HttpResponseBase], str]] = [
            ("of-campaign/<int:campaign_id>/", self.ask_view, "ask"),
            ("<int:export_id>/download/<str:token>/", self.download_view, "download"),
        ]
        return [
            path(route, self.admin_site.admin_view(view), name=f"signatures_export_{name}")
            for route, view, name in own
        ] + super().get_urls()

    @admin.display(description=gettext_lazy("which"))
    def which(self, export: Export) -> str:
        told = (f"{name}: {value}" for name, value in export.criteria.items())
        return ", ".join(told)

    def ask_view(self, request: HttpRequest, campaign_id: int) -> HttpResponse:
        """What for, which, and the password again; then on to the link."""
        campaign = campaign_for(request, campaign_id, "signatures.add_export")
        form = ExportForm(request.POST or None, request=request)
        if not form.is_valid():
            context = context_of(self, request, campaign, _("Export")) | {"form": form}
            status = 422 if form.is_bound else 200
            return render(request, "admin/signatures/export.html", context, status=status)
        export, token = exporting.ask(
            campaign=campaign,
            user=request.user,
            purpose=form.cleaned_data["purpose"],
            file_format=form.cleaned_data["format"],
            chosen=form.chosen(),
        )
        self.log_addition(request, export, _("Asked for: %s") % export.purpose)
        return HttpResponseRedirect(
            reverse("admin:signatures_export_download", args=[export.pk, token])
        )

    def download_view(self, request: HttpRequest, export_id: int, token: str) -> HttpResponseBase:
        """GET shows one button; its POST uses the link up and streams."""
        if not Export.objects.visible_to(request.user).filter(pk=export_id).exists():
            raise Http404
        check(request.user.has_perm("signatures.add_export"))
        export = Export.objects.open_to(request.user, token).filter(pk=export_id).first()
        if export is None or (request.method == "POST" and not export.begin()):
            context = self.admin_site.each_context(request) | {"title": _("This link is used up")}
            return render(request, "admin/signatures/export_over.html", context, status=410)
        if request.method != "POST":
            context = context_of(self, request, export.campaign, _("Download")) | {
                "export": export,
                "which": self.which(export),
            }
            response: HttpResponseBase = render(request, "admin/signatures/download.html", context)
        else:
            self.log_change(request, export, _("Downloaded."))
            response = _streamed(export)
        response.headers["Referrer-Policy"] = "same-origin"
        return response


def _streamed(export: Export) -> StreamingHttpResponse:
    name = f"{export.campaign.slug}-{timezone.now():%Y-%m-%d}.{export.format}"
    return StreamingHttpResponse(
        exporting.stream(export),
        content_type=exporting.CONTENT_TYPES[export.format],
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            # A proxy that collects the file would keep it on its disk.
            "X-Accel-Buffering": "no",
        },
    )
