import email
import email.policy
from collections.abc import Callable
from typing import Any

from csp.decorators import csp
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.forms.widgets import Script
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET, require_POST

from campaigns.admin.scoping import OrganizationScopedAdmin, ScopedRelatedFilter
from campaigns.models import Update
from mailings.admin import steps
from mailings.admin.deliveries import delivery_page
from mailings.admin.whom import whom
from mailings.composing import CannotBeSent, compile_content, compile_contents
from mailings.drafting import draft_from_update
from mailings.models import Mailing, MailingContent
from mailings.progress import counts_by_status, progress_of
from mailings.proofing import is_proofed, sample

# A mail shown in a frame may have its own styles and pictures of our own, and nothing else.
_PREVIEW_POLICY = {
    "default-src": ["'none'"],
    "style-src": ["'unsafe-inline'"],
    "img-src": ["'self'"],
    "frame-ancestors": ["'self'"],
    "sandbox": True,
}
_FROZEN = {Mailing.State.SENDING, Mailing.State.PAUSED, Mailing.State.SENT}
_STANDING = {Mailing.State.PAUSED, Mailing.State.SENT, Mailing.State.CANCELLED}


@admin.register(Mailing)
class MailingAdmin(OrganizationScopedAdmin):
    list_display = ["subject", "state_pill", "scope", "audience_size", "started_at"]
    list_filter = ["state", ("scope", ScopedRelatedFilter)]
    list_select_related = ["scope__organization"]
    search_fields = ["subject"]
    actions = None
    fields = ["state_pill", "about", "scope", "campaign", "segment", "subject", "preheader"]

    class Media:
        js = [
            Script("mailings/progress.js", defer=True),
            Script("mailings/unsaved.js", defer=True),
        ]
        css = {"all": ["mailings/mailing.css"]}

    def get_urls(self) -> list[URLPattern]:
        own: list[tuple[str, Callable[..., HttpResponse], str]] = [
            ("from-update/<int:update_id>/", self.from_update_view, "from_update"),
            ("<int:mailing_id>/do/<slug:step>/", self.step_view, "step"),
            ("<int:mailing_id>/preview.html", self.preview_view, "preview"),
            ("<int:mailing_id>/progress.json", self.progress_view, "progress"),
            ("<int:mailing_id>/deliveries/", self.deliveries_view, "deliveries"),
        ]
        wrap = self.admin_site.admin_view
        urls = [
            path(route, wrap(view), name=f"mailings_mailing_{name}") for route, view, name in own
        ]
        return urls + super().get_urls()

    # --- what may be done

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A mailing begins at an update: see `from_update_view`."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only a draft leaves no trace; whatever was sent is kept."""
        return super().has_delete_permission(request, obj) and bool(obj and obj.is_editable)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["state_pill", "about"] if obj and obj.is_editable else self.fields  # type: ignore[return-value]

    def get_field_queryset(self, db: Any, db_field: Any, request: HttpRequest) -> Any:
        """The kinds of mail and the campaigns of the mailing's own organization alone."""
        choices = super().get_field_queryset(db, db_field, request)
        mailing_id = request.resolver_match.kwargs.get("object_id")  # type: ignore[union-attr]
        if choices is None or not mailing_id:
            return choices
        return choices.filter(organization__mailings=mailing_id)

    def save_model(self, request: HttpRequest, obj: Mailing, form: Any, change: bool) -> None:
        """Write what was edited, if it is still a draft: it may have been sent meanwhile."""
        edited = {name: form.cleaned_data[name] for name in form.changed_data}
        if edited and not Mailing.objects.get(pk=obj.pk).edit(by=request.user, **edited):
            messages.error(request, _("It is no draft any more, so nothing was changed."))

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
        return ", ".join(update.title for update in mailing.updates.all())

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
            context |= _beside_the_form(obj, request)
        context["show_save_and_add_another"] = False
        if obj and not obj.is_editable:
            context["show_save"] = context["show_save_and_continue"] = False
        return super().render_change_form(request, context, add, change, form_url, obj)

    # --- views of our own

    def from_update_view(self, request: HttpRequest, update_id: int) -> HttpResponse:
        """“Mail this update”: a page with one button, which makes the draft."""
        if not request.user.has_perm("mailings.add_mailing"):
            raise PermissionDenied
        update = get_object_or_404(Update.objects.visible_to(request.user), pk=update_id)
        if request.method != "POST":
            context = self.admin_site.each_context(request) | {
                "title": _("Mail this update"),
                "update": update,
                "opts": self.opts,
            }
            return render(request, "admin/mailings/mailing/from_update.html", context)
        try:
            mailing = draft_from_update(update=update, user=request.user)
        except CannotBeSent as error:
            messages.error(request, str(error))
            return HttpResponseRedirect(reverse("admin:campaigns_update_change", args=[update.pk]))
        return self._back_to(mailing)

    @method_decorator(require_POST)
    def step_view(self, request: HttpRequest, mailing_id: int, step: str) -> HttpResponse:
        """One of the buttons beside the mailing."""
        mailing = self._own(request, mailing_id, may=self.has_change_permission)
        if step not in steps.STEPS:
            raise Http404
        if done := steps.take(step, request, mailing):
            self.log_change(request, mailing, done)
        return self._back_to(mailing)

    @method_decorator([require_GET, xframe_options_sameorigin, csp(_PREVIEW_POLICY)])
    def preview_view(self, request: HttpRequest, mailing_id: int) -> HttpResponse:
        """The HTML part exactly as it would arrive."""
        mailing = self._own(request, mailing_id, may=self.has_view_permission)
        try:
            return HttpResponse(_parts(compile_content(mailing))["html"])
        except CannotBeSent as error:
            return HttpResponse(str(error), content_type="text/plain; charset=utf-8")

    @method_decorator(require_GET)
    def progress_view(self, request: HttpRequest, mailing_id: int) -> JsonResponse:
        """Numbers for the page that watches a mailing go out."""
        mailing = self._own(request, mailing_id, may=self.has_view_permission)
        progress = progress_of(mailing)
        return JsonResponse(
            {
                "state": mailing.state,
                "total": progress.total,
                "done": progress.done,
                "sentence": progress.sentence,
            }
        )

    @method_decorator(require_GET)
    def deliveries_view(self, request: HttpRequest, mailing_id: int) -> HttpResponse:
        """Who got it and who did not, a page at a time."""
        mailing = self._own(request, mailing_id, may=self.has_view_permission)
        context = self.admin_site.each_context(request) | {
            "title": _("Deliveries"),
            "mailing": mailing,
            "opts": self.opts,
            "page": delivery_page(
                mailing=mailing,
                status=request.GET.get("status", ""),
                after=request.GET.get("after", ""),
            ),
        }
        return render(request, "admin/mailings/mailing/deliveries.html", context)

    def _own(self, request: HttpRequest, mailing_id: int, *, may: Any) -> Mailing:
        """The mailing, of the user's own organizations; else 404, or 403 without the permission."""
        mailing = get_object_or_404(self.get_queryset(request), pk=mailing_id)
        if not may(request, mailing):
            raise PermissionDenied
        return mailing

    def _back_to(self, mailing: Mailing) -> HttpResponseRedirect:
        return HttpResponseRedirect(reverse("admin:mailings_mailing_change", args=[mailing.pk]))


def _beside_the_form(mailing: Mailing, request: HttpRequest) -> dict[str, Any]:
    """What the template shows around the form: what is missing, who gets it, what it looks like."""
    beside: dict[str, Any] = {"missing": [], "proofed": False}
    try:
        contents = compile_contents(mailing)
        beside["text"] = _parts(contents[0])["plain"]
        beside["proofed"] = is_proofed(contents)
    except CannotBeSent as error:
        beside["missing"] = error.reasons
    if mailing.is_editable and not beside["missing"]:
        beside |= whom(mailing)
    if mailing.state in _FROZEN:
        beside["progress"] = progress_of(mailing)
    if mailing.state in _STANDING:
        beside["counts"] = counts_by_status(mailing).items()
    return beside


def _parts(content: MailingContent) -> dict[str, str]:
    """The `html` and `plain` parts of the mail that a reader gets, decoded. Raises CannotBeSent."""
    _envelope, raw = sample(content, address="reader@example.org")
    message = email.message_from_bytes(raw, policy=email.policy.default)
    return {part.get_content_subtype(): part.get_content() for part in message.iter_parts()}
