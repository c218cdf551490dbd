"""PostgreSQL's clock, moved for a test: functions of the same names stand before the real ones.

Only the test's own connection sees them, inside its transaction; columns that take their time from
the database take it from there too. Nothing of the product is replaced: it asks the database.
"""

from datetime import datetime, timedelta

from django.db import connection

_CLOCKS = ("now", "transaction_timestamp", "statement_timestamp", "clock_timestamp")
_INSTALL = """
CREATE SCHEMA moved;
{functions}
SELECT set_config('moved.by', '0', true),
    set_config('search_path', 'moved, pg_catalog, ' || current_setting('search_path'), true);
"""
_FUNCTION = """
CREATE FUNCTION moved.{name}() RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT pg_catalog.{name}() + current_setting('moved.by')::interval
$$;
"""
_DEFAULTS = """
SELECT d.adrelid::regclass::text, a.attname
FROM pg_attrdef d JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
WHERE pg_get_expr(d.adbin, d.adrelid) ~* '^(statement_timestamp|now|clock_timestamp)\\(\\)$'
"""


class MovedClock:
    """The clock of the test's database connection. Take it in a test marked `django_db`."""

    def __init__(self) -> None:
        functions = "".join(_FUNCTION.format(name=name) for name in _CLOCKS)
        with connection.cursor() as cursor:
            cursor.execute(_DEFAULTS)
            defaults = cursor.fetchall()
            cursor.execute(_INSTALL.format(functions=functions))
            for table, column in defaults:
                cursor.execute(
                    f'ALTER TABLE {table} ALTER "{column}" SET DEFAULT moved.statement_timestamp()'
                )
        self._by = timedelta(0)

    def move_to(self, moment: datetime) -> None:
        """From now on it is `moment`, and time goes on from there."""
        self.advance(moment - self.now)

    def advance(self, time: timedelta) -> None:
        """So much later."""
        self._by += time
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('moved.by', %s, true)", [f"{self._by.total_seconds()} seconds"]
            )

    @property
    def now(self) -> datetime:
        """What the database says."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT statement_timestamp()")
            moment: datetime = cursor.fetchone()[0]
            return moment
