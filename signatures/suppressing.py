"""What is heard of a mail afterwards, and what it means for the person it went to.

It can only ever keep mail away; nothing that comes back by mail or from a provider begins one.
"""

from collections.abc import Mapping
from datetime import datetime

from django.db import connection, transaction
from django.db.models.functions import Now

from signatures.leaving import COMPLAINT, unsubscribe
from signatures.models import Suppression

Reason = Suppression.Reason
# The blocks that are not what somebody said of themselves.
LIFTED_BY_STAFF = [Reason.HARD_BOUNCE, Reason.SOFT_BOUNCE, Reason.COMPLAINT]

# A block that was lifted stays lifted, unless what blocks is newer than the lifting.
_SUPPRESS = """
INSERT INTO signatures_suppression AS x (email_hash, reason, campaign_id)
SELECT p.email_hash, %(reason)s, NULL
FROM unnest(%(people)s::bigint[], %(moments)s::timestamptz[]) AS heard (supporter, happened_at)
JOIN signatures_supporter p ON p.id = heard.supporter AND p.erased_at IS NULL
ORDER BY p.email_hash
ON CONFLICT (email_hash, reason, campaign_id) DO UPDATE SET lifted_at = NULL
WHERE x.lifted_at < (
    SELECT max(h.happened_at)
    FROM unnest(%(people)s::bigint[], %(moments)s::timestamptz[]) AS h (supporter, happened_at)
    JOIN signatures_supporter q ON q.id = h.supporter AND q.email_hash = x.email_hash
)
"""


def suppress_missing(heard: Mapping[int, datetime]) -> None:
    """Write no more to people whose mailbox does not exist: supporter's id to when it was said."""
    _suppress(Reason.HARD_BOUNCE, heard)


def suppress_returning(heard: Mapping[int, datetime]) -> None:
    """Send no more bulk mail to people from whom it kept coming back; letters still go."""
    _suppress(Reason.SOFT_BOUNCE, heard)


@transaction.atomic
def take_complaint(*, supporter_id: int, organization_id: int, happened_at: datetime) -> None:
    """Who calls our mail spam gets none any more, from nobody here; only staff can lift that."""
    _suppress(Reason.COMPLAINT, {supporter_id: happened_at})
    unsubscribe(supporter_id=supporter_id, organization_id=organization_id, via=COMPLAINT)


def _suppress(reason: str, heard: Mapping[int, datetime]) -> None:
    if not heard:
        return
    people, moments = list(heard), list(heard.values())
    with connection.cursor() as cursor:
        cursor.execute(_SUPPRESS, {"reason": reason, "people": people, "moments": moments})


def lift(suppression: Suppression) -> bool:
    """Staff let mail go to an address again. True when this call lifted the block.

    What its owner said themselves, “not me” or an erasure, is not for staff to lift.
    """
    standing = Suppression.objects.filter(
        pk=suppression.pk, lifted_at=None, reason__in=LIFTED_BY_STAFF
    )
    return bool(standing.update(lifted_at=Now()))
