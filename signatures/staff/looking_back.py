"""Looking at the newest signatures of campaigns, and at no more rows than one may ask for.

Among ten million signatures a list, a filter or a table over all of them takes minutes. So each
looks at the newest so many of the campaigns that it is about, and says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from signatures.models import Signature

# A number grows with its time but for the moment that its transaction took.
_SLACK = 1000

_FIRST_SINCE = "SELECT id, created_at FROM signatures_signature WHERE id >= %s ORDER BY id LIMIT 1"

_OF_ANY = """
(SELECT id FROM signatures_signature WHERE campaign_id = %s AND id BETWEEN %s AND %s
    ORDER BY id DESC)
"""
_OF_STATE = """
(SELECT id FROM signatures_signature WHERE campaign_id = %s AND id BETWEEN %s AND %s
    AND state = %s ORDER BY id DESC)
"""


@dataclass(frozen=True)
class Window:
    """Signatures from `low` to `high`, both by their numbers; `cut` if older ones are left out."""

    low: int
    high: int
    looked_at: int
    cut: bool


def window(
    *,
    campaign_ids: Sequence[int],
    most: int,
    state: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    up_to: int | None = None,
) -> Window:
    """The newest `most` signatures of these campaigns, of one state or any, within a time or not,
    numbered `up_to` at most or not.

    Reads `most` entries of an index at most, however many signatures there are. An empty window has
    `low` above `high`.
    """
    low, high = numbers_between(since, until)
    high = high if up_to is None else min(high, up_to)
    # A branch for each campaign lets PostgreSQL merge their indexes instead of sorting their rows.
    branches = " UNION ALL ".join([_OF_STATE if state else _OF_ANY] * len(campaign_ids))
    given: list[Any] = []
    for campaign_id in campaign_ids:
        given += [campaign_id, low, high, *([state] if state else [])]
    if not campaign_ids:
        return Window(1, 0, 0, False)
    newest = f"SELECT id FROM ({branches}) own ORDER BY id DESC LIMIT %s"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT min(id), count(*) FROM ({newest}) newest", [*given, most])  # noqa: S608
        lowest, looked_at = cursor.fetchone()
    return Window(lowest or 1, high if lowest else 0, looked_at, looked_at == most)


def numbers_between(since: datetime | None, until: datetime | None) -> tuple[int, int]:
    """The numbers between which every signature of that time lies, and few others."""
    low = max(first_number_since(since) - _SLACK, 1) if since else 1
    high = first_number_since(until) + _SLACK if until else _newest_number()
    return low, high


def first_number_since(moment: datetime) -> int:
    """The number of the first signature made at that moment or later; one past all if none was.

    Some thirty look-ups of single rows: numbers grow with time, so they can be halved.
    """
    low, high = 1, _newest_number() + 1
    with connection.cursor() as cursor:
        while low < high:
            middle = (low + high) // 2
            cursor.execute(_FIRST_SINCE, [middle])
            found = cursor.fetchone()
            if found is None or found[1] >= moment:
                high = middle
            else:
                low = found[0] + 1
    return low


def _newest_number() -> int:
    newest = Signature.objects.order_by("-pk").values_list("pk", flat=True).first()
    return newest or 0
