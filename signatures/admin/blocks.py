"""What keeps mail from an address, and letting mail go to it again."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from signatures.addresses import clean_address, email_hash, email_key
from signatures.admin.acts import ReasonForm
from signatures.admin.looking_up import LONGEST_SEARCH, LookUpAdmin
from signatures.models import Suppression
from signatures.suppressing import LIFTED_BY_STAFF, lift


@admin.register(Suppression)
class SuppressionAdmin(LookUpAdmin):
    """Blocks are known by a hash alone: they are found by typing the address they block.

    Whoever may change suppressions lifts one with a reason; no group has that by itself, for a
    complaint holds for every organization on the site.
    """

    list_display = ["reason", "campaign", "created_at", "lifted_at"]
    list_filter = ["reason"]
    list_select_related = ["campaign"]
    fields = ["reason", "campaign", "created_at", "lifted_at"]
    lookups = frozenset({"reason__exact"})
    search_help_text = gettext_lazy("A whole address.")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        """An address is blocked or not, whether or not anybody has signed with it."""
        if not search_term.strip():
            return queryset, False
        try:
            key = email_key(clean_address(search_term[:LONGEST_SEARCH]))
        except ValidationError:
            return queryset.none(), False
        return queryset.filter(email_hash=email_hash(key)), False

    def get_urls(self) -> list[Any]:
        own = path(
            "<int:pk>/lift/",
            self.admin_site.admin_view(self.lift_view),
            name="signatures_suppression_lift",
        )
        return [own, *super().get_urls()]

    def lift_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Asks why; then the block is lifted, and who did it stands in its history."""
        block = get_object_or_404(self.get_queryset(request), pk=pk)
        if not self._may_lift(request):
            raise PermissionDenied
        form = ReasonForm(request.POST or None)
        if not form.is_valid():
            return self._ask(request, block, form)
        if lift(block):
            self.log_change(request, block, _("Lifted: %s") % form.cleaned_data["reason"])
            messages.success(request, _("Mail may go to this address again."))
        else:
            messages.warning(request, _("This block is lifted already, or not for staff to lift."))
        return HttpResponseRedirect(_page_of(block))

    def _ask(self, request: HttpRequest, block: Suppression, form: ReasonForm) -> HttpResponse:
        context = self.admin_site.each_context(request) | {
            "title": _("Let mail go to this address again"),
            "suppression": block,
            "form": form,
            "back": _page_of(block),
        }
        status = 422 if form.is_bound else 200
        return render(request, "admin/signatures/lift.html", context, status=status)

    def _may_lift(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("signatures.change_suppression"))

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        may = {"may_lift": self._may_lift(request), "liftable": LIFTED_BY_STAFF}
        return super().change_view(request, object_id, form_url, (extra_context or {}) | may)


def _page_of(block: Suppression) -> str:
    return reverse("admin:signatures_suppression_change", args=[block.pk])
