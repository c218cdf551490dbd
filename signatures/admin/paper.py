from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from campaigns.admin.scoping import OrganizationScopedAdmin, ScopedRelatedFilter
from signatures.models import PaperBatch


@admin.register(PaperBatch)
class PaperBatchAdmin(OrganizationScopedAdmin):
    """Signatures on paper: who counted them stands beside the number, and a change is logged."""

    list_display = ["signatures", "campaign", "collected_on", "place", "collected_by", "added_by"]
    list_filter = [("campaign", ScopedRelatedFilter)]
    list_select_related = ["campaign", "added_by"]
    list_display_links = ["signatures"]
    show_facets = admin.ShowFacets.NEVER
    actions = None
    fields = ["campaign", "signatures", "collected_on", "place", "collected_by", "note"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """A batch does not move from one campaign to another."""
        return ["campaign"] if obj else []

    def save_model(self, request: HttpRequest, obj: PaperBatch, form: Any, change: bool) -> None:
        if not change:
            obj.added_by = request.user  # type: ignore[assignment]
        super().save_model(request, obj, form, change)
