"""What stands in rows of a campaign, put into the language of a translation: a row for each."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from campaigns.admin.scoping import LabelledFormSet, OrganizationScopedInline
from campaigns.models import CorrectionText, QuestionText, TargetText, Translation

AREA = {"rows": 3, "cols": 30}


class RowTextFormSet(LabelledFormSet):
    """A form for every row of the campaign, empty for those that nothing is said of yet."""

    model: Any

    def __init__(self, data: Any = None, files: Any = None, **kwargs: Any) -> None:
        translation = kwargs["instance"]
        self.rows = {row.pk: row for row in rows_of(self.model, translation)}
        said = self.model.objects.filter(translation=translation).values_list("row", flat=True)
        missing = [pk for pk in self.rows if pk not in set(said)]
        # As many as there are rows: none to add, none to take away.
        self.extra, self.min_num, self.max_num = 0, len(self.rows), len(self.rows)
        kwargs["initial"] = [{"row": pk} for pk in missing]
        super().__init__(data, files, **kwargs)

    def _construct_form(self, i: int, **kwargs: Any) -> Any:
        form = super()._construct_form(i, **kwargs)  # type: ignore[misc]
        row = self.rows.get(form.initial.get("row"))
        if row and form.instance.pk is None:
            form.instance.row = row
        return form


class RowTextInline(OrganizationScopedInline):
    """The original beside what this language says. `shown` are the fields of the original."""

    formset = RowTextFormSet
    can_delete = False
    classes = ["untitled"]
    readonly_fields = ["original"]
    shown: ClassVar[tuple[str, ...]]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "row":
            kwargs["widget"] = forms.HiddenInput
        if db_field.name == "choices":
            kwargs["widget"] = forms.Textarea(attrs=AREA)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    @admin.display(description=_("Original"))
    def original(self, text: Any) -> SafeString:
        row = text.row
        lines = [str(getattr(row, name)) for name in self.shown] if self.shown else [str(row)]
        said = [(line,) for field in lines for line in field.splitlines() if line]
        return format_html_join("", "<div>{}</div>", said)

    def _may(self, request: HttpRequest) -> bool:
        return request.user.has_perm("campaigns.change_translation")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("campaigns.view_translation") or self._may(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request)


class TargetTextInline(RowTextInline):
    model = TargetText
    fields = ["original", "phrase", "row"]
    shown = ()
    verbose_name = verbose_name_plural = _("targets, as a sentence of this language names them")


class QuestionTextInline(RowTextInline):
    model = QuestionText
    fields = ["original", "label", "help", "choices", "row"]
    shown = ("label", "help", "choices")
    verbose_name = verbose_name_plural = _("questions of the campaign's own")


class CorrectionTextInline(RowTextInline):
    model = CorrectionText
    fields = ["original", "text", "row"]
    shown = ("text",)
    verbose_name = verbose_name_plural = _("corrections")


def inlines_of(translation: Translation | None) -> list[type[RowTextInline]]:
    """Those that have a row to put into the language."""
    if translation is None:
        return []
    every: list[type[RowTextInline]] = [TargetTextInline, QuestionTextInline, CorrectionTextInline]
    return [inline for inline in every if rows_of(inline.model, translation).exists()]


def rows_of(texts: Any, translation: Translation) -> Any:
    """The rows of the campaign that texts of this model are about."""
    rows = texts._meta.get_field("row").related_model._default_manager
    return rows.filter(campaign=translation.campaign_id)
