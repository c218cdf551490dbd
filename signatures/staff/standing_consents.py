"""What becomes of standing consents when staff reject the signatures that began them."""

from collections import defaultdict
from collections.abc import Collection, Iterable

from django.db import connection

from signatures.models import ConsentEvent

REJECTED = "signature rejected by staff"
TAKEN_BACK = "rejection taken back by staff"

_END = """
UPDATE signatures_subscription SET unsubscribed_at = now()
WHERE signature_id = ANY(%s) AND unsubscribed_at IS NULL
RETURNING supporter_id, scope_id
"""

# Only what the rejection itself ended, and nobody has spoken of since.
_BEGIN_AGAIN = """
UPDATE signatures_subscription s SET unsubscribed_at = NULL, subscribed_at = now()
WHERE signature_id = ANY(%s) AND unsubscribed_at IS NOT NULL AND %s = (
    SELECT e.via FROM signatures_consentevent e
    WHERE e.supporter_id = s.supporter_id AND s.scope_id = ANY (e.scope_ids)
    ORDER BY e.at DESC, e.id DESC LIMIT 1
)
RETURNING supporter_id, scope_id
"""


def end_what_rejected_began(*, signature_ids: Collection[int]) -> None:
    """End every subscription that one of these signatures began. Safe to call twice."""
    with connection.cursor() as cursor:
        cursor.execute(_END, [list(signature_ids)])
        _record(cursor.fetchall(), ConsentEvent.Choice.LEFT, REJECTED)


def begin_again_what_rejection_ended(*, signature_ids: Collection[int]) -> None:
    """Let the subscriptions stand again that only a rejection ended. Safe to call twice."""
    with connection.cursor() as cursor:
        cursor.execute(_BEGIN_AGAIN, [list(signature_ids), REJECTED])
        _record(cursor.fetchall(), ConsentEvent.Choice.AGREED, TAKEN_BACK)


def _record(rows: Iterable[tuple[int, int]], choice: str, via: str) -> None:
    scopes: dict[int, list[int]] = defaultdict(list)
    for supporter_id, scope_id in rows:
        scopes[supporter_id].append(scope_id)
    ConsentEvent.objects.bulk_create(
        ConsentEvent(supporter_id=supporter_id, choice=choice, scope_ids=sorted(ids), via=via)
        for supporter_id, ids in scopes.items()
    )
