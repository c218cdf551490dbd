"""When the digest of a kind of mail goes out."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from campaigns.admin.scoping import OrganizationScopedAdmin
from campaigns.admin.times import ONE_FIELD
from mailings.models import DigestSchedule


@admin.register(DigestSchedule)
class DigestScheduleAdmin(OrganizationScopedAdmin):
    list_display = ["scope", "active", "due_at"]
    list_select_related = ["scope__organization"]
    fields = ["scope", "active", "due_at"]
    actions = None
    formfield_overrides = ONE_FIELD

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["scope"] if obj else []

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        says = {"due_at": _("In UTC: when the next digest goes, if there is news.")}
        return super().get_form(request, obj, change, help_texts=says, **kwargs)
