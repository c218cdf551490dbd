from typing import Any

from django.contrib import admin, messages
from django.contrib.humanize.templatetags.humanize import intcomma
from django.core.exceptions import PermissionDenied
from django.forms import ModelForm, modelform_factory
from django.forms.widgets import Script
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from campaigns.admin.editing import EditorAdmin
from campaigns.admin.forms import CampaignForm
from campaigns.admin.inlines import AllyInline, SourceInline, TargetInline
from campaigns.admin.scoping import OrganizationScopedAdmin, ScopedRelatedFilter
from campaigns.checking import check_campaign
from campaigns.citations import Citation, format_citation
from campaigns.models import Campaign, CannotPublish, Source
from campaigns.revising import revise_notice, revise_statement

CITED_FIELDS = ["author", "title", "publisher", "published_on", "date_precision"]


@admin.register(Campaign)
class CampaignAdmin(EditorAdmin, OrganizationScopedAdmin):
    form = CampaignForm
    inlines = [TargetInline, SourceInline, AllyInline]
    list_display = ["headline", "state_pill", "organization", "signatures", "published_at"]
    list_filter = ["state", ("organization", ScopedRelatedFilter)]
    list_select_related = ["organization", "tally"]
    search_fields = ["headline", "slug"]
    prepopulated_fields = {"slug": ["headline"]}
    show_facets = admin.ShowFacets.NEVER
    save_on_top = True
    view_on_site = False
    actions = None
    fieldsets = [
        (None, {"fields": ["organization", "headline", "slug"]}),
        (
            _("What people sign"),
            {"fields": ["statement_text", "ask", ("lead_in", "call_to_action")]},
        ),
        (_("Opt-in notice"), {"fields": ["notice_text", "notice_kind", "notice_scopes"]}),
        (_("The letter"), {"fields": ["lead_line", "body", "closing"]}),
        (
            _("The form"),
            {
                "fields": [
                    ("asks_postal_code", "asks_country", "asks_comment"),
                    "proof",
                    ("signature_goal", "language"),
                ]
            },
        ),
    ]

    class Media:
        js = [Script("campaigns/sources.js", defer=True)]

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("citation/", view(self.citation_view), name="campaigns_campaign_citation"),
            path(
                "<int:pk>/material/",
                view(self.material_view),
                name="campaigns_campaign_material",
            ),
            *super().get_urls(),
        ]

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> type[ModelForm]:
        form = super().get_form(request, obj, change, **kwargs)
        form.user = request.user  # type: ignore[attr-defined]
        return form

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """What signatures and links rest on stays once it is there."""
        fixed = ["organization"] if obj else []
        return fixed + (["slug"] if obj and obj.published_at else [])

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        return {} if obj else super().get_prepopulated_fields(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A page that was public is closed, never deleted."""
        return super().has_delete_permission(request, obj) and not (obj and obj.published_at)

    @admin.display(description=_("state"), ordering="state")
    def state_pill(self, campaign: Campaign) -> str:
        return format_html(
            '<span class="pill" data-state="{}">{}</span>',
            campaign.state,
            campaign.get_state_display(),
        )

    @admin.display(description=_("signatures"), ordering="tally__counted")
    def signatures(self, campaign: Campaign) -> str:
        tally = getattr(campaign, "tally", None)
        return intcomma(tally.counted if tally else 0)

    def beside_the_form(self, obj: Campaign) -> dict[str, Any]:
        return {"findings": check_campaign(obj)}

    def save_related(
        self, request: HttpRequest, form: CampaignForm, formsets: Any, change: bool
    ) -> None:
        super().save_related(request, form, formsets, change)
        campaign, typed = form.instance, form.cleaned_data
        if text := typed["statement_text"]:
            statement = revise_statement(campaign=campaign, text=text)
            self._tell_version(request, statement, form.statement)
        if text := typed["notice_text"]:
            notice = revise_notice(
                campaign=campaign,
                text=text,
                kind=typed["notice_kind"],
                scopes=typed["notice_scopes"],
            )
            self._tell_version(request, notice, form.notice)

    def _tell_version(self, request: HttpRequest, now: Any, before: Any) -> None:
        if before and now.pk != before.pk:
            messages.info(
                request,
                gettext("%(name)s is what the page shows from now on.") % {"name": now},
            )

    def response_change(self, request: HttpRequest, obj: Campaign) -> HttpResponse:
        if "_publish" in request.POST:
            self._publish(request, obj)
            return self.stay(request)
        if "_close" in request.POST:
            if obj.close():
                self.log_change(request, obj, gettext("Closed."))
            messages.success(request, gettext("Closed: the page stays and takes no more names."))
            return self.stay(request)
        return super().response_change(request, obj)

    def _publish(self, request: HttpRequest, campaign: Campaign) -> None:
        try:
            opened = campaign.publish()
        except CannotPublish as refused:
            for reason in refused.reasons:
                messages.error(request, reason)
            return
        if opened:
            self.log_change(request, campaign, gettext("Published."))
        messages.success(
            request,
            format_html(
                gettext('Published: <a href="{0}">{0}</a> takes signatures.'), campaign.public_url
            ),
        )

    def material_view(self, request: HttpRequest, pk: int) -> JsonResponse:
        """What the editor offers for a campaign: `{"sources": [{"key", "title"}], "ask": text}`."""
        campaign = self.get_object(request, str(pk))
        if not self.has_view_permission(request, campaign):
            raise PermissionDenied
        sources = list(campaign.sources.values("key", "title"))
        return JsonResponse({"sources": sources, "ask": campaign.ask})

    def citation_view(self, request: HttpRequest) -> JsonResponse:
        """The citation of the source fields in the query, as far as they are valid."""
        form = modelform_factory(Source, fields=CITED_FIELDS)(request.GET)
        form.is_valid()
        typed = form.cleaned_data
        citation = Citation(
            author=typed.get("author", ""),
            title=typed.get("title", ""),
            publisher=typed.get("publisher", ""),
            published_on=typed.get("published_on"),
            date_precision=typed.get("date_precision", Source.DatePrecision.DAY),
        )
        return JsonResponse({"citation": format_citation(citation)})
