from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from campaigns.admin.scoping import OrganizationScopedAdmin, OrganizationScopedInline
from campaigns.models import MailScope, Membership, Organization


class MailScopeInline(OrganizationScopedInline):
    model = MailScope
    extra = 0
    verbose_name_plural = _("kinds of mail, and how often each is promised")
    fields = ["key", "name", "cadence"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # consents stand on it


class MembershipInline(OrganizationScopedInline):
    """Who works for it. Only a superuser decides that, or a member could invite themselves around."""

    model = Membership
    extra = 0
    verbose_name_plural = _("staff")
    autocomplete_fields = ["user"]


@admin.register(Organization)
class OrganizationAdmin(OrganizationScopedAdmin):
    list_display = ["name", "short_name", "website", "sender_address"]
    search_fields = ["name", "short_name"]
    prepopulated_fields = {"slug": ["name"]}
    actions = None
    fieldsets = [
        (
            _("Who asks"),
            {"fields": [("name", "short_name"), "slug", "language", "website"]},
        ),
        (
            _("Mail and duties"),
            {
                "fields": [
                    ("from_name", "from_address"),
                    "reply_to",
                    ("contact_address", "privacy_url"),
                    "postal_address",
                ]
            },
        ),
        (_("Look"), {"fields": [("signal_color", "link_color")]}),
    ]

    def get_inlines(self, request: HttpRequest, obj: Organization | None) -> list[Any]:
        inlines: list[Any] = [MailScopeInline]
        return inlines + ([MembershipInline] if request.user.is_superuser else [])

    @admin.display(description=_("mails come from"))
    def sender_address(self, organization: Organization) -> str:
        return organization.sender[1]
