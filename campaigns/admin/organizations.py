from typing import Any

from django.contrib import admin
from django.db.models import Field
from django.forms import ModelChoiceField, ModelForm, Textarea
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from campaigns.admin.scoping import OrganizationScopedAdmin, OrganizationScopedInline
from campaigns.models import MailScope, Membership, Organization, Picture, Topic

# What keeps one person from mailing many by mistake, and readers from being watched. Changed by
# those alone who may do so.
SAFEGUARDS = ("typed_count_above", "second_person_above", "counts_clicks")


class MailScopeForm(ModelForm):
    """What people have agreed to keeps its name; the database refuses another one too."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.is_agreed_to:
            for field in ("key", "name"):
                self.fields[field].disabled = True


class MailScopeInline(OrganizationScopedInline):
    model = MailScope
    form = MailScopeForm
    extra = 0
    verbose_name_plural = _(
        "kinds of mail, and how often each is promised; one that people agreed to keeps its name"
    )
    fields = ["key", "name", "cadence"]
    classes = ["untitled"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # consents stand on it


class TopicInline(OrganizationScopedInline):
    model = Topic
    extra = 0
    verbose_name_plural = _("topics, which its campaigns choose among")
    fields = ["name", "slug"]
    prepopulated_fields = {"slug": ["name"]}
    classes = ["untitled"]


class MembershipInline(OrganizationScopedInline):
    """Who works for it. Only a superuser decides that, or members could invite themselves."""

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
                    ("mails_a_day", "mails_a_week"),
                    ("typed_count_above", "second_person_above"),
                    "asks_the_silent",
                    "counts_clicks",
                ]
            },
        ),
        (_("Look"), {"fields": [("signal_color", "link_color"), "logo"]}),
        (_("Sources"), {"fields": ["checks_links"]}),
    ]

    def formfield_for_dbfield(self, db_field: Field, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "postal_address":
            kwargs["widget"] = Textarea(attrs={"rows": 3, "cols": 40})
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Who is kept from sending alone does not decide whether anybody is."""
        may = request.user.has_perm("campaigns.safeguard_organization")
        return [] if may or obj is None else [*SAFEGUARDS]

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> list[Any]:
        """The log says from what to what a safeguard was changed."""
        said = super().construct_change_message(request, form, formsets, add)
        changed = [name for name in SAFEGUARDS if name in form.changed_data and not add]
        for name in changed:
            was, now = form.initial[name], form.cleaned_data[name]
            said.append({"changed": {"fields": [f"{form.fields[name].label}: {was} → {now}"]}})
        return said

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """A logo is one of the organization's own pictures."""
        form = super().get_form(request, obj, change, **kwargs)
        if isinstance(logo := form.base_fields.get("logo"), ModelChoiceField):
            logo.queryset = Picture.objects.filter(organization=obj)
        return form

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Without a kind of mail no notice could be written: a new one begins with the usual."""
        super().save_related(request, form, formsets, change)
        if not change:
            form.instance.provide_scopes()

    def get_inlines(self, request: HttpRequest, obj: Organization | None) -> list[Any]:
        inlines: list[Any] = [MailScopeInline, TopicInline]
        return inlines + ([MembershipInline] if request.user.is_superuser else [])

    @admin.display(description=_("mails come from"))
    def sender_address(self, organization: Organization) -> str:
        return organization.sender[1]
