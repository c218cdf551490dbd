"""The rows under a campaign: whom it addresses, what it cites, who stands with it."""

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from campaigns.admin.scoping import (
    OrganizationScopedInline,
    OrganizationScopedStackedInline,
)
from campaigns.checking import cited_keys
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


class SourceFormSet(forms.BaseInlineFormSet):
    def clean(self) -> None:
        """A source that a text cites stays: without it the others would be numbered anew."""
        super().clean()
        going = {form.instance.key for form in self.deleted_forms}
        if going and (cited := sorted(going & cited_keys(self.instance))):
            raise ValidationError(
                _("The text cites %(keys)s: take the marker out first, then delete the source."),
                params={"keys": ", ".join(cited)},
            )


class SourceInline(OrganizationScopedStackedInline):
    """Sources, each with its citation as it will be printed and the marker that names it.

    `campaigns/sources.js` folds the saved ones and keeps the two current while somebody types.
    """

    model = Source
    formset = SourceFormSet
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
