"""When the digest of a kind of mail goes out."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from campaigns.admin.scoping import OrganizationScopedAdmin
from campaigns.admin.times import ONE_FIELD, UTC, in_both_zones
from mailings.clock import database_now
from mailings.models import DigestSchedule


class DigestScheduleForm(forms.ModelForm):
    """Refuses a time that is over: the digest would go at once, before anybody has looked at it."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        due_at = cleaned.get("due_at")
        if due_at and cleaned.get("active") and self.has_changed() and due_at <= database_now():
            self.add_error(
                "due_at",
                _(
                    "This time is over: the digest would go at once, before anybody has looked at"
                    " it. Choose a later one."
                ),
            )
        return cleaned


@admin.register(DigestSchedule)
class DigestScheduleAdmin(OrganizationScopedAdmin):
    form = DigestScheduleForm
    list_display = ["scope", "active", "next_digest"]
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

    @admin.display(description=_("next digest"), ordering="due_at")
    def next_digest(self, schedule: DigestSchedule) -> str:
        return in_both_zones(schedule.due_at, UTC) if schedule.active else "–"
