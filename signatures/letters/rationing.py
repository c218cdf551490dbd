"""Which letters that are due may go now: no mailbox is flooded, and its owner comes before a flood.

Anybody can ask for a letter to somebody else's address, so a mailbox gets ten of those a day. Which
ten matters to its owner, whose own signature may be in the same queue:

- of the ten, seven at most are for what one network asked (unless something from there was
  confirmed today), and seven at most for spellings with a “+”: three are left for the owner;
- one letter about a campaign in ten minutes and five ever is a limit of each address, and of all
  spellings together; what they use up is not taken from the address itself;
- the newest goes first, and reminders last, so that a backlog delays nobody;
- what finds no room waits for it; of what waits the oldest is dropped when it is more than three
  days can carry. Its signature stays, and asking again writes a new letter.

A mailbox is more than an address here: on any domain `ada+1@` and `ada+2@` may be Ada's. Who signs
stays a matter of the address, for elsewhere they may be two people; only letters are limited so.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection

from signatures.letters.owing import MINUTES_BETWEEN, PER_DAY, PER_SIGNATURE
from signatures.models import Letter

DAY = timedelta(days=1)
# What one network, or all spellings with a “+” together, may ask of the day's letters.
MOST_FROM_ONE = 7
MOST_WAITING = 3 * PER_DAY
MOST_REMEMBERED = 1000

# Two workers never both take the last place of a mailbox.
ALONE = "SELECT pg_advisory_xact_lock(hashtext('claim letters'))"

# What spells a mailbox is worded as in the index `supporter_by_mailbox`. A letter has its place
# among the day's when it was sent, or is in the hands of a worker, who may have sent it.

# Of the letters just claimed those that need a closer look, in the order in which they may go. What
# was tried before has its place, and what its owner caused by an act of their own needs none.
_LOOK = r"""
SELECT * FROM (
    SELECT l.id, l.kind, l.created_at, g.campaign_id,
        CASE WHEN l.kind <> 'data_link' THEN g.network END AS network,
        p.email_key LIKE '%%+%%' AS is_variant, p.mailbox, statement_timestamp() AS now,
        EXISTS (
            SELECT FROM signatures_supporter v WHERE v.email_key LIKE '%%+%%'
                AND regexp_replace(v.email_key, '\+[^@]*@', '@') = p.mailbox
        ) AS is_shared,
        (SELECT count(*) FROM signatures_letter o WHERE o.supporter_id = l.supporter_id
            AND o.id <> l.id AND (o.sent_at > statement_timestamp() - interval '1 day'
                OR o.sent_at IS NULL AND o.dropped_at IS NULL AND o.attempts > 0)) AS others
    FROM signatures_letter l JOIN signatures_signature g ON g.id = l.signature_id
    JOIN LATERAL (
        SELECT email_key, regexp_replace(email_key, '\+[^@]*@', '@') AS mailbox
        FROM signatures_supporter WHERE id = l.supporter_id
    ) p ON true
    WHERE l.id = ANY(%(ids)s) AND l.attempts = 1 AND l.kind <> 'withdrawn'
        AND NOT (l.kind = 'receipt' AND g.confirmed_at IS NOT NULL)
) looked
WHERE is_shared OR others >= %(most)s
ORDER BY kind = 'reminder', created_at DESC, id DESC
"""

# Every letter that somebody else could have asked for to one mailbox.
_OF_THE_MAILBOX = r"""
WITH own AS (
    SELECT l.id, l.kind, l.created_at, l.sent_at, g.campaign_id,
        CASE WHEN l.kind <> 'data_link' THEN g.network END AS network,
        g.confirmed_at IS NOT NULL AS is_confirmed, p.email_key LIKE '%%+%%' AS is_variant,
        l.sent_at IS NULL AND l.dropped_at IS NULL AND l.attempts = 0 AS waits,
        l.sent_at IS NULL AND l.dropped_at IS NULL AND l.attempts > 0 AS is_in_hand
    FROM signatures_supporter p JOIN signatures_letter l ON l.supporter_id = p.id
    JOIN signatures_signature g ON g.id = l.signature_id
    WHERE (p.email_key = %(mailbox)s OR p.email_key LIKE '%%+%%'
            AND regexp_replace(p.email_key, '\+[^@]*@', '@') = %(mailbox)s)
        AND l.kind <> 'withdrawn' AND NOT (l.kind = 'receipt' AND g.confirmed_at IS NOT NULL)
)
"""

_PLACES = """
SELECT COALESCE(sent_at, statement_timestamp()), campaign_id, network, is_confirmed, is_variant
FROM own WHERE (sent_at > statement_timestamp() - interval '1 day' OR is_in_hand)
    AND NOT id = ANY(%(looked)s)
ORDER BY 1 DESC
"""

_ABOUT_CAMPAIGNS = """
SELECT campaign_id, count(*), max(COALESCE(sent_at, statement_timestamp())) FROM own
WHERE (sent_at IS NOT NULL OR is_in_hand) AND NOT id = ANY(%(looked)s)
    AND kind <> 'data_link' AND campaign_id = ANY(%(campaigns)s)
GROUP BY campaign_id
"""

# Who erases a person holds their letters one after the other: none of them is waited for.
_DROP_OLDEST = """
UPDATE signatures_letter SET dropped_at = statement_timestamp(), reason = %(reason)s
WHERE id IN (
    SELECT id FROM signatures_letter WHERE id IN (
        SELECT id FROM own WHERE waits ORDER BY created_at DESC, id DESC OFFSET %(most)s
    ) FOR UPDATE SKIP LOCKED
)
"""

_PUT_OFF = """
UPDATE signatures_letter l SET claimed_until = NULL, attempts = attempts - 1, due_at = w.until,
    reason = 'waits: the mailbox has had its letters of the day'
FROM unnest(%(ids)s, %(until)s::timestamptz[]) AS w (id, until) WHERE l.id = w.id
"""

_DROP = """
UPDATE signatures_letter SET dropped_at = statement_timestamp(), claimed_until = NULL,
    reason = %(reason)s WHERE id = ANY(%(ids)s)
"""

NO_ROOM = "too many letters wait for this mailbox"
ENOUGH = "the mailbox has had five letters about this campaign"


class _Due(NamedTuple):
    """A letter that asks for a place in its mailbox; the columns of `_LOOK`."""

    pk: int
    kind: str
    created_at: datetime
    campaign_id: int
    network: memoryview | None
    is_variant: bool
    mailbox: str
    now: datetime
    is_shared: bool
    others: int

    @property
    def is_spelling_about_campaign(self) -> bool:
        return self.is_variant and self.kind != Letter.Kind.DATA_LINK


class _Place(NamedTuple):
    """A letter that has a place among the day's; the columns of `_PLACES`."""

    at: datetime
    campaign_id: int
    network: memoryview | None
    is_confirmed: bool
    is_variant: bool


@dataclass
class _Mailbox:
    """What a mailbox has had: today, newest first, and ever about some campaigns."""

    places: list[_Place]
    ever: dict[int, int] = field(default_factory=dict)
    last: dict[int, datetime] = field(default_factory=dict)

    def free_at(self, due: _Due) -> datetime | None:
        """When there is room for this letter; None: now."""
        waits = [_free_at([place.at for place in self.places], PER_DAY)]
        of_network = [one for one in self.places if one.network == due.network is not None]
        if not any(one.is_confirmed for one in of_network):
            waits.append(_free_at([one.at for one in of_network], MOST_FROM_ONE))
        if due.is_variant:
            waits.append(_free_at([one.at for one in self.places if one.is_variant], MOST_FROM_ONE))
        if due.is_spelling_about_campaign and due.campaign_id in self.last:
            waits.append(self.last[due.campaign_id] + timedelta(minutes=MINUTES_BETWEEN))
        return max((one for one in waits if one and one > due.now), default=None)

    def is_enough(self, due: _Due) -> bool:
        """Whether this is one letter too many about its campaign, however long it waits."""
        ever = self.ever.get(due.campaign_id, 0)
        return due.is_spelling_about_campaign and ever >= PER_SIGNATURE

    def take(self, due: _Due) -> None:
        """Give this letter a place."""
        self.places.insert(0, _Place(due.now, due.campaign_id, due.network, False, due.is_variant))
        if due.kind != Letter.Kind.DATA_LINK:
            self.ever[due.campaign_id] = self.ever.get(due.campaign_id, 0) + 1
            self.last[due.campaign_id] = due.now


def _free_at(taken: Sequence[datetime], most: int) -> datetime | None:
    return taken[most - 1] + DAY if len(taken) >= most else None


class Rations:
    """Holds letters back whose mailbox has no room. For one thread, which drains the outbox."""

    def __init__(self) -> None:
        # Mailboxes under a flood of spellings with so much in line that more need not be asked for.
        self._overflowing: dict[str, datetime] = {}

    def hold_back(self, ids: Sequence[int]) -> set[int]:
        """Put off, or drop, those of the letters just claimed that have no room. Returns their ids.

        For the transaction that claimed them, which began with `ALONE`.
        """
        with connection.cursor() as cursor:
            cursor.execute(_LOOK, {"ids": list(ids), "most": MOST_FROM_ONE})
            looked = [_Due(*row) for row in cursor.fetchall()]
        mailboxes: dict[str, list[_Due]] = defaultdict(list)
        for due in looked:
            mailboxes[due.mailbox].append(due)
        held: set[int] = set()
        for mailbox, dues in mailboxes.items():
            held |= self._hold_back(mailbox, dues)
        return held

    def _hold_back(self, mailbox: str, dues: list[_Due]) -> set[int]:
        until = self._overflowing.get(mailbox)
        if until and until > dues[0].now and all(due.is_variant for due in dues):
            return _drop(dues, NO_ROOM)
        had = _had(mailbox, dues)
        waiting: list[tuple[_Due, datetime]] = []
        enough: list[_Due] = []
        for due in dues:
            if had.is_enough(due):
                enough.append(due)
            elif free_at := had.free_at(due):
                waiting.append((due, free_at))
            else:
                had.take(due)
        held = _drop(enough, ENOUGH) | _put_off(waiting)
        if waiting and _drop_oldest(mailbox) and dues[0].is_shared:
            self._remember(mailbox, min(free_at for _due, free_at in waiting))
        return held

    def _remember(self, mailbox: str, until: datetime) -> None:
        if len(self._overflowing) >= MOST_REMEMBERED:
            self._overflowing.clear()
        self._overflowing[mailbox] = until


def _had(mailbox: str, dues: list[_Due]) -> _Mailbox:
    asked: dict[str, Any] = {
        "mailbox": mailbox,
        "looked": [due.pk for due in dues],
        "campaigns": list({due.campaign_id for due in dues}),
    }
    with connection.cursor() as cursor:
        cursor.execute(_OF_THE_MAILBOX + _PLACES, asked)
        had = _Mailbox([_Place(*row) for row in cursor.fetchall()])
        if dues[0].is_shared:
            cursor.execute(_OF_THE_MAILBOX + _ABOUT_CAMPAIGNS, asked)
            for campaign_id, number, last in cursor.fetchall():
                had.ever[campaign_id], had.last[campaign_id] = number, last
    return had


def _put_off(waiting: list[tuple[_Due, datetime]]) -> set[int]:
    ids = [due.pk for due, _until in waiting]
    if ids:
        with connection.cursor() as cursor:
            cursor.execute(_PUT_OFF, {"ids": ids, "until": [until for _due, until in waiting]})
    return set(ids)


def _drop(dues: Iterable[_Due], reason: str) -> set[int]:
    ids = [due.pk for due in dues]
    if ids:
        with connection.cursor() as cursor:
            cursor.execute(_DROP, {"ids": ids, "reason": reason})
    return set(ids)


def _drop_oldest(mailbox: str) -> bool:
    """Drop what waits longest beyond what three days can carry. Returns whether there was any."""
    asked: dict[str, Any] = {"mailbox": mailbox, "most": MOST_WAITING, "reason": NO_ROOM}
    with connection.cursor() as cursor:
        cursor.execute(_OF_THE_MAILBOX + _DROP_OLDEST, asked)
        return bool(cursor.rowcount)
