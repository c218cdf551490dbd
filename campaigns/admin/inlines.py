"""The rows under a campaign: whom it addresses, what it cites, who stands with it."""

from django.contrib import admin
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from campaigns.admin.scoping import (
    OrganizationScopedInline,
    OrganizationScopedStackedInline,
)
from campaigns.citations import format_citation
from campaigns.models import Ally, Source, Target


class TargetInline(OrganizationScopedInline):
    model = Target
    extra = 0
    fields = ["organization", "title", "name", "position"]
    classes = ["untitled"]


class AllyInline(OrganizationScopedInline):
    model = Ally
    extra = 0
    fields = ["name", "url", "position"]
    classes = ["untitled"]


class SourceInline(OrganizationScopedStackedInline):
    """Sources, each with its citation as it will be printed and the marker that names it.

    `campaigns/sources.js` folds the saved ones and keeps the two current while somebody types.
    """

    model = Source
    extra = 0
    prepopulated_fields = {"key": ["author"]}
    readonly_fields = ["citation", "marker"]
    fields = [
        "citation",
        ("key", "marker"),
        ("author", "publisher"),
        "title",
        ("published_on", "date_precision", "accessed_on"),
        ("url", "archive_url"),
        "position",
    ]

    @admin.display(description=_("Reads"))
    def citation(self, source: Source) -> str:
        return format_citation(source) if source.title else ""

    @admin.display(description=_("In the text"))
    def marker(self, source: Source) -> str:
        return format_html(
            '<code class="marker">{}</code>', f"[^{source.key}]" if source.key else ""
        )
