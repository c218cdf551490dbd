"""What the admins of campaigns and updates share: the page that holds the rich editor."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from campaigns.models import Campaign


class EditorAdmin(admin.ModelAdmin):
    """A change page with a `BodyField` named `body`."""

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
            context |= self.beside_the_form(obj, request)
        if body := context["adminform"].form.fields.get("body"):
            # The editor's import map is an inline script: it needs the nonce of this response.
            context["media"] = context["media"].with_nonce(request.csp_nonce)  # type: ignore[attr-defined]
            context["show_save_and_add_another"] = False
            body.widget.campaign = self.campaign_of(obj)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def beside_the_form(self, obj: Any, request: HttpRequest) -> dict[str, Any]:
        """What the template shows around the form of a saved row."""
        return {}

    def campaign_of(self, obj: Any) -> Campaign | None:
        """The campaign whose sources the text may cite; None while it is unknown."""
        return getattr(obj, "campaign", obj)

    def stay(self, request: HttpRequest) -> HttpResponse:
        """Back to the page that was being edited."""
        return HttpResponseRedirect(request.get_full_path())
