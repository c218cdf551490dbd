"""One person: all that is known, the letters they were owed, and what keeps mail from them."""

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from campaigns.admin.scoping import OrganizationScopedInline
from signatures.admin.looking_up import (
    MOST_ROWS,
    LookUpAdmin,
    ReadOnly,
    newest_campaigns,
    pill,
)
from signatures.admin.shown_texts import ShownTexts, shown_text
from signatures.admin.tags import tag_actions, tags_on
from signatures.models import (
    ConsentEvent,
    Letter,
    Signature,
    Subscription,
    Supporter,
    Suppression,
)
from signatures.staff.looking_back import window


class ReadOnlyInline(ReadOnly, OrganizationScopedInline):
    extra = 0
    can_delete = False
    classes = ["untitled"]


class SignatureInline(ShownTexts, ReadOnlyInline):
    model = Signature
    fields = [
        *("campaign", "signed_statement", "shown_notice", "consents"),
        *("state", "created_at", "confirmed_at"),
    ]
    readonly_fields = ["signed_statement", "shown_notice"]
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
    fields = ["at", "choice", "shown_notice", "via"]
    readonly_fields = ["shown_notice"]
    verbose_name_plural = _("what they agreed to, and took back")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows = super().get_queryset(request).select_related("notice__campaign")
        return rows.order_by("-at")

    @admin.display(description=_("notice"))
    def shown_notice(self, event: ConsentEvent) -> str:
        return shown_text(event.notice, event.notice.campaign) if event.notice else "–"


class LetterInline(ReadOnlyInline):
    model = Letter
    fields = ["kind", "due_at", "sent_at", "dropped_at", "reason"]
    ordering = ["-due_at"]


# (heading, rows of a supporter that a user may see), from apps that this one must not know.
PersonSection = Callable[[Supporter, Any], Iterable[str]]
person_sections: list[tuple[Any, PersonSection]] = [(_("Tags"), tags_on)]


@admin.register(Supporter)
class SupporterAdmin(LookUpAdmin):
    """One person: all that is known, and so the answer to “why did I, or did I not, get this?”.

    Name and place are those of the newest signature that the user may see: a person is one row for
    all organizations, and what they told another one is not for this.
    """

    list_display = ["email", "given_name", "given_country", "confirmed_at", "created_at"]
    person_path = "pk"
    search_help_text = _("A whole address, or how a name or any word of it begins.")
    fields = [
        "email",
        "given_name",
        ("given_postal_code", "given_country"),
        "confirmed_at",
        "created_at",
        "blocks",
    ]
    readonly_fields = ["given_name", "given_postal_code", "given_country", "blocks"]
    actions = []
    inlines = [SignatureInline, SubscriptionInline, ConsentEventInline, LetterInline]

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Nothing but tags is put on people here."""
        return tag_actions(request.user)

    def newest(self, request: HttpRequest, queryset: QuerySet) -> tuple[QuerySet, str]:
        """Those whose signatures are the newest; who has signed nothing is found by address."""
        campaigns = newest_campaigns(request.user)
        latest = window(campaign_ids=campaigns, most=MOST_ROWS)
        signed = Signature.objects.filter(
            campaign_id__in=campaigns, pk__range=(latest.low, latest.high)
        )
        people = Supporter.objects.filter(pk__in=signed.values("supporter_id"))
        return _with_what_they_gave(people, request.user), ""

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return _with_what_they_gave(super().get_queryset(request), request.user)

    @admin.display(description=_("name"))
    def given_name(self, supporter: Any) -> str:
        return supporter.own_name or "–"

    @admin.display(description=_("postal code"))
    def given_postal_code(self, supporter: Any) -> str:
        return supporter.own_postal_code or "–"

    @admin.display(description=_("country"))
    def given_country(self, supporter: Any) -> str:
        return countries.name(supporter.own_country or "") or "–"

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


def _with_what_they_gave(people: QuerySet, user: Any) -> QuerySet:
    """People with name and place of the newest of their signatures that the user may see."""
    own = Signature.objects.visible_to(user).filter(supporter=OuterRef("pk")).order_by("-pk")[:1]
    return people.annotate(
        own_name=Subquery(own.values("name")),
        own_postal_code=Subquery(own.values("postal_code")),
        own_country=Subquery(own.values("country")),
    )


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
    lookups = frozenset({"letter", "kind__exact"})
    search_help_text = _("A whole address, or how a name or any word of it begins.")

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
