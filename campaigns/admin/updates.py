from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.forms.widgets import Script
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import NoReverseMatch, URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from campaigns.admin.drafting import DraftingAdmin
from campaigns.admin.forms import UpdateForm
from campaigns.admin.scoping import OrganizationScopedAdmin, ScopedRelatedFilter
from campaigns.admin.update_texts import may_edit_news
from campaigns.checking import check_update
from campaigns.models import Update


@admin.register(Update)
class UpdateAdmin(DraftingAdmin, OrganizationScopedAdmin):
    form = UpdateForm
    list_display = ["title", "state_pill", "campaign", "published_at"]
    list_filter = [("campaign", ScopedRelatedFilter)]
    list_select_related = ["campaign"]
    search_fields = ["title"]
    show_facets = admin.ShowFacets.NEVER
    autocomplete_fields = ["campaign"]
    actions = None
    fields = ["campaign", "title", "preheader", "body"]
    drafted = ["title", "preheader", "body"]
    chosen_at_first = ["campaign"]

    class Media:
        js = [Script("campaigns/counters.js", defer=True)]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["campaign"] if obj else []

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What is on the page changes at once for everybody, so it is for whoever may publish."""
        may = super().has_change_permission(request, obj)
        return may and may_edit_news(request.user, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """News that was published is corrected, never deleted."""
        return super().has_delete_permission(request, obj) and not (obj and obj.published_at)

    @admin.display(description=_("state"), ordering="published_at")
    def state_pill(self, update: Update) -> str:
        state, word = ("open", _("published")) if update.published_at else ("draft", _("draft"))
        return format_html('<span class="pill" data-state="{}">{}</span>', state, word)

    def beside_the_form(self, obj: Update, request: HttpRequest) -> dict[str, Any]:
        spoken = {obj.campaign.language, *(text.language for text in obj.texts.all())}
        others = [(code, name) for code, name in settings.LANGUAGES if code not in spoken]
        return {
            "findings": check_update(obj),
            "mail_url": self._mail_url(obj),
            "texts": obj.texts.all(),
            "languages": others if self.has_change_permission(request, obj) else [],
        }

    def get_urls(self) -> list[URLPattern]:
        view: Callable[..., HttpResponse] = self.admin_site.admin_view(self.language_view)
        name = "campaigns_update_language"
        return [path("<int:update_id>/language/", view, name=name), *super().get_urls()]

    @method_decorator(require_POST)
    def language_view(self, request: HttpRequest, update_id: int) -> HttpResponse:
        """Begin the update in another language. Safe to press twice."""
        update = get_object_or_404(self.get_queryset(request), pk=update_id)
        if not self.has_change_permission(request, update):
            raise PermissionDenied
        language = request.POST.get("language", "")
        if language not in dict(settings.LANGUAGES) or language == update.campaign.language:
            messages.error(request, gettext("Choose a language."))
            return HttpResponseRedirect(reverse("admin:campaigns_update_change", args=[update.pk]))
        text, begun = update.texts.get_or_create(language=language)
        if begun:
            self.log_change(request, update, gettext("Begun in another language: %s") % language)
        return HttpResponseRedirect(reverse("admin:campaigns_updatetext_change", args=[text.pk]))

    def _mail_url(self, update: Update) -> str:
        """Where this update becomes a mailing; empty where no app sends any."""
        try:
            return reverse("admin:mailings_mailing_from_update", args=[update.pk])
        except NoReverseMatch:
            return ""

    def save_model(self, request: HttpRequest, obj: Update, form: Any, change: bool) -> None:
        obj.author = obj.author or request.user  # type: ignore[assignment]
        super().save_model(request, obj, form, change)

    def response_add(
        self, request: HttpRequest, obj: Update, post_url_continue: str | None = None
    ) -> HttpResponse:
        if "_publish" in request.POST:
            self._publish(request, obj)
            return HttpResponseRedirect(reverse("admin:campaigns_update_change", args=[obj.pk]))
        return super().response_add(request, obj, post_url_continue)

    def response_change(self, request: HttpRequest, obj: Update) -> HttpResponse:
        if "_publish" in request.POST:
            self._publish(request, obj)
            return self.stay(request)
        return super().response_change(request, obj)

    def _publish(self, request: HttpRequest, update: Update) -> None:
        if not request.user.has_perm("campaigns.publish_update"):
            messages.error(
                request, gettext("It is saved. Somebody who may publish puts it on the page.")
            )
            return
        if update.publish():
            self.log_change(request, update, gettext("Published."))
        messages.success(
            request,
            format_html(
                gettext('Published: the news stands on <a href="{0}">the page</a>.'),
                update.public_url,
            ),
        )
