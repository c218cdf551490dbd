"""What the admins of campaigns and updates share: the page that holds the rich editor."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from campaigns.models import Campaign


class EditorAdmin(admin.ModelAdmin):
    """A change page with a `BodyField` named `body`."""

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], **kwargs: Any
    ) -> HttpResponse:
        """The editor's import map is an inline script: it needs the nonce of this response."""
        if body := context["adminform"].form.fields.get("body"):
            context["media"] = context["media"].with_nonce(request.csp_nonce)  # type: ignore[attr-defined]
            context["show_save_and_add_another"] = False
            body.widget.campaign = self.campaign_of(kwargs.get("obj"))
        return super().render_change_form(request, context, **kwargs)

    def campaign_of(self, obj: Any) -> Campaign | None:
        """The campaign whose sources the text may cite; None while it is unknown."""
        return getattr(obj, "campaign", obj)

    def stay(self, request: HttpRequest) -> HttpResponse:
        """Back to the page that was being edited."""
        return HttpResponseRedirect(request.get_full_path())
