"""The rows under a campaign: whom it addresses, what it cites, who stands with it."""

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from campaigns.admin.colliding import CheckedFormSet
from campaigns.admin.scoping import (
    OrganizationScopedInline,
    OrganizationScopedStackedInline,
)
from campaigns.admin.sources import SourceForm, health_pill
from campaigns.checking import cited_keys
from campaigns.citations import format_citation
from campaigns.models import Ally, Correction, CustomField, Source, Target


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


class CorrectionInline(OrganizationScopedInline):
    """Dated lines under the letter: what stood there was wrong."""

    model = Correction
    extra = 0
    fields = ["text", "corrected_on"]
    classes = ["untitled"]


class CustomFieldForm(forms.ModelForm):
    class Meta:
        model = CustomField
        exclude: list[str] = []
        widgets = {"choices": forms.Textarea(attrs={"rows": 3, "cols": 40})}

    def clean_key(self) -> str:
        """The answers that people gave are stored under the key."""
        key, before = self.cleaned_data["key"], self.instance.key
        if before and key != before and self.instance.campaign.published_at:
            raise ValidationError(
                _("Answers are stored under “%(key)s”: keep it."), params={"key": before}
            )
        return key


class CustomFieldInline(OrganizationScopedStackedInline):
    """Questions of the campaign's own on its sign form."""

    model = CustomField
    form = CustomFieldForm
    extra = 0
    verbose_name = _("question of its own")
    verbose_name_plural = _("questions of its own, beside name and address")
    fields = [("label", "key"), "help", ("kind", "required"), "choices", "position"]
    prepopulated_fields = {"key": ["label"]}


class SourceFormSet(CheckedFormSet):
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
    form = SourceForm
    formset = SourceFormSet
    extra = 0
    prepopulated_fields = {"key": ["author"]}
    readonly_fields = ["citation", "marker", "health"]
    fields = [
        "citation",
        ("key", "marker"),
        ("author", "publisher"),
        "title",
        ("published_on", "date_precision", "accessed_on"),
        ("url", "archive_url"),
        "health",
        "position",
    ]

    @admin.display(description=_("Reads"))
    def citation(self, source: Source) -> str:
        return format_citation(source) if source.title else ""

    @admin.display(description=_("Link"))
    def health(self, source: Source) -> str:
        return health_pill(source) if source.pk else ""

    @admin.display(description=_("In the text"))
    def marker(self, source: Source) -> str:
        return format_html(
            '<code class="marker">{}</code>', f"[^{source.key}]" if source.key else ""
        )
