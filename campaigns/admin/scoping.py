"""Staff see the rows of their own organizations, in every list, choice and address of the admin.

The rule itself is `visible_to()` of each queryset. Here it is put wherever the admin reads rows, so
that an object of another organization is as absent as one that never was.
"""

import re
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.options import BaseModelAdmin
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.db import models
from django.http import Http404, HttpRequest, QueryDict

from campaigns.admin.colliding import CheckedFormSet, CollisionAdmin
from campaigns.models import Organization


class ScopedQuerysetMixin(BaseModelAdmin):
    """Rows and choices limited to what the user's organizations own."""

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        return super().get_queryset(request).visible_to(request.user)  # type: ignore[attr-defined]

    def get_field_queryset(
        self, db: str | None, db_field: Any, request: HttpRequest
    ) -> models.QuerySet | None:
        """The choices of a relation; Django asks here for every kind of field and widget."""
        queryset = super().get_field_queryset(db, db_field, request)
        if queryset is None:
            queryset = db_field.remote_field.model._default_manager.all()
        visible_to = getattr(queryset, "visible_to", None)
        return visible_to(request.user) if visible_to else queryset

    def formfield_for_foreignkey(
        self, db_field: models.ForeignKey, request: HttpRequest, **kwargs: Any
    ) -> forms.ModelChoiceField | None:
        """Somebody who works for one organization is not asked which."""
        if db_field.remote_field.model is Organization:
            own = list(Organization.objects.visible_to(request.user)[:2])
            if len(own) == 1:
                kwargs |= {"initial": own[0], "widget": forms.HiddenInput}
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_dbfield(
        self, db_field: models.Field, request: HttpRequest, **kwargs: Any
    ) -> forms.Field | None:
        """A choice only chooses: nobody adds, renames or deletes an organization from beside it."""
        if isinstance(db_field, models.URLField):
            kwargs["assume_scheme"] = "https"
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        return field


class OrganizationScopedAdmin(ScopedQuerysetMixin, CollisionAdmin):
    """An admin whose model's queryset has `visible_to(user)`. What is not visible answers 404."""

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        """The row, or Http404: change, history, delete and every object tool begin here."""
        found = super().get_object(request, object_id, from_field)
        if found is None:
            raise Http404
        return found

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """What is added from the list of one campaign begins as a row of that campaign."""
        initial: dict[str, Any] = super().get_changeform_initial_data(request)
        listed = QueryDict(request.GET.get("_changelist_filters", ""))
        campaign = listed.get("campaign__id__exact", "")
        if "campaign" not in initial and re.fullmatch("[0-9]{1,18}", campaign):
            initial["campaign"] = campaign
        return initial


class LabelledFormSet(CheckedFormSet):
    """A cell's label is the head of its column, which only the eye connects with it."""

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        for field in form.fields.values():
            if field.label:
                field.widget.attrs.setdefault("aria-label", str(field.label))


class OrganizationScopedInline(ScopedQuerysetMixin, admin.TabularInline):
    """Inline rows of a model whose queryset has `visible_to(user)`."""

    formset: Any = LabelledFormSet


class OrganizationScopedStackedInline(ScopedQuerysetMixin, admin.StackedInline):
    """Inline blocks of a model whose queryset has `visible_to(user)`."""

    formset = CheckedFormSet


class ScopedRelatedFilter(admin.RelatedFieldListFilter):
    """A filter by a relation that names only what the user may see, and the newest of it."""

    most = 100

    def field_choices(
        self, field: Any, request: HttpRequest, model_admin: admin.ModelAdmin
    ) -> list[tuple[str, Any]]:
        related = field.remote_field.model._default_manager.visible_to(request.user)
        newest = related.order_by("-pk").values("pk")[: self.most]
        return field.get_choices(include_blank=False, limit_choices_to={"pk__in": newest})
