"""Rows made by SQL, as the models would have made them: fields not named get their defaults."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection, models
from django.db.models.fields import NOT_PROVIDED


def insert(
    model: type[models.Model],
    values: Mapping[str, str],
    tail: str,
    parameters: Sequence[Any] | Mapping[str, Any] | None = None,
) -> int:
    """INSERT INTO the model's table what `SELECT values … tail` gives; returns how many rows.

    `values` has an SQL expression for each column that matters.
    """
    columns = dict(_defaults(model, values)) | dict(values)
    sql = (
        f"INSERT INTO {model._meta.db_table} ({', '.join(columns)})"
        f" SELECT {', '.join(columns.values())} {tail}"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return int(cursor.rowcount)


def _defaults(model: type[models.Model], given: Mapping[str, str]) -> dict[str, str]:
    """Literals for columns that may not be NULL and for which PostgreSQL has no default."""
    found: dict[str, str] = {}
    for field in model._meta.concrete_fields:
        assert field.column
        filled = field.column in given or field.null or field.db_default is not NOT_PROVIDED
        if filled or isinstance(field, (models.AutoField, models.CompositePrimaryKey)):
            continue
        found[field.column] = _literal(field)
    return found


def _literal(field: models.Field) -> str:
    if isinstance(field, models.DateTimeField):
        return "now()"
    value = field.get_db_prep_save(field.get_default(), connection)
    with connection.cursor() as cursor:
        return str(cursor.mogrify("%s", [value]).decode()).replace("%", "%%")
