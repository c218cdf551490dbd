"""Signatures: the list to look them up in, one of them, and the pages of a campaign's."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import BadRequest
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from campaigns.admin.scoping import OrganizationScopedInline, ScopedRelatedFilter
from campaigns.models import Campaign
from signatures.admin import acts, campaign_pages
from signatures.admin.filters import (
    CountryFilter,
    SinceFilter,
    SourceFilter,
    UntilFilter,
    parse_moment,
)
from signatures.admin.looking_up import (
    MOST_LOOKED_AT,
    MOST_ROWS,
    LookUpAdmin,
    ReadOnly,
    moment,
    newest_campaigns,
    pill,
    signed_as,
)
from signatures.admin.shown_texts import ShownTexts
from signatures.models import Signature, StateChangeEntry
from signatures.sharing import brought_by
from signatures.staff.looking_back import window

_FEW = {state.value for state in Signature.State} - {Signature.State.COUNTED.value}


class StateChangeEntryInline(ReadOnly, OrganizationScopedInline):
    model = StateChangeEntry
    fields = ["change", "reason", "from_state", "changed_by", "changed_at", "undone_at"]
    readonly_fields = ["reason", "changed_by", "changed_at", "undone_at"]
    extra = 0
    can_delete = False
    classes = ["untitled"]
    verbose_name_plural = gettext_lazy("moved by staff")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows = super().get_queryset(request).select_related("change__changed_by")
        return rows.order_by("-pk")

    @admin.display(description=gettext_lazy("reason"))
    def reason(self, entry: StateChangeEntry) -> str:
        return entry.change.reason

    @admin.display(description=gettext_lazy("by"))
    def changed_by(self, entry: StateChangeEntry) -> str:
        return str(entry.change.changed_by or _("somebody who is gone"))

    @admin.display(description=gettext_lazy("at"))
    def changed_at(self, entry: StateChangeEntry) -> str:
        return moment(entry.change.changed_at)

    @admin.display(description=gettext_lazy("undone"))
    def undone_at(self, entry: StateChangeEntry) -> str:
        return moment(entry.change.undone_at)


@admin.register(Signature)
class SignatureAdmin(ShownTexts, LookUpAdmin):
    list_display = [
        "name",
        "address",
        "state_pill",
        "consents",
        "created_at",
        "confirmed_at",
        "country",
        "campaign",
    ]
    list_filter = [
        "state",
        ("campaign", ScopedRelatedFilter),
        "consents",
        CountryFilter,
        SourceFilter,
        SinceFilter,
        UntilFilter,
    ]
    lookups = frozenset(
        {
            "state__exact",
            "campaign__id__exact",
            "consents__exact",
            *(one.parameter_name for one in (CountryFilter, SourceFilter)),
            *(one.parameter_name for one in (SinceFilter, UntilFilter)),
        }
    )
    list_select_related = ["supporter", "campaign"]
    search_help_text = gettext_lazy("A whole address, or how a name or any word of it begins.")
    actions = ["reject_chosen", "restore_chosen", "count_chosen"]
    fields = [
        ("name", "supporter"),
        ("state_in_full", "campaign"),
        ("postal_code", "country"),
        "comment",
        "answered",
        "signed_statement",
        "shown_notice",
        "consents",
        ("created_at", "confirmed_at", "counted_at"),
        ("referrer_code", "mailing_number", "sharer"),
        ("shows_name", "brought"),
    ]
    readonly_fields = ["state_in_full", "answered", "signed_statement", "shown_notice", "brought"]
    inlines = [StateChangeEntryInline]
    # Django's own “add another” has no meaning for what supporters do.
    change_form_template = "admin/signatures/signature/change_form.html"

    def get_urls(self) -> list[Any]:
        one = path(
            "<int:signature_id>/state/<slug:act>/",
            self.admin_site.admin_view(self.state_view),
            name="signatures_signature_state",
        )
        return [one, *campaign_pages.urls(self), *super().get_urls()]

    def has_state_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("signatures.add_statechange")

    def newest(self, request: HttpRequest, queryset: QuerySet) -> tuple[QuerySet, str]:
        """The newest of the chosen campaign, or of all the user's; by state and time if chosen."""
        asked = request.GET
        chosen = asked.get("campaign__id__exact", "")
        campaigns = newest_campaigns(request.user)
        if chosen:
            visible = Campaign.objects.visible_to(request.user)
            number = chosen if chosen.isascii() and chosen.isdigit() and len(chosen) < 19 else 0
            campaigns = list(visible.filter(pk=number).values_list("pk", flat=True))
        state = asked.get("state__exact", "")
        found = window(
            campaign_ids=campaigns,
            most=MOST_LOOKED_AT if chosen else MOST_ROWS,
            state=state if state in _FEW else "",
            since=parse_moment(asked.get("since")),
            until=parse_moment(asked.get("until")),
        )
        note = acts.note_of(found) if found.cut else ""
        rows = Signature.objects.filter(
            campaign_id__in=campaigns, pk__range=(found.low, found.high)
        )
        return rows, note

    def called(self, request: HttpRequest, name: str) -> Q:
        return Q(pk__in=list(signed_as(request.user, name).values_list("pk", flat=True)))

    # --- columns and fields

    @admin.display(description=gettext_lazy("address"))
    def address(self, signature: Signature) -> str:
        return signature.supporter.email

    @admin.display(description=gettext_lazy("state"))
    def state_pill(self, signature: Signature) -> str:
        return pill(signature.state, signature.get_state_display())

    @admin.display(description=gettext_lazy("state"))
    def state_in_full(self, signature: Signature) -> str:
        return pill(signature.state, signature.state_in_full)

    @admin.display(description=gettext_lazy("answers"))
    def answered(self, signature: Signature) -> str:
        return format_html_join("", "<p>{}<br><b>{}</b></p>", signature.answered()) or "–"

    @admin.display(description=gettext_lazy("brought by their link"))
    def brought(self, signature: Signature) -> str:
        found = brought_by(signature.pk)
        if not found:
            return _("nobody")
        generations = max(one.generation for one in found)
        told = ngettext(
            "%(people)s, in %(generations)s generation",
            "%(people)s, in %(generations)s generations",
            generations,
        )
        return told % {"people": len(found), "generations": generations}

    # --- acts, on one or on those with a tick

    def response_action(
        self, request: HttpRequest, queryset: QuerySet, *args: Any, **kwargs: Any
    ) -> HttpResponse | None:
        """As Django's, for ticks that are numbers: no form of ours sends others."""
        ticked = request.POST.getlist(ACTION_CHECKBOX_NAME)
        if not all(one.isascii() and one.isdigit() and len(one) < 20 for one in ticked):
            raise BadRequest("A signature is chosen by its number.")
        return super().response_action(request, queryset, *args, **kwargs)

    @admin.action(description=gettext_lazy("Reject"), permissions=["state"])
    def reject_chosen(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse:
        return acts.ask_or_act("reject", self, request, queryset)

    @admin.action(description=gettext_lazy("Restore"), permissions=["state"])
    def restore_chosen(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse:
        return acts.ask_or_act("restore", self, request, queryset)

    @admin.action(description=gettext_lazy("Count held ones"), permissions=["state"])
    def count_chosen(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse:
        return acts.ask_or_act("count", self, request, queryset)

    def state_view(self, request: HttpRequest, signature_id: int, act: str) -> HttpResponse:
        """One signature: GET asks for the reason, POST moves it."""
        signature = get_object_or_404(self.get_queryset(request), pk=signature_id)
        if act not in acts.ACTS:
            raise Http404
        acts.check(self.has_state_permission(request))
        chosen = Signature.objects.filter(pk=signature.pk)
        return acts.ask_or_act(act, self, request, chosen, alone=signature)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        may = {"may_change_state": self.has_state_permission(request)}
        return super().change_view(request, object_id, form_url, (extra_context or {}) | may)
