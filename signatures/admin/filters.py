"""Filters of lists that no page could name every choice of: one types what to look for."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.views.main import PAGE_VAR, ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class TypedFilter(admin.SimpleListFilter):
    """A field beside the list. What does not fit is said, and filters nothing."""

    template = "admin/signatures/typed_filter.html"
    kind = "text"
    longest = 64

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return []

    def has_output(self) -> bool:
        return True

    def choices(self, changelist: ChangeList) -> Iterator[dict[str, Any]]:  # type: ignore[override]
        """One “choice”, which is the field, with what else the address holds."""
        others = {
            name: value
            for name, value in changelist.params.items()
            if name not in (self.parameter_name, PAGE_VAR)
        }
        yield {"others": others.items(), "kind": self.kind, "typed": self.value() or ""}


class CountryFilter(TypedFilter):
    title = _("country (two letters)")
    parameter_name = "country"
    longest = 2

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        typed = (self.value() or "").strip().upper()
        return queryset.filter(country=typed[:10]) if typed else queryset


class SourceFilter(TypedFilter):
    title = _("source code")
    parameter_name = "source"

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        typed = (self.value() or "").strip()
        return queryset.filter(referrer_code=typed[:100]) if typed else queryset


class SinceFilter(TypedFilter):
    title = _("first moment (UTC)")
    parameter_name = "since"
    kind = "datetime-local"
    lookup = "created_at__gte"

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        typed = self.value()
        if not typed:
            return queryset
        if moment := parse_moment(typed):
            return queryset.filter(**{self.lookup: moment})
        messages.warning(request, gettext("Write a time as 2026-11-23T18:00."))
        return queryset


class UntilFilter(SinceFilter):
    title = _("last moment (UTC)")
    parameter_name = "until"
    lookup = "created_at__lt"


def parse_moment(typed: str | None) -> datetime | None:
    """A date or a time of day as HTML fields write them, in UTC; None for anything else."""
    typed = (typed or "").strip()[:40]
    try:
        moment = parse_datetime(typed)
        if moment is None and (day := parse_date(typed)):
            moment = datetime(day.year, day.month, day.day)
        if moment is None:
            return None
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
