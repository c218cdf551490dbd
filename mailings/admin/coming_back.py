"""What comes back, as staff see it: what people wrote, and what was said of mails that left."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.defaultfilters import linebreaksbr
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from campaigns.admin.scoping import OrganizationScopedAdmin
from mailings.models import MailEvent, Mailing, Reply
from signatures.admin.looking_up import NewestPaginator, ReadOnly, pill


class OpenFilter(admin.SimpleListFilter):
    """What waits for somebody comes first."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return [("done", gettext_lazy("done")), ("all", gettext_lazy("all"))]

    def choices(self, changelist: Any) -> Any:
        """The first choice is what waits, in place of everything."""
        first, *others = super().choices(changelist)
        return [first | {"display": gettext_lazy("waiting")}, *others]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        match self.value():
            case "done":
                return queryset.exclude(done_at=None)
            case "all":
                return queryset
        return queryset.open()


@admin.register(Reply)
class ReplyAdmin(ReadOnly, OrganizationScopedAdmin):
    """What people answered. Staff answer from their own mailbox, and tick it off here."""

    list_display = ["subject_or_none", "sender", "organization", "arrived_at", "progress"]
    list_display_links = ["subject_or_none"]
    list_filter = [OpenFilter]
    list_select_related = ["organization", "done_by"]
    show_facets = admin.ShowFacets.NEVER
    show_full_result_count = False
    paginator = NewestPaginator
    actions = None
    fields = ["sender", "supporter", "organization", "mailing", "subject", "words", "arrived_at"]
    readonly_fields = ["mailing", "words"]

    def get_urls(self) -> list[Any]:
        done = path(
            "<int:pk>/done/",
            self.admin_site.admin_view(self.done_view),
            name="mailings_reply_done",
        )
        return [done, *super().get_urls()]

    @admin.display(description=gettext_lazy("subject"), ordering="subject")
    def subject_or_none(self, reply: Reply) -> str:
        return str(reply)

    @admin.display(description=gettext_lazy("state"))
    def progress(self, reply: Reply) -> str:
        return pill("sent", _("done")) if reply.done_at else pill("pending", _("waits"))

    @admin.display(description=gettext_lazy("answers"))
    def mailing(self, reply: Reply) -> str:
        mailing = Mailing.objects.filter(pk=reply.mailing_number or 0).first()
        if mailing is None:
            return "–"
        address = reverse("admin:mailings_mailing_change", args=[mailing.pk])
        return format_html('<a href="{}">{}</a>', address, mailing)

    @admin.display(description=gettext_lazy("text"))
    def words(self, reply: Reply) -> str:
        return linebreaksbr(reply.text or "–", autoescape=True)

    @method_decorator(require_POST)
    def done_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Somebody has dealt with it. Pressed twice, the first stands."""
        reply = get_object_or_404(self.get_queryset(request), pk=pk)
        if not self._may_finish(request):
            raise PermissionDenied
        if reply.finish(request.user):
            self.log_change(request, reply, _("Dealt with."))
            messages.success(request, _("Done: “%s” waits no more.") % reply)
        return HttpResponseRedirect(reverse("admin:mailings_reply_changelist"))

    def _may_finish(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("mailings.change_reply"))

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        may = {"may_finish": self._may_finish(request)}
        return super().change_view(request, object_id, form_url, (extra_context or {}) | may)


@admin.register(MailEvent)
class MailEventAdmin(ReadOnly, admin.ModelAdmin):
    """What providers and mail servers said, for whoever runs the site. No address is in it."""

    list_display = ["happened_at", "provider", "kind", "status", "outcome", "received_at"]
    list_filter = ["kind", "provider"]
    show_facets = admin.ShowFacets.NEVER
    show_full_result_count = False
    paginator = NewestPaginator
    ordering = ["-pk"]
    sortable_by = ()
    actions = None

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_active and request.user.is_superuser)
