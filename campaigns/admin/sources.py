"""Whether sources still stand: the list, “Check links now”, and archived copies to accept."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from campaigns.admin.scoping import OrganizationScopedAdmin, ScopedRelatedFilter
from campaigns.citations import format_citation
from campaigns.models import Campaign, Source
from campaigns.source_health.asking import ask_for_check
from campaigns.tracking import strip_tracking


class SourceForm(forms.ModelForm):
    """A source on its campaign's page. What was found of one address says nothing of another."""

    class Meta:
        model = Source
        fields: list[str] = []  # the inline names them

    def clean_url(self) -> str:
        return strip_tracking(self.cleaned_data["url"])

    def clean_archive_url(self) -> str:
        return strip_tracking(self.cleaned_data["archive_url"])

    def save(self, commit: bool = True) -> Source:
        if "url" in self.changed_data:
            self.instance.forget_checks()
        return super().save(commit)


class HealthFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "health"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        return [
            ("gone", _("gone")),
            ("failing", _("failing")),
            ("suggested", _("archived copy to accept")),
            ("unchecked", _("not checked yet")),
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet:
        match self.value():
            case "gone":
                return queryset.rotten()
            case "failing":
                return queryset.filter(fail_count__gt=0)
            case "suggested":
                return queryset.exclude(archive_suggestion="")
            case "unchecked":
                return queryset.filter(checked_at=None)
        return queryset


@admin.register(Source)
class SourceAdmin(OrganizationScopedAdmin):
    """Sources of all campaigns, to look at. They are written on their campaign's page."""

    list_display = ["title", "health", "copy", "of_campaign", "checked_at"]
    list_filter = [HealthFilter, ("campaign", ScopedRelatedFilter)]
    list_select_related = ["campaign"]
    search_fields = ["key", "title", "url"]
    ordering = ["-fail_count", "-pk"]
    show_facets = admin.ShowFacets.NEVER
    actions = ["check_now", "accept_copies"]
    readonly_fields = [
        *("citation", "of_campaign", "address", "health", "checked_at", "last_ok_at"),
        *("fail_count", "copy"),
    ]
    fields = [*readonly_fields]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_care_permission(self, request: HttpRequest) -> bool:
        """Whether somebody may have sources checked and accept copies: who may change them."""
        return request.user.has_perm("campaigns.change_source")

    def get_urls(self) -> list[Any]:
        check = path(
            "of-campaign/<int:pk>/check/",
            self.admin_site.admin_view(self.check_view),
            name="campaigns_source_check",
        )
        return [check, *super().get_urls()]

    @method_decorator(require_POST)
    def check_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """“Check links now” on the page of a campaign."""
        campaign = get_object_or_404(Campaign.objects.visible_to(request.user), pk=pk)
        if not self.has_care_permission(request):
            raise PermissionDenied
        self._ask(request, campaign.sources.all())
        return HttpResponseRedirect(reverse("admin:campaigns_campaign_change", args=[pk]))

    @admin.action(description=_("Check links now"), permissions=["care"])
    def check_now(self, request: HttpRequest, queryset: Any) -> None:
        self._ask(request, queryset)

    @admin.action(description=_("Accept the archived copies that were found"), permissions=["care"])
    def accept_copies(self, request: HttpRequest, queryset: Any) -> None:
        accepted = [source for source in queryset if source.accept_suggestion()]
        for source in accepted:
            self.log_change(request, source, gettext("Accepted the archived copy."))
        self.message_user(
            request,
            ngettext(
                "%(count)s archived copy stands on its page now.",
                "%(count)s archived copies stand on their pages now.",
                len(accepted),
            )
            % {"count": len(accepted)},
            messages.SUCCESS if accepted else messages.WARNING,
        )

    def _ask(self, request: HttpRequest, sources: Any) -> None:
        asked = ask_for_check(sources)
        if not asked.count:
            text = gettext(
                "Nothing to check. Either no source has an address, or its organization has not "
                "switched on “check the links of sources”, or the draft has rested for a month."
            )
            return self.message_user(request, text, messages.WARNING)
        checking = ngettext(
            "%(count)s link is being checked.", "%(count)s links are being checked.", asked.count
        ) % {"count": asked.count}
        if asked.was_heard:
            text = gettext("Look again in a minute: what is found stands in the list of sources.")
            return self.message_user(request, f"{checking} {text}", messages.SUCCESS)
        text = gettext(
            "The queue does not answer just now. The links are checked with the next round, within "
            "an hour of its return."
        )
        return self.message_user(request, text, messages.WARNING)

    # --- columns

    @admin.display(description=_("campaign"), ordering="campaign__headline")
    def of_campaign(self, source: Source) -> SafeString:
        url = reverse("admin:campaigns_campaign_change", args=[source.campaign_id])
        return format_html('<a href="{}#sources-group">{}</a>', url, source.campaign)

    @admin.display(description=_("state"), ordering="fail_count")
    def health(self, source: Source) -> SafeString:
        return health_pill(source)

    @admin.display(description=_("reads"))
    def citation(self, source: Source) -> str:
        return format_citation(source)

    @admin.display(description=_("address"))
    def address(self, source: Source) -> str:
        return source.url

    @admin.display(description=_("archived copy"))
    def copy(self, source: Source) -> SafeString | str:
        if source.archive_url:
            return _link(source.archive_url, gettext("on the page"))
        if source.archive_suggestion:
            return _link(source.archive_suggestion, gettext("found; look at it, then accept it"))
        return gettext("none")


def health_pill(source: Source) -> SafeString:
    """The state of a source in a word, and what the last check met."""
    state, word = _health(source)
    met = f"HTTP {source.http_status}" if source.http_status else source.get_check_problem_display()
    return format_html(
        '<span class="pill" data-state="{}">{}</span> <span class="quiet">{}</span>',
        state,
        word,
        met if source.checked_at else "",
    )


def _health(source: Source) -> tuple[str, str]:
    if not source.url:
        return "draft", gettext("no address")
    if not source.checked_at:
        return "draft", gettext("not checked yet")
    if source.is_rotten:
        return "lost", gettext("gone")
    if source.fail_count:
        return "paused", gettext("failing")
    if source.is_standing:
        return "open", gettext("stands")
    return "closed", gettext("not open to everyone") if source.is_closed else gettext("unclear")


def _link(url: str, words: str) -> SafeString:
    return format_html('<a href="{}" rel="noopener noreferrer" target="_blank">{}</a>', url, words)
