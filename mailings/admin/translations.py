"""The words of a mailing in another language, on a page of their own with their preview."""

from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from campaigns.admin.scoping import OrganizationScopedAdmin
from mailings.admin.composing import WORDS, ComposingAdmin, TranslationForm
from mailings.models import Mailing, MailingTranslation
from mailings.writing import may_edit


@admin.register(MailingTranslation)
class MailingTranslationAdmin(ComposingAdmin, OrganizationScopedAdmin):
    """Reached from its mailing alone; who may edit the mailing may edit it."""

    form = TranslationForm
    fields = [*WORDS]
    list_select_related = ["mailing__campaign"]
    # One that is deleted from a list would leave the proof of its mailing standing.
    actions = None

    def has_module_permission(self, request: HttpRequest) -> bool:
        return False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """It begins on the page of its mailing."""
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("mailings.view_mailing")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if obj is None:
            return request.user.has_perm("mailings.change_mailing")
        return may_edit(request.user, obj.mailing)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)

    def mailing_of(self, obj: MailingTranslation) -> Mailing:
        mailing: Mailing = obj.mailing
        return mailing

    @transaction.atomic
    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Void the proof and write the words, if the mailing has not been scheduled meanwhile."""
        if not form.changed_data:
            return
        if not obj.mailing.edit(by=request.user):
            messages.error(request, _("It is no draft any more, so nothing was changed."))
            return
        obj.save()
        self.keep_version(request, obj, form, change)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Its readers get the mailing's own language from now on."""
        if obj.mailing.edit(by=request.user):
            obj.delete()

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        if obj:
            context |= {"mailing": obj.mailing, "preview_url": self.preview_url(obj)}
        return super().render_change_form(request, context, add, change, form_url, obj)

    def response_post_save_change(self, request: HttpRequest, obj: Any) -> HttpResponseRedirect:
        return HttpResponseRedirect(self._mailing_url(obj))

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Whoever deletes it is on the page of its mailing again, and told what came of it."""
        text = self.get_object(request, object_id)
        response = super().delete_view(request, object_id, extra_context)
        if request.method != "POST" or text is None or response.status_code != 302:
            return response
        if MailingTranslation.objects.filter(pk=text.pk).exists():
            messages.error(request, _("It is no draft any more, so nothing was changed."))
        else:
            messages.success(request, _("The text is deleted."))
        return HttpResponseRedirect(self._mailing_url(text))

    def response_delete(self, request: HttpRequest, obj_display: str, obj_id: int) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:mailings_mailing_changelist"))

    def _mailing_url(self, obj: MailingTranslation) -> str:
        return reverse("admin:mailings_mailing_change", args=[obj.mailing_id])
