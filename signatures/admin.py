"""What staff see of people: to look up and to answer for, never to edit.

Nothing here counts or sorts a whole table, for there may be ten million rows in it.
"""

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from campaigns.admin.scoping import (
    OrganizationScopedAdmin,
    OrganizationScopedInline,
    ScopedRelatedFilter,
)
from signatures.addresses import clean_address, email_hash, email_key
from signatures.models import (
    ConsentEvent,
    Letter,
    Signature,
    Subscription,
    Supporter,
    Suppression,
)

MOST_ROWS = 10_000
LONGEST_SEARCH = 100


class NewestPaginator(Paginator):
    """Pages through the newest rows, and counts no further than it can show."""

    @cached_property
    def count(self) -> int:
        rows = self.object_list.order_by()  # type: ignore[attr-defined]
        return rows[:MOST_ROWS].count()


class ReadOnly:
    """Rows that staff look at: supporters make them, the product changes them."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class LookUpAdmin(ReadOnly, OrganizationScopedAdmin):
    """A list of the newest rows, found again by an exact address or the beginning of a name."""

    ordering = ["-pk"]
    sortable_by = ()
    paginator = NewestPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    actions = None

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        term = search_term.strip()[:LONGEST_SEARCH]
        if not term:
            return queryset, False
        if "@" not in term:
            return queryset.filter(**{f"{self.search_fields[1]}__istartswith": term}), False
        try:
            key = email_key(clean_address(term))
        except ValidationError:
            return queryset.none(), False
        return queryset.filter(**{self.search_fields[0]: key}), False


def pill(state: str, words: Any) -> str:
    """A state in its colour; the words say it too."""
    return format_html('<span class="pill" data-state="{}">{}</span>', state, words)


@admin.register(Signature)
class SignatureAdmin(LookUpAdmin):
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
    list_filter = ["state", ("campaign", ScopedRelatedFilter), "consents"]
    list_select_related = ["supporter", "campaign"]
    search_fields = ["supporter__email_key", "name"]
    search_help_text = _("A whole address, or how a name begins.")

    @admin.display(description=_("address"))
    def address(self, signature: Signature) -> str:
        return signature.supporter.email

    @admin.display(description=_("state"))
    def state_pill(self, signature: Signature) -> str:
        return pill(signature.state, signature.get_state_display())


class ReadOnlyInline(ReadOnly, OrganizationScopedInline):
    extra = 0
    can_delete = False
    classes = ["untitled"]


class SignatureInline(ReadOnlyInline):
    model = Signature
    fields = ["campaign", "statement", "notice", "consents", "state", "created_at", "confirmed_at"]
    show_change_link = True
    classes = []

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("campaign", "statement", "notice")


class SubscriptionInline(ReadOnlyInline):
    model = Subscription
    fields = ["scope", "subscribed_at", "unsubscribed_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("scope__organization")


class ConsentEventInline(ReadOnlyInline):
    model = ConsentEvent
    fields = ["at", "choice", "notice", "via"]
    verbose_name_plural = _("what they agreed to, and took back")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("notice").order_by("-at")


class LetterInline(ReadOnlyInline):
    model = Letter
    fields = ["kind", "due_at", "sent_at", "dropped_at", "reason"]
    ordering = ["-due_at"]


# (heading, rows of a supporter that a user may see), from apps that this one must not know.
PersonSection = Callable[[Supporter, Any], Iterable[str]]
person_sections: list[tuple[Any, PersonSection]] = []


@admin.register(Supporter)
class SupporterAdmin(LookUpAdmin):
    """One person: all that is known, and so the answer to “why did I, or did I not, get this?”."""

    list_display = ["email", "name", "country", "confirmed_at", "created_at"]
    search_fields = ["email_key", "name"]
    search_help_text = _("A whole address, or how a name begins.")
    fields = ["email", "name", ("postal_code", "country"), "confirmed_at", "created_at", "blocks"]
    readonly_fields = ["blocks"]
    inlines = [SignatureInline, SubscriptionInline, ConsentEventInline, LetterInline]

    @admin.display(description=_("blocked from mail"))
    def blocks(self, supporter: Supporter) -> str:
        reasons = Suppression.objects.filter(email_hash=supporter.email_hash, lifted_at=None)
        return ", ".join(map(str, reasons)) or "–"

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        supporter = self.get_object(request, object_id)
        told = [(heading, list(rows(supporter, request.user))) for heading, rows in person_sections]
        context = (extra_context or {}) | {"person_sections": told}
        return super().change_view(request, object_id, form_url, context)


class LetterStateFilter(admin.SimpleListFilter):
    """Waiting letters first: they are what somebody comes to look for."""

    title = _("state")
    parameter_name = "letter"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return [("waiting", _("waiting")), ("dropped", _("dropped")), ("sent", _("sent"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        match self.value():
            case "waiting":
                return queryset.filter(sent_at=None, dropped_at=None)
            case "dropped":
                return queryset.filter(dropped_at__isnull=False)
            case "sent":
                return queryset.filter(sent_at__isnull=False)
        return queryset


@admin.register(Letter)
class LetterAdmin(LookUpAdmin):
    list_display = ["kind", "address", "state_pill", "due_at", "attempts", "sent_at", "reason"]
    list_filter = [LetterStateFilter, "kind"]
    list_select_related = ["supporter"]
    search_fields = ["supporter__email_key", "supporter__name"]
    search_help_text = _("A whole address, or how a name begins.")

    @admin.display(description=_("address"))
    def address(self, letter: Letter) -> str:
        return letter.supporter.email

    @admin.display(description=_("state"))
    def state_pill(self, letter: Letter) -> str:
        if letter.sent_at:
            return pill("sent", _("sent"))
        if letter.dropped_at:
            return pill("failed", _("dropped"))
        return (
            pill("deferred", _("tried, waits")) if letter.attempts else pill("pending", _("waits"))
        )


@admin.register(Suppression)
class SuppressionAdmin(LookUpAdmin):
    """Blocks are known by a hash alone: they are found by typing the address they block."""

    list_display = ["reason", "campaign", "created_at", "lifted_at"]
    list_filter = ["reason"]
    list_select_related = ["campaign"]
    fields = ["reason", "campaign", "created_at", "lifted_at"]
    search_fields = ["email_hash"]
    search_help_text = _("A whole address.")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        if not search_term.strip():
            return queryset, False
        try:
            key = email_key(clean_address(search_term[:LONGEST_SEARCH]))
        except ValidationError:
            return queryset.none(), False
        return queryset.filter(Q(email_hash=email_hash(key))), False
