"""Two people save at the same moment: the second gets the form back, and not an error page."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse

from campaigns.collisions import is_collision


class Overtaken(Exception):
    """Somebody else saved this row between the reading of the form and the saving of it."""


class CollisionAdmin(admin.ModelAdmin):
    """A form whose checks were passed, and the database knew better.

    What came first is committed by then, so the form's own checks find it on a second reading and
    say it in words, beside the field, with all that was typed.
    """

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        try:
            return self._read_form(request, object_id, form_url, extra_context)
        except (IntegrityError, Overtaken) as collision:
            if isinstance(collision, IntegrityError) and not is_collision(collision):
                raise
            return self._read_form(request, object_id, form_url, extra_context)

    def _read_form(self, request: HttpRequest, object_id: str | None, *rest: Any) -> HttpResponse:
        self.before_reading(request, object_id)
        return super().changeform_view(request, object_id, *rest)

    def before_reading(self, request: HttpRequest, object_id: str | None) -> None:
        """What a form needs before each reading of it."""


class CheckedFormSet(forms.BaseInlineFormSet):
    """Rows below a form, checked for what is to be unique under one parent.

    Django compares the rows of a formset with each other, and leaves the parent out of what it asks
    the database; so a row that somebody else added meanwhile would go unseen.
    """

    def clean(self) -> None:
        super().clean()
        for form in self.forms:
            if not form.has_changed() or form.errors or form in self.deleted_forms:
                continue
            fields = {field.name for field in form.instance._meta.fields}
            try:
                form.instance.validate_constraints(exclude=fields - form.fields.keys())
            except ValidationError as error:
                form.add_error(None, error)
