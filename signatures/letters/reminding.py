"""One reminder to whoever signed a day ago and has not confirmed: once, and never after a week."""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from signatures.letters.owing import MINUTES_BETWEEN, PER_SIGNATURE

AFTER = timedelta(hours=24)
NEVER_AFTER = timedelta(days=7)
BATCH = 500

_ALONE = "SELECT pg_try_advisory_xact_lock(hashtext('remind'))"

# The next waiting signatures after a place in time, along the index of what waits.
_NEXT = """
SELECT id, created_at FROM signatures_signature
WHERE state = 'pending' AND (created_at, id) > (%(after)s, %(after_id)s)
    AND created_at > %(after)s - interval '1 second' AND created_at <= %(until)s
ORDER BY created_at, id LIMIT %(batch)s
"""

# Within the limits of every letter that anybody can cause by typing an address (`owing`). Those who
# said “not me” somewhere, those whom no letter may reach, and those whose address was typed by
# mistake (which leaves a signature without a name) are not even asked.
_OWE = """
INSERT INTO signatures_letter (kind, supporter_id, signature_id, attempts, reason)
SELECT 'reminder', s.supporter_id, s.id, 0, ''
FROM signatures_signature s
JOIN signatures_supporter p ON p.id = s.supporter_id
JOIN campaigns_campaign c ON c.id = s.campaign_id
WHERE s.id = ANY(%(ids)s) AND s.state = 'pending' AND s.name <> '' AND c.state = 'open'
    AND (SELECT count(*) FROM signatures_letter WHERE signature_id = s.id) < %(per_signature)s
    AND NOT EXISTS (
        SELECT 1 FROM signatures_letter l WHERE l.signature_id = s.id AND (
            l.kind = 'reminder' OR l.sent_at IS NULL AND l.dropped_at IS NULL
            OR l.created_at > statement_timestamp() - make_interval(mins => %(minutes)s)
        )
    )
    AND NOT EXISTS (
        SELECT 1 FROM signatures_suppression x
        WHERE x.email_hash = p.email_hash AND x.lifted_at IS NULL AND x.reason <> 'erased'
    )
ON CONFLICT DO NOTHING
"""


class Reminders:
    """Walks through the signatures that wait, in the order of time, a batch a call.

    Where it stands is kept in memory: after a start it walks through one week again, and the
    letters that there are keep anybody from being reminded twice. For one thread.
    """

    def __init__(self) -> None:
        self._place: tuple[datetime, int] | None = None

    def remind(self) -> int:
        """Owe the reminders of the next batch.

        Returns how many signatures it looked at; under BATCH, none is left for now.
        """
        now = timezone.now()
        oldest = (now - NEVER_AFTER, 0)
        after, after_id = max(self._place or oldest, oldest)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_ALONE)
            if not cursor.fetchone()[0]:
                return 0
            place: dict[str, Any] = {
                "after": after,
                "after_id": after_id,
                "until": now - AFTER,
                "batch": BATCH,
            }
            cursor.execute(_NEXT, place)
            waiting = cursor.fetchall()
            if not waiting:
                return 0
            limits: dict[str, Any] = {
                "ids": [pk for pk, _created_at in waiting],
                "per_signature": PER_SIGNATURE,
                "minutes": MINUTES_BETWEEN,
            }
            cursor.execute(_OWE, limits)
        last_id, last_at = waiting[-1]
        self._place = (last_at, last_id)
        return len(waiting)
