"""A wave: signatures of one campaign that belong together by network, mail domain or time.

Described once, it is counted, shown in samples and rejected by the same rule.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self

from django.db import connection

from signatures.addresses import mask
from signatures.models import Signature
from signatures.staff.looking_back import window

# What a wave is looked for among. More than one at once would keep the page waiting.
MOST_LOOKED_AT = 100_000
SAMPLES = 20

_REACH_OF_NETWORK = """
SELECT count(*) FROM (SELECT 1 FROM signatures_signature
    WHERE network = %s AND created_at < %s LIMIT %s) reached
"""
_IDS = """
SELECT s.id FROM signatures_signature s WHERE s.campaign_id = %(campaign)s
    AND s.state IN ('pending', 'held', 'counted')
    AND s.created_at < %(until)s AND (%(since)s IS NULL OR s.created_at >= %(since)s)
    AND (%(network)s IS NULL OR s.network = %(network)s)
    AND (%(low)s IS NULL OR s.id >= %(low)s) AND (%(high)s IS NULL OR s.id <= %(high)s)
    AND (%(domain)s = '' OR EXISTS (SELECT 1 FROM signatures_supporter p
        WHERE p.id = s.supporter_id AND split_part(p.email_key, '@', 2) = %(domain)s))
ORDER BY s.id
"""


class TooWide(Exception):
    """The wave reaches over more signatures than may be looked at: its time must be narrowed."""


@dataclass(frozen=True, kw_only=True)
class Wave:
    """`network` is the keyed hash beside a signature, `domain` as in an address's key; either or
    both may be empty. `until` bounds it always, and so does the number `high` once somebody has
    seen it: it never grows while they look. A wave that has begun knows its `low` number too."""

    campaign_id: int
    until: datetime
    since: datetime | None = None
    network: bytes = b""
    domain: str = ""
    low: int | None = None
    high: int | None = None

    @classmethod
    def of(cls, campaign_id: int, criteria: dict[str, Any]) -> Self:
        """The wave that `as_criteria()` wrote down."""
        since = criteria.get("since")
        return cls(
            campaign_id=campaign_id,
            until=datetime.fromisoformat(criteria["until"]),
            since=datetime.fromisoformat(since) if since else None,
            network=bytes.fromhex(criteria.get("network", "")),
            domain=criteria.get("domain", ""),
            low=criteria.get("low"),
            high=criteria.get("high"),
        )

    def begun(self, signature_ids: Sequence[int]) -> Self:
        """The same wave, from the first to the last of its signatures, whatever comes later."""
        return replace(self, low=signature_ids[0], high=signature_ids[-1])

    def as_criteria(self) -> dict[str, str | int | None]:
        """To be kept as JSON."""
        told = {
            "until": self.until.isoformat(),
            "since": self.since.isoformat() if self.since else "",
            "network": self.network.hex(),
            "domain": self.domain,
            "low": self.low,
            "high": self.high,
        }
        return {name: value for name, value in told.items() if value}

    def signature_ids(self) -> list[int]:
        """The signatures of the wave that wait or count, in order.

        Raises TooWide, unless the wave has begun: what was begun is finished.
        """
        low, high = self.low, self.high
        if low is None and self.network:
            self._check_network()
        elif low is None:
            low, high = self._numbers()
        with connection.cursor() as cursor:
            cursor.execute(
                _IDS,
                {
                    "campaign": self.campaign_id,
                    "since": self.since,
                    "until": self.until,
                    "network": self.network or None,
                    "low": low,
                    "high": high,
                    "domain": self.domain,
                },
            )
            return [pk for (pk,) in cursor.fetchall()]

    def _numbers(self) -> tuple[int, int]:
        """From which signature to which the time of the wave reaches. Raises TooWide."""
        reach = window(
            campaign_ids=[self.campaign_id],
            most=MOST_LOOKED_AT + 1,
            since=self.since,
            until=self.until,
            up_to=self.high,
        )
        if reach.cut:
            raise TooWide
        return reach.low, reach.high

    def _check_network(self) -> None:
        with connection.cursor() as cursor:
            most = MOST_LOOKED_AT + 1
            cursor.execute(_REACH_OF_NETWORK, [self.network, self.until, most])
            if cursor.fetchone()[0] == most:
                raise TooWide


def samples(signature_ids: list[int]) -> list[tuple[str, Signature]]:
    """Some signatures, spread over the whole of these, each beside its masked address."""
    step = max(len(signature_ids) // SAMPLES, 1)
    chosen = Signature.objects.filter(pk__in=signature_ids[::step][:SAMPLES])
    return [
        (mask(signature.supporter.email), signature)
        for signature in chosen.select_related("supporter").order_by("pk")
    ]
