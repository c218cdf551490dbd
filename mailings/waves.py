"""Waves: a few get the mail first, and everyone else when it has done no harm.

Wave 0, the canary, is the first of each lane; chunks of a later wave are not claimed before the
pump opens it. A canary that comes back pauses its mailing, with the reason, instead.
"""

import math
from datetime import datetime

from django.conf import settings
from django.db import connection

from mailings.rates import pause_if_troubled
from mailings.statuses import DONE


def canary_size(people: int) -> int:
    """How many of so many people get it first: all of them where it is not worth the wait."""
    fewest = settings.MAILING_CANARY_PEOPLE
    if people <= 2 * fewest:
        return people
    return max(fewest, math.ceil(people * settings.MAILING_CANARY_SHARE))


_LATER_WAVE = """
EXISTS (SELECT 1 FROM mailings_chunk c WHERE c.mailing_id = m.id AND c.wave > m.open_wave)
"""
_IS_OUT = f"""
UPDATE mailings_mailing m SET wave_done_at = coalesce(wave_done_at, now())
WHERE m.id = %(mailing)s AND m.state = 'sending' AND {_LATER_WAVE} AND NOT EXISTS (
    SELECT 1 FROM mailings_chunk c
    WHERE c.mailing_id = m.id AND c.state < {DONE} AND c.wave <= m.open_wave
)
RETURNING wave_done_at
"""  # noqa: S608
_OPEN_NEXT = f"""
UPDATE mailings_mailing m SET open_wave = open_wave + 1, wave_done_at = NULL
WHERE m.id = %(mailing)s AND m.state = 'sending' AND m.wave_done_at = %(done_at)s
    AND m.wave_done_at <= now() - %(watch)s * interval '1 second' AND {_LATER_WAVE}
    AND NOT EXISTS (
        SELECT 1 FROM mailings_trial t WHERE t.mailing_id = m.id AND t.decided_at IS NULL
    )
"""  # noqa: S608


def watch(mailing_id: int) -> bool:
    """Pause the mailing if it fares badly, else open its next wave when its time has come.

    The last open wave must be out before its rates are read, and has some time in which it may come
    back. Returns True when this call opened a wave. Safe with two pumps.
    """
    done_at = _wave_is_out(mailing_id)
    if pause_if_troubled(mailing_id) or done_at is None:
        return False
    what = {
        "mailing": mailing_id,
        "done_at": done_at,
        "watch": settings.MAILING_CANARY_WATCH_SECONDS,
    }
    with connection.cursor() as cursor:
        cursor.execute(_OPEN_NEXT, what)
        return bool(cursor.rowcount)


def _wave_is_out(mailing_id: int) -> datetime | None:
    """Since when everything of the open waves is out; None when it is not, or no wave is left."""
    with connection.cursor() as cursor:
        cursor.execute(_IS_OUT, {"mailing": mailing_id})
        row = cursor.fetchone()
    return row[0] if row else None
