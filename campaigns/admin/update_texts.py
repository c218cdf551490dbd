"""An update in another language, on a page of its own."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from campaigns.admin.drafting import DraftedForm, DraftingAdmin
from campaigns.admin.editor import BodyField
from campaigns.admin.forms import UpdateForm
from campaigns.admin.scoping import OrganizationScopedAdmin
from campaigns.checking import check_update
from campaigns.editions import update_in
from campaigns.models import Campaign, Update, UpdateText


def may_edit_news(user: Any, update: Update | None) -> bool:
    """Whether somebody who may write news may edit this: what is published, who may publish."""
    is_public = update is not None and update.published_at is not None
    return not is_public or user.has_perm("campaigns.publish_update")


class UpdateTextForm(DraftedForm):
    body = BodyField(label=_("Text"))

    class Meta:
        model = UpdateText
        exclude: list[str] = []
        widgets = UpdateForm.Meta.widgets


@admin.register(UpdateText)
class UpdateTextAdmin(DraftingAdmin, OrganizationScopedAdmin):
    """Reached from its update alone; who may change the update may change it."""

    form = UpdateTextForm
    fields = ["title", "preheader", "body"]
    drafted = ["title", "preheader", "body"]
    list_select_related = ["update__campaign"]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """It begins on the page of its update."""
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("campaigns.view_update")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        may = request.user.has_perm("campaigns.change_update")
        return may and may_edit_news(request.user, obj and obj.update)

    has_delete_permission = has_change_permission

    def campaign_of(self, obj: UpdateText | None) -> Campaign | None:
        return obj.update.campaign if obj else None

    def beside_the_form(self, obj: UpdateText, request: HttpRequest) -> dict[str, Any]:
        said = update_in(obj.update, obj.language)
        return {
            "update": obj.update,
            "findings": check_update(said) if said is not obj.update else [],
        }
