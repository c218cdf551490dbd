from typing import Any

from django.contrib import admin, messages
from django.contrib.humanize.templatetags.humanize import intcomma
from django.core.exceptions import PermissionDenied
from django.db import models
from django.forms import ModelForm, modelform_factory
from django.forms.widgets import Script
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from campaigns.admin import steps
from campaigns.admin.editing import EditorAdmin
from campaigns.admin.forms import CampaignForm
from campaigns.admin.from_text import FromTextAdmin
from campaigns.admin.inlines import (
    AllyInline,
    CorrectionInline,
    CustomFieldInline,
    SourceInline,
    TargetInline,
)
from campaigns.admin.previews import show_unsaved
from campaigns.admin.scoping import OrganizationScopedAdmin, ScopedRelatedFilter
from campaigns.admin.texts import texts_of
from campaigns.admin.times import in_both_zones
from campaigns.admin.together import TogetherAdmin
from campaigns.admin.while_typing import findings_while_typing
from campaigns.checking import check_campaign
from campaigns.citations import Citation, format_citation
from campaigns.cloning import clone
from campaigns.models import Campaign, Source
from campaigns.previewing import LASTS, preview_url
from campaigns.revising import revise_notice, revise_statement

CITED_FIELDS = ["author", "title", "publisher", "published_on", "date_precision"]
_NOTICE = ["notice_text", "notice_kind", "notice_scopes", "notice_tells_of_clicks"]


@admin.register(Campaign)
class CampaignAdmin(FromTextAdmin, TogetherAdmin, EditorAdmin, OrganizationScopedAdmin):
    form = CampaignForm
    inlines = [TargetInline, SourceInline, AllyInline, CustomFieldInline, CorrectionInline]
    list_display = ["headline", "state_pill", "organization", "signatures", "published"]
    list_filter = ["state", ("organization", ScopedRelatedFilter)]
    list_select_related = ["organization", "tally"]
    search_fields = ["headline", "slug"]
    prepopulated_fields = {"slug": ["headline"]}
    show_facets = admin.ShowFacets.NEVER
    save_on_top = True
    view_on_site = False
    actions = None

    class Media:
        js = [
            Script("campaigns/sources.js", defer=True),
            Script("campaigns/typing.js", defer=True),
            Script("campaigns/copy.js", defer=True),
        ]

    def get_urls(self) -> list[Any]:
        own: list[tuple[str, Any, str]] = [
            ("citation/", self.citation_view, "citation"),
            ("<int:pk>/material/", self.material_view, "material"),
            ("<int:pk>/check/", self.check_view, "check"),
            ("<int:pk>/do/<slug:step>/", self.step_view, "step"),
            ("<int:pk>/copy/", self.copy_view, "copy"),
            ("<int:pk>/texts/", self.texts_view, "texts"),
        ]
        wrap = self.admin_site.admin_view
        urls = [
            path(route, wrap(view), name=f"campaigns_campaign_{name}") for route, view, name in own
        ]
        return urls + super().get_urls()

    # --- the form

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        statement = obj and obj.current_statement()
        change = ["statement_reason", "statement_change_note"]
        signed = ["statement_text", *(change if statement and statement.frozen_at else [])]
        ended = [(_("What came of it"), {"fields": ["outcome"]})]
        return [
            (None, {"fields": ["organization", "headline", "slug"]}),
            *(ended if obj and obj.has_ended else []),
            (
                _("What people sign"),
                {"fields": [*signed, "ask", ("lead_in", "call_to_action")]},
            ),
            (_("Opt-in notice"), {"fields": _NOTICE}),
            (_("The letter"), {"fields": ["lead_line", "body", "closing"]}),
            (
                _("The form"),
                {
                    "fields": [
                        ("asks_postal_code", "asks_country", "asks_comment"),
                        "asks_to_show_name",
                        "default_country",
                        "proof",
                    ]
                },
            ),
            (_("When, and how many"), {"fields": ["time_zone", "closes_at", "signature_goal"]}),
            (
                _("Where it is found and shared"),
                {
                    "fields": [
                        *("language", "topics", "image"),
                        *("share_title", "share_text", "next_campaign"),
                    ]
                },
            ),
        ]

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> type[ModelForm]:
        form = super().get_form(request, obj, change, **kwargs)
        form.user = request.user
        return form

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """What signatures rest on stays once it is there."""
        return ["organization"] if obj else []

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        return {} if obj else super().get_prepopulated_fields(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A page that was public is withdrawn, never deleted."""
        return super().has_delete_permission(request, obj) and not (obj and obj.published_at)

    def beside_the_form(self, obj: Campaign, request: HttpRequest) -> dict[str, Any]:
        beside: dict[str, Any] = {
            "findings": check_campaign(obj),
            "opens_said": in_both_zones(obj.opens_at, obj.zone) if obj.opens_at else "",
            "closes_said": in_both_zones(obj.closes_at, obj.zone) if obj.closes_at else "",
            "steps": steps.steps_from(obj) if self.has_change_permission(request, obj) else [],
        }
        if not obj.published_at:
            beside |= {
                "preview_url": preview_url(campaign=obj, user=request.user),
                "preview_days": LASTS.days,
            }
        return beside

    def save_related(
        self, request: HttpRequest, form: CampaignForm, formsets: Any, change: bool
    ) -> None:
        super().save_related(request, form, formsets, change)
        campaign, typed = form.instance, form.cleaned_data
        if text := typed["statement_text"]:
            statement = revise_statement(
                campaign=campaign,
                text=text,
                reason=typed["statement_reason"],
                change_note=typed["statement_change_note"],
                author=request.user,  # type: ignore[arg-type]
            )
            self._tell_version(request, statement, form.statement)
        if text := typed["notice_text"]:
            notice = revise_notice(
                campaign=campaign,
                text=text,
                kind=typed["notice_kind"],
                scopes=typed["notice_scopes"],
                tells_of_clicks=typed["notice_tells_of_clicks"],
            )
            self._tell_version(request, notice, form.notice)

    def _tell_version(self, request: HttpRequest, now: Any, before: Any) -> None:
        if before and now.pk != before.pk and "_preview" not in request.POST:
            messages.info(
                request,
                gettext("%(name)s is what the page shows from now on.") % {"name": now},
            )

    # --- columns

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

    @admin.display(description=_("published"), ordering="published_at")
    def published(self, campaign: Campaign) -> str:
        """The day, in the campaign's own zone: a list has no room for the minute."""
        shown = campaign.published_at
        return f"{shown.astimezone(campaign.zone):%-d %b %Y}" if shown else "–"

    # --- steps

    def response_change(self, request: HttpRequest, obj: Campaign) -> HttpResponse:
        """Saved. A step that was pressed with it is taken, or asked about on its own page."""
        if "_preview" in request.POST:
            return show_unsaved(request, obj)
        name = "publish" if "_publish" in request.POST else request.POST.get("_step", "")
        step = steps.STEPS.get(name)
        if step is None:
            return super().response_change(request, obj)
        if step.asks:
            return HttpResponseRedirect(self._url("step", obj, step.name))
        self._take(step, request, obj, {})
        return self.stay(request)

    def _take(
        self, step: steps.Step, request: HttpRequest, campaign: Campaign, typed: dict[str, Any]
    ) -> None:
        if done := steps.take(step, request, campaign, typed):
            self.log_change(request, campaign, done)

    def step_view(self, request: HttpRequest, pk: int, step: str) -> HttpResponse:
        """GET: what a step means, and what it asks. POST: take it."""
        campaign = self._own(request, pk, may=self.has_change_permission)
        taken, posted = steps.STEPS.get(step), request.method == "POST"
        if taken is None:
            raise Http404
        form = taken.form(request.POST if posted else None, campaign=campaign)
        if posted and form.is_valid():
            self._take(taken, request, campaign, form.cleaned_data)
            return HttpResponseRedirect(self._url("change", campaign))
        return self._ask(
            request,
            campaign,
            title=taken.label,
            means=taken.means,
            form=form,
            late=taken.name in ("close", "deliver", "win", "lose"),
        )

    def copy_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """GET: what a copy takes along. POST: make it and go there."""
        campaign = self._own(request, pk, may=self.has_view_permission)
        if not self.has_add_permission(request):
            raise PermissionDenied
        if request.method == "POST":
            made = clone(campaign=campaign, author=request.user)  # type: ignore[arg-type]
            self.log_addition(request, made, gettext("Copied from “%s”.") % campaign)
            messages.success(request, gettext("A draft copy. Give it an address of its own."))
            return HttpResponseRedirect(self._url("change", made))
        return self._ask(
            request,
            campaign,
            title=_("Make a draft copy"),
            means=_(
                "A new draft with the same statement, notice, letter, targets, allies, sources and"
                " questions. Signatures, updates, corrections and translations stay here."
            ),
            form=steps.PlainForm(campaign=campaign),
        )

    def _ask(self, request: HttpRequest, campaign: Campaign, **context: Any) -> HttpResponse:
        """The page of a step: what it means, what it asks, one button and a way back."""
        page = self.admin_site.each_context(request) | {
            "opts": self.opts,
            "original": campaign,
            "counted": campaign.tally.counted if hasattr(campaign, "tally") else 0,
            **context,
        }
        status = 422 if context["form"].errors else 200
        return render(request, "admin/campaigns/campaign/step.html", page, status=status)

    # --- other pages

    @method_decorator(require_GET)
    def texts_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Every version of the statement and of the notice, and who relies on it."""
        campaign = self._own(request, pk, may=self.has_view_permission)
        context = self.admin_site.each_context(request) | {
            "title": _("Versions of the texts"),
            "opts": self.opts,
            "original": campaign,
            **texts_of(campaign),
        }
        return render(request, "admin/campaigns/campaign/texts.html", context)

    @method_decorator(require_POST)
    def check_view(self, request: HttpRequest, pk: int) -> JsonResponse:
        """What to look at in the letter and sources as they are typed; saves nothing.

        `pk` is 0 while the campaign is new. Answers `{"findings": [text, …]}`.
        """
        campaign = self._own(request, pk, may=self.has_change_permission) if pk else None
        if campaign is None and not self.has_add_permission(request):
            raise PermissionDenied
        return JsonResponse({"findings": findings_while_typing(request.POST, campaign)})

    @method_decorator(require_GET)
    def material_view(self, request: HttpRequest, pk: int) -> JsonResponse:
        """What the editor offers for a campaign: `{"sources": [{"key", "title"}], "ask": text}`."""
        campaign = self._own(request, pk, may=self.has_view_permission)
        sources = list(campaign.sources.values("key", "title"))
        return JsonResponse({"sources": sources, "ask": campaign.ask})

    @method_decorator(require_GET)
    def citation_view(self, request: HttpRequest) -> JsonResponse:
        """The citation of the source fields in the query, as far as they are valid."""
        if not (self.has_add_permission(request) or self.has_view_or_change_permission(request)):
            raise PermissionDenied
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

    def _own(self, request: HttpRequest, pk: int, *, may: Any) -> Campaign:
        """The campaign, of the user's own organizations; else 404, or 403 without permission."""
        campaign = self.get_object(request, str(pk))
        if not may(request, campaign):
            raise PermissionDenied
        return campaign

    def _url(self, name: str, campaign: models.Model, *arguments: str) -> str:
        return reverse(f"admin:campaigns_campaign_{name}", args=[campaign.pk, *arguments])
