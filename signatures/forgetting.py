"""What is kept for a time only: counts of networks, used challenges, networks of signatures."""

from django.db import connection

from signatures.challenging import forget_used_challenges
from signatures.limiting import forget_old_windows

BATCH = 5000

# A wave is voided within a year or not at all. Whatever is older still was cleared in its time, so
# only three months are looked at, by their place in the table.
_FORGET_NETWORKS = """
UPDATE signatures_signature SET network = NULL WHERE id IN (
    SELECT id FROM signatures_signature
    WHERE network IS NOT NULL AND created_at < statement_timestamp() - interval '12 months'
        AND created_at > statement_timestamp() - interval '15 months'
    LIMIT %s
)
"""


def forget() -> None:
    """Delete what nobody needs any more. Safe to call at any time, and by many."""
    forget_old_windows()
    forget_used_challenges()


def forget_networks() -> None:
    """Take the network from every signature that is older than a year, batch by batch."""
    taken = BATCH
    while taken == BATCH:
        with connection.cursor() as cursor:
            cursor.execute(_FORGET_NETWORKS, [BATCH])
            taken = cursor.rowcount
