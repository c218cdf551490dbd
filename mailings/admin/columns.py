"""Columns of the lists of mailings and reports."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.contrib.humanize.templatetags.humanize import intcomma


def number(field: str, *, label: Any) -> Callable[[Any], str]:
    """The column of a number, with what parts its thousands; sorted by it."""

    @admin.display(description=label, ordering=field)
    def column(row: Any) -> str:
        return intcomma(getattr(row, field))

    column.__name__ = field
    return column
