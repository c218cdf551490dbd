from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from campaigns.admin.scoping import OrganizationScopedAdmin
from mailings.models import DigestSchedule, Lane


@admin.register(DigestSchedule)
class DigestScheduleAdmin(OrganizationScopedAdmin):
    list_display = ["scope", "active", "due_at"]
    list_select_related = ["scope__organization"]
    fields = ["scope", "active", "due_at"]
    actions = None

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["scope"] if obj else []


@admin.register(Lane)
class LaneAdmin(admin.ModelAdmin):
    """Speeds of the whole installation, so nobody but a superuser has a permission for it."""

    list_display = ["name", "max_connections", "per_second", "paused_until"]
    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Everything goes out by the first lane."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
