from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.forms.widgets import Script
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from campaigns.admin.scoping import OrganizationScopedAdmin, ScopedRelatedFilter
from mailings.admin import afterwards, steps
from mailings.admin.beginning import BeginningAdmin
from mailings.admin.beside import beside_the_words
from mailings.admin.columns import number
from mailings.admin.composing import WORDS, ComposingAdmin, MailingForm
from mailings.admin.deliveries import LONGEST, delivery_page, found_deliveries
from mailings.models import Mailing, MailingTally
from mailings.progress import hold_of, progress_of
from mailings.writing import may_edit

PEOPLE = number("audience_size", label=_("people"))
# Whom a mail of these kinds reaches; the model's own words are those for an update.
_REACH = {
    Mailing.Kind.ASK: _("Everyone in the scope gets it who has not signed this petition yet."),
    Mailing.Kind.DIGEST: _("A digest goes to everyone in the scope."),
    Mailing.Kind.WELCOME: _("A welcome goes to whoever joins the scope."),
}


@admin.register(Mailing)
class MailingAdmin(BeginningAdmin, ComposingAdmin, OrganizationScopedAdmin):
    form = MailingForm
    list_display = ["subject", "state_pill", "kind", "scope", PEOPLE, "started_at"]
    list_filter = ["state", "kind", ("scope", ScopedRelatedFilter)]
    list_select_related = ["scope__organization"]
    search_fields = ["subject"]
    actions = None
    fieldsets = [
        (None, {"fields": ["state_pill", "about"]}),
        (_("Words"), {"fields": ["from_name", "subject", "preheader", "headline", "body"]}),
        (_("Who gets it"), {"fields": ["scope", "campaign", "segment"]}),
    ]

    class Media:
        js = [Script("mailings/progress.js", defer=True)]
        css = {"all": ["mailings/lists.css"]}

    def get_urls(self) -> list[URLPattern]:
        own: list[tuple[str, Callable[..., HttpResponse], str]] = [
            ("from-update/<int:update_id>/", self.from_update_view, "from_update"),
            ("from-campaign/<int:campaign_id>/", self.from_campaign_view, "from_campaign"),
            ("<int:mailing_id>/do/<slug:step>/", self.step_view, "step"),
            ("<int:mailing_id>/progress.json", self.progress_view, "progress"),
            ("<int:mailing_id>/deliveries/", self.deliveries_view, "deliveries"),
        ]
        wrap = self.admin_site.admin_view
        urls = [
            path(route, wrap(view), name=f"mailings_mailing_{name}") for route, view, name in own
        ]
        return urls + afterwards.urls(self) + super().get_urls()

    # --- what may be done

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A mailing begins at an update or a campaign: see `beginning.py`."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The words of what has been scheduled are changed by nobody."""
        may = super().has_change_permission(request, obj)
        return may and (obj is None or may_edit(request.user, obj))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only a draft leaves no trace; whatever was sent is kept."""
        may = super().has_delete_permission(request, obj)
        return may and obj is not None and may_edit(request.user, obj)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Who may not write reads the text in the mail itself, not as HTML beside it."""
        if self.has_change_permission(request, obj):
            return super().get_fieldsets(request, obj)
        (state, words, audience) = self.fieldsets
        shown = ["comes_from", *(name for name in words[1]["fields"] if name in WORDS[:-1])]
        return [state, (words[0], {"fields": shown}), audience]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """An ask stays with the campaign that it was drafted from; what goes by itself has its own
        rule of who gets it."""
        always = ["state_pill", "about", "comes_from"]
        if obj and obj.kind in (Mailing.Kind.DIGEST, Mailing.Kind.WELCOME):
            return [*always, "scope", "campaign", "segment"]
        return [*always, "campaign"] if obj and obj.kind == Mailing.Kind.ASK else always

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """Beside the campaign stands what it means for this kind of mail: whom it reaches."""
        reach = _REACH.get(obj.kind) if obj else None
        helped = {"help_texts": {"campaign": reach}} if reach else {}
        return super().get_form(request, obj, change=change, **helped, **kwargs)

    def get_field_queryset(self, db: Any, db_field: Any, request: HttpRequest) -> Any:
        """The kinds of mail and the campaigns of the mailing's own organization alone."""
        choices = super().get_field_queryset(db, db_field, request)
        mailing_id = request.resolver_match.kwargs.get("object_id")  # type: ignore[union-attr]
        if choices is None or not mailing_id:
            return choices
        return choices.filter(organization__mailings=mailing_id).distinct()

    def save_model(self, request: HttpRequest, obj: Mailing, form: Any, change: bool) -> None:
        """Write what was edited, if it is still a draft: it may have been sent meanwhile."""
        edited = {name: form.cleaned_data[name] for name in form.changed_data}
        if not edited:
            return
        if not Mailing.objects.get(pk=obj.pk).edit(by=request.user, **edited):
            messages.error(request, _("It is no draft any more, so nothing was changed."))
            return
        self.keep_version(request, obj, form, change)

    # --- columns and fields

    @admin.display(description=_("state"), ordering="state")
    def state_pill(self, mailing: Mailing) -> str:
        return format_html(
            '<span class="pill" data-state="{}">{}</span>',
            mailing.state,
            mailing.get_state_display(),
        )

    @admin.display(description=_("about"))
    def about(self, mailing: Mailing) -> str:
        titles = [update.title for update in mailing.updates.all()]
        if mailing.kind == Mailing.Kind.ASK:
            titles = [str(_("Asks for signatures under “%s”") % mailing.campaign)]
        return ", ".join(titles)

    @admin.display(description=_("from"))
    def comes_from(self, mailing: Mailing) -> str:
        return "{} <{}>".format(*mailing.sender)

    # --- the page

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Mailing | None = None,
    ) -> HttpResponse:
        if obj:
            context |= beside_the_words(obj, request) | {"preview_url": self.preview_url(obj)}
        return super().render_change_form(request, context, add, change, form_url, obj)

    # --- views of our own

    @method_decorator(require_POST)
    def step_view(self, request: HttpRequest, mailing_id: int, step: str) -> HttpResponse:
        """One of the buttons beside the mailing."""
        mailing = self._own(request, mailing_id)
        if step not in steps.STEPS:
            raise Http404
        if not steps.may_take(step, request, mailing):
            raise PermissionDenied
        page = reverse("admin:mailings_mailing_change", args=[mailing.pk])
        if done := steps.take(step, request, mailing):
            self.log_change(request, mailing, done)
        elif typed := steps.typed_in(request):
            page = f"{page}?{urlencode(typed)}"
        return HttpResponseRedirect(page)

    @method_decorator(require_GET)
    def progress_view(self, request: HttpRequest, mailing_id: int) -> JsonResponse:
        """Numbers for the page that watches a mailing go out."""
        mailing = self._own(request, mailing_id)
        progress, is_held = progress_of(mailing), mailing.state == Mailing.State.SCHEDULED
        return JsonResponse(
            {
                "state": mailing.state,
                "total": progress.total,
                "done": progress.done,
                "sentence": hold_of(mailing) if is_held else progress.sentence,
            }
        )

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def deliveries_view(self, request: HttpRequest, mailing_id: int) -> HttpResponse:
        """Who got it and who did not, a page at a time, or those whom POST looks for.

        An address is posted because addresses of pages are kept in logs.
        """
        mailing = self._own(request, mailing_id)
        sought = request.POST.get("sought", "").strip()[:LONGEST]
        if sought:
            page = found_deliveries(mailing=mailing, sought=sought, user=request.user)
        else:
            page = delivery_page(
                mailing=mailing,
                status=request.GET.get("status", ""),
                after=request.GET.get("after", ""),
            )
        context = self.admin_site.each_context(request) | {
            "title": _("Deliveries"),
            "mailing": mailing,
            "opts": self.opts,
            "page": page,
            "sought": sought,
            "tally": MailingTally.objects.filter(mailing=mailing).first(),
        }
        return render(request, "admin/mailings/mailing/deliveries.html", context)

    def _own(self, request: HttpRequest, mailing_id: int) -> Mailing:
        """The mailing, of the user's own organizations; else 404, or 403 without the permission."""
        mailing = get_object_or_404(self.get_queryset(request), pk=mailing_id)
        if not self.has_view_permission(request, mailing):
            raise PermissionDenied
        return mailing
