"""Two people edit one row: who changed which field since a page was opened, field by field.

A page carries a fingerprint of each field as it was shown. What differs from it in the database
somebody else has changed; what differs from it in the form was typed. Only what both have changed
is a question for people.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import blake2b
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.query import QuerySet
from django.forms import BaseForm, BooleanField, ChoiceField, Field
from django.forms.models import InlineForeignKeyField
from django.http import QueryDict
from django.utils.translation import gettext as _

from campaigns.admin.editor import BodyField
from campaigns.text.rendering import render_plain


@dataclass(frozen=True)
class Seen:
    """What a page showed when it was opened.

    `edits` is the number of the save it shows, `entry` the newest entry of the row's history, and
    `fields` holds a fingerprint by the key of each field.
    """

    edits: int | None = None
    entry: int = 0
    fields: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, sent: str) -> Self:
        """As a form sent it back; of one that sent nothing, or nonsense, nothing was seen."""
        try:
            edits, entry, fields = json.loads(sent)
            return cls(int(edits), int(entry), {str(k): str(v) for k, v in fields.items()})
        except (ValueError, TypeError, AttributeError):
            return cls()

    def __str__(self) -> str:
        return json.dumps([self.edits, self.entry, self.fields], separators=(",", ":"))


class Whose(StrEnum):
    """Who changed a field since the page was opened, where its two values differ."""

    MINE = "mine"
    THEIRS = "theirs"
    BOTH = "both"


@dataclass(frozen=True)
class Cell:
    """One field of a form or of a row below it; `key` names it across two readings of the page."""

    key: str
    form: BaseForm
    name: str

    @property
    def field(self) -> Field:
        return self.form.fields[self.name]

    @property
    def label(self) -> str:
        """`Headline`, or, of a row, `Target “Jeff Bezos”: title`."""
        own = str(self.field.label or self.name)
        if self.key == self.name:
            return own
        row = self.form.instance  # type: ignore[attr-defined]
        kind = str(row._meta.verbose_name).capitalize()
        return _("%(kind)s “%(row)s”: %(field)s") % {"kind": kind, "row": row, "field": own}

    @property
    def saved(self) -> Any:
        """What the database holds."""
        return self.form.get_initial_for_field(self.field, self.name)

    @property
    def typed(self) -> Any:
        """What the form says: cleaned, or as it came where that is an error."""
        cleaned = getattr(self.form, "cleaned_data", {})
        return cleaned[self.name] if self.name in cleaned else self.form[self.name].data

    def whose(self, seen: Seen) -> Whose | None:
        """Who changed this field; None when the form says what the database holds."""
        saved, typed = fingerprint(self.field, self.saved), fingerprint(self.field, self.typed)
        if saved == typed:
            return None
        before = seen.fields.get(self.key)
        if before == typed:
            return Whose.THEIRS
        return Whose.MINE if before == saved else Whose.BOTH

    def take_saved(self, data: QueryDict) -> None:
        """Make `data` say what the database holds."""
        name, widget = self.form.add_prefix(self.name), self.field.widget
        value = self.field.prepare_value(self.saved)
        data.pop(name, None)
        if isinstance(self.field, BooleanField):
            if value:
                data[name] = "on"
            return
        sent = widget.format_value(value)
        data.setlist(name, sent if isinstance(sent, list) else ["" if sent is None else str(sent)])

    def in_words(self, value: Any) -> str:
        """`value` as staff read it."""
        if isinstance(self.field, BooleanField):
            return _("yes") if value else _("no")
        said = _plain(value)
        if isinstance(self.field, ChoiceField) or hasattr(self.field, "queryset"):
            words = {str(getattr(key, "value", key)): str(word) for key, word in _choices(self)}
            said = ", ".join(words.get(one, one) for one in said.split("\n") if one)
        if isinstance(self.field, BodyField):
            said = render_plain(said, sources=[], ask="", ask_url="").body
        return said


def cells(form: BaseForm, formsets: Sequence[Any]) -> Iterator[Cell]:
    """Every field of a form and of the saved rows below it."""
    for name in form.fields:
        yield Cell(name, form, name)
    for formset in formsets:
        for row in formset.initial_forms:
            if row.instance.pk is None:
                continue
            for name, one in row.fields.items():
                if not _is_machinery(formset, name, one):
                    yield Cell(f"{formset.prefix}-{row.instance.pk}-{name}", row, name)


def fingerprints(form: BaseForm, formsets: Sequence[Any]) -> dict[str, str]:
    """A fingerprint of what the database holds, by the key of each field."""
    return {cell.key: fingerprint(cell.field, cell.saved) for cell in cells(form, formsets)}


def fingerprint(form_field: Field, value: Any) -> str:
    """Eight digits that are the same for what a form shows and what comes back untouched."""
    if isinstance(form_field, BodyField):
        value = form_field.as_kept(value)
    return blake2b(_plain(value).encode(errors="replace"), digest_size=4).hexdigest()


def keep_what_is_gone(data: QueryDict, formset: Any, seen: Seen) -> list[str]:
    """Take rows that somebody deleted out of `data`; returns what they were called.

    One into which something was typed since comes back as a new row, below the others.
    """
    gone = [row for row in formset.initial_forms if row.instance.pk is None]
    if not gone:
        return []
    here = [row for row in formset.initial_forms if row.instance.pk is not None]
    touched = [row for row in gone if _was_typed_into(row, formset, data, seen)]
    kept = [*here, *touched, *formset.extra_forms]
    rows = [_sent(data, row.prefix) for row in kept]
    for row in formset.forms:
        for name in _sent(data, row.prefix):
            data.pop(f"{row.prefix}-{name}")
    pk = formset.model._meta.pk.name
    for number, (row, sent) in enumerate(zip(kept, rows, strict=True)):
        for name, values in sent.items():
            is_new = row in touched and name == pk
            data.setlist(f"{formset.prefix}-{number}-{name}", [""] if is_new else values)
    data[f"{formset.prefix}-INITIAL_FORMS"] = str(len(here))
    data[f"{formset.prefix}-TOTAL_FORMS"] = str(len(kept))
    return [str(formset.model._meta.verbose_name) for _row in gone]


def _was_typed_into(row: Any, formset: Any, data: QueryDict, seen: Seen) -> bool:
    pk = data.get(f"{row.prefix}-{formset.model._meta.pk.name}", "")
    return any(
        seen.fields.get(f"{formset.prefix}-{pk}-{name}")
        != fingerprint(one, Cell("", row, name).typed)
        for name, one in row.fields.items()
        if not _is_machinery(formset, name, one)
    )


def _sent(data: QueryDict, prefix: str) -> dict[str, list[str]]:
    start = f"{prefix}-"
    return {key.removeprefix(start): data.getlist(key) for key in data if key.startswith(start)}


def _is_machinery(formset: Any, name: str, form_field: Field) -> bool:
    own = (formset.model._meta.pk.name, "DELETE", "ORDER")
    return name in own or isinstance(form_field, InlineForeignKeyField)


def _choices(cell: Cell) -> Any:
    return cell.field.choices  # type: ignore[attr-defined]


def _plain(value: Any) -> str:
    """One spelling of a value, whether it comes from the database or from a form."""
    if value is None or value is False:
        return ""
    if isinstance(value, models.Model):
        return str(value.pk)
    if isinstance(value, (list, tuple, set, QuerySet)):
        return "\n".join(sorted(_plain(one) for one in value))
    if isinstance(value, datetime):
        # A form has no seconds.
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M")
    return "\n".join(str(value).splitlines()).strip()


def clean_all(form: Any, formsets: Sequence[Any]) -> None:
    """Read what was typed, right or wrong."""
    for one in (form, *formsets):
        try:
            one.is_valid()
        except ValidationError:
            continue
