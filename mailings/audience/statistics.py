"""Statistics for PostgreSQL's planner, where autovacuum has not been yet.

A table that was restored, or filled a minute ago by a campaign that took off, looks empty to the
planner. What seems cheap then, to walk all signers of a campaign for each reader, takes hours.
"""

from django.db import connection

from mailings.models import Recipient
from signatures.models import Signature, Subscription, Supporter

_TABLES = [model._meta.db_table for model in (Signature, Subscription, Supporter, Recipient)]
# A few rows are walked quickly whatever the plan.
_FEW = 1000
_STALE = """
SELECT relid::regclass::text FROM pg_stat_user_tables
WHERE relname = ANY(%s) AND schemaname = current_schema()
    AND n_mod_since_analyze > greatest(n_live_tup / 2, %s)
"""


def refresh_statistics() -> list[str]:
    """Analyze the tables that an audience is read from and that have changed by half since they
    were analyzed last; returns their names. One that somebody else has locked is left out."""
    with connection.cursor() as cursor:
        cursor.execute(_STALE, [_TABLES, _FEW])
        stale = [table for (table,) in cursor.fetchall()]
        for table in stale:
            cursor.execute(f"ANALYZE (SKIP_LOCKED) {table}")
    return stale
