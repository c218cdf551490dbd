"""Counting who follows a link of a mailing: how often, never who.

Only those are counted whom the page greets by name: what opens links for safety's sake keeps no
cookie and does not get that far. No picture reports that a mail was opened.
"""

import logging

from django.db import DatabaseError, connection, transaction

from mailings.models import VisitCount

logger = logging.getLogger(__name__)

# Readers of one mailing need not wait for one row.
_COUNT = """
INSERT INTO mailings_visitcount (mailing_id, shard, visits)
SELECT id, pg_backend_pid() %% %(shards)s, 1 FROM mailings_mailing WHERE id = %(mailing)s
ON CONFLICT (mailing_id, shard) DO UPDATE SET visits = mailings_visitcount.visits + 1
"""


def count_visit(mailing_id: int, _supporter_id: int) -> None:
    """Somebody has come by a link of this mailing. A page is shown whether or not it is counted."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_COUNT, {"mailing": mailing_id, "shards": VisitCount.SHARDS})
    except DatabaseError:
        logger.exception("A visit of mailing %s was not counted", mailing_id)
