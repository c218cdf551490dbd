"""What a thief of the database would read: every row of every table, as text."""

from django.db import connection
from psycopg2 import sql


def dump() -> str:
    """The whole database as one text."""
    with connection.cursor() as cursor:
        tables = sorted(connection.introspection.table_names(cursor))
        rows = []
        for table in tables:
            query = sql.SQL("SELECT string_agg(t::text, E'\\n') FROM {} t")
            cursor.execute(query.format(sql.Identifier(table)))
            rows.append(f"{table}: {cursor.fetchone()[0]}")
    return "\n".join(rows)
