"""The way to “New from text” in the list of campaigns."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import path


class FromTextAdmin(admin.ModelAdmin):
    """Leads to the page that makes a draft of a pasted text."""

    change_list_template = "admin/campaigns/campaign/from_text_list.html"

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.from_text_view)
        return [path("from-text/", view, name="campaigns_campaign_from_text"), *super().get_urls()]

    def from_text_view(self, request: HttpRequest) -> HttpResponse:
        """A form; posted, what was understood; posted with `_create`, the draft."""
        # The importer takes megabytes for its patterns, which no visitor's process should carry.
        from campaigns.admin.reading_texts import FromTextPage

        return FromTextPage(self).answer(request)
