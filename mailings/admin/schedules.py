"""When the digest of a kind of mail goes out."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from campaigns.admin.scoping import OrganizationScopedAdmin
from mailings.models import DigestSchedule


@admin.register(DigestSchedule)
class DigestScheduleAdmin(OrganizationScopedAdmin):
    list_display = ["scope", "active", "due_at"]
    list_select_related = ["scope__organization"]
    fields = ["scope", "active", "due_at"]
    actions = None

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["scope"] if obj else []
