"""Columns of the lists of mailings and reports."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.html import format_html


def number(field: str, *, label: Any) -> Callable[[Any], str]:
    """The column of a number, with what parts its thousands; sorted by it.

    Where a list has no room for columns, its label stands beside it.
    """

    @admin.display(description=label, ordering=field)
    def column(row: Any) -> str:
        return labelled(label, intcomma(getattr(row, field)))

    column.__name__ = field
    return column


def labelled(label: Any, value: str) -> str:
    """A value that says what it is where no head of a column does: `lists.css` decides."""
    return format_html('<span class="narrow-label">{}: </span>{}', label, value)
