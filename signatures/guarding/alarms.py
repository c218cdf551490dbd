"""How fast signatures come in, by campaign and by mail domain: seen by staff, holding nothing.

A flash crowd and an attack look alike from here, so these numbers raise an alarm and people judge.
"""

import logging
from typing import NamedTuple

from django.conf import settings
from django.db import connection

logger = logging.getLogger(__name__)

MINUTES = 10
# The newest so many are looked at, however many came: the answer costs the same in a flood.
MOST_LOOKED_AT = 20_000
# Half the world has an address there, so a crowd from one of these says nothing.
EVERYBODYS = frozenset(
    """
    163.com aol.com btinternet.com comcast.net free.fr gmail.com gmx.de gmx.net hotmail.co.uk
    hotmail.com icloud.com libero.it live.com mail.ru me.com naver.com orange.fr outlook.com
    proton.me protonmail.com qq.com t-online.de wanadoo.fr web.de yahoo.co.uk yahoo.com yandex.ru
    """.split()  # noqa: SIM905
)

_NEWEST = """
WITH newest AS (
    SELECT campaign_id, supporter_id, state, created_at FROM signatures_signature
    ORDER BY id DESC LIMIT %(most)s
), recent AS (
    SELECT * FROM newest WHERE created_at > statement_timestamp() - make_interval(mins => %(mins)s)
)
SELECT 'campaign', c.slug, count(*), count(*) FILTER (WHERE r.state = 'held')
FROM recent r JOIN campaigns_campaign c ON c.id = r.campaign_id GROUP BY c.slug
UNION ALL
SELECT 'domain', split_part(p.email_key, '@', 2), count(*),
    count(*) FILTER (WHERE r.state = 'held')
FROM recent r JOIN signatures_supporter p ON p.id = r.supporter_id GROUP BY 2
ORDER BY 3 DESC, 2 LIMIT 100
"""


class Rate(NamedTuple):
    """Signatures of the last ten minutes; `kind` is `campaign` (by slug) or `domain`."""

    kind: str
    name: str
    signatures: int
    held: int

    @property
    def is_alarming(self) -> bool:
        """Whether somebody should look at it."""
        if self.kind == "domain" and self.name in EVERYBODYS:
            return False
        return self.signatures > settings.RATE_ALARMS[self.kind]


def rates_now() -> list[Rate]:
    """The busiest campaigns and mail domains of the last ten minutes, at most 100 of them."""
    with connection.cursor() as cursor:
        cursor.execute(_NEWEST, {"most": MOST_LOOKED_AT, "mins": MINUTES})
        return [Rate(*row) for row in cursor.fetchall()]


def warn_of_rates() -> None:
    """Write a line for every alarming rate."""
    for rate in rates_now():
        if rate.is_alarming:
            logger.warning(
                "Signatures come fast: %d in %d minutes by %s %s, %d of them held",
                rate.signatures,
                MINUTES,
                rate.kind,
                rate.name,
                rate.held,
            )
