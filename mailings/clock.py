"""What time it is where all times are decided: in PostgreSQL, the same for every host."""

from datetime import datetime

from django.db import connection


def database_now() -> datetime:
    """The database's present moment, in UTC."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        moment: datetime = cursor.fetchone()[0]
        return moment
