"""What an event makes of the row of its message and of the person behind it."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection

from mailings.models import MailEvent, Mailing, Recipient
from signatures.leaving import by_mail_program, unsubscribe
from signatures.models import Letter
from signatures.suppressing import suppress_missing, suppress_returning, take_complaint

Kind, Status = MailEvent.Kind, Recipient.Status

APPLIED, NOTHING_NEW, NEVER_SENT = "applied", "nothing new", "never sent"
# What stands in a recipient's `code` when its mail came back.
CODES = {Kind.HARD: 550, Kind.REFUSED: 554, Kind.SOFT: 450}
# So many of the last so many mailings to a person came back for now: no more of them.
RETURNED, OF_THE_LAST = 3, 5

# What a row becomes, and which of two events counts: the later one in this list.
_BECOMES: dict[str, tuple[int, int | None]] = {
    Kind.DELIVERED: (Status.DELIVERED, None),
    Kind.SOFT: (Status.BOUNCED, CODES[Kind.SOFT]),
    Kind.REFUSED: (Status.BOUNCED, CODES[Kind.REFUSED]),
    Kind.HARD: (Status.BOUNCED, CODES[Kind.HARD]),
    Kind.COMPLAINED: (Status.COMPLAINED, None),
}
_KIND_RANKS = {kind: rank for rank, kind in enumerate(_BECOMES, start=1)}
_RANKS = {become: rank for rank, become in enumerate(_BECOMES.values(), start=1)}
_LEFT = {Status.SENT, Status.UNKNOWN, Status.DELIVERED, Status.BOUNCED, Status.COMPLAINED}

Row = tuple[int, int]

_LOCK = """
SELECT r.mailing_id, r.supporter_id, r.status, r.code
FROM mailings_recipient r
JOIN unnest(%(mailings)s::bigint[], %(people)s::bigint[]) AS said (mailing, supporter)
    ON r.mailing_id = said.mailing AND r.supporter_id = said.supporter
ORDER BY r.supporter_id, r.mailing_id
FOR NO KEY UPDATE OF r
"""
_MOVE = """
UPDATE mailings_recipient r SET status = new.status, code = coalesce(new.code, r.code)
FROM unnest(%(mailings)s::bigint[], %(people)s::bigint[], %(statuses)s::int[], %(codes)s::int[])
    AS new (mailing, supporter, status, code)
WHERE r.mailing_id = new.mailing AND r.supporter_id = new.supporter
"""


def hear_of_mailings(events: list[MailEvent]) -> dict[int, str]:
    """Apply events of bulk mail. Returns what came of each by its id; those too early are left out.

    An event counts for the person whom its message went to, whoever else it may name, and only
    when the message has left.
    """
    rows = _lock({_row_of(event) for event in events})
    standing = {row: _RANKS.get(found, 0) for row, found in rows.items()}
    outcomes: dict[int, str] = {}
    new: dict[Row, int] = {}
    heard: dict[str, list[MailEvent]] = defaultdict(list)
    for event in events:
        row = _row_of(event)
        if row not in rows:
            outcomes[event.pk] = NEVER_SENT
        elif rows[row][0] in _LEFT:
            if (rank := _KIND_RANKS.get(event.kind, 0)) > standing[row]:
                standing[row] = new[row] = rank
                outcomes[event.pk] = APPLIED
            outcomes.setdefault(event.pk, NOTHING_NEW)
            heard[event.kind].append(event)
        elif rows[row][0] in {Status.FAILED, Status.SKIPPED}:
            outcomes[event.pk] = NEVER_SENT
    _move(new)
    _tell_of(heard, _organizations(events))
    return outcomes


def _row_of(event: MailEvent) -> Row:
    return event.mailing_number or 0, event.supporter_number or 0


def _lock(rows: set[Row]) -> dict[Row, tuple[int, int | None]]:
    """The rows as they are, locked in one order; a code only where it tells bounces apart."""
    if not rows:
        return {}
    mailings, people = zip(*rows, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, {"mailings": list(mailings), "people": list(people)})
        return {
            (mailing, supporter): (status, code if status == Status.BOUNCED else None)
            for mailing, supporter, status, code in cursor.fetchall()
        }


def _move(new: dict[Row, int]) -> None:
    if not new:
        return
    becomes = dict(enumerate(_BECOMES.values(), start=1))
    what: dict[str, Any] = {
        "mailings": [mailing for mailing, _supporter in new],
        "people": [supporter for _mailing, supporter in new],
        "statuses": [becomes[rank][0] for rank in new.values()],
        "codes": [becomes[rank][1] for rank in new.values()],
    }
    with connection.cursor() as cursor:
        cursor.execute(_MOVE, what)


def _organizations(events: list[MailEvent]) -> dict[int, int]:
    numbers = {event.mailing_number or 0 for event in events}
    return dict(Mailing.objects.filter(pk__in=numbers).values_list("pk", "organization_id"))


def _tell_of(heard: dict[str, list[MailEvent]], organization_of: dict[int, int]) -> None:
    """What it means for the people."""
    suppress_missing(_moments(heard[Kind.HARD]))
    suppress_returning(_often_returned(_moments(heard[Kind.SOFT])))
    for event in heard[Kind.COMPLAINED]:
        take_complaint(
            supporter_id=event.supporter_number or 0,
            organization_id=organization_of[event.mailing_number or 0],
            happened_at=event.happened_at,
        )
    for event in heard[Kind.UNSUBSCRIBED]:
        unsubscribe(
            supporter_id=event.supporter_number or 0,
            organization_id=organization_of[event.mailing_number or 0],
            via=by_mail_program(event.mailing_number or 0),
        )


def _moments(events: Iterable[MailEvent]) -> dict[int, datetime]:
    """Each person and when the last of these events happened."""
    found: dict[int, datetime] = {}
    for event in sorted(events, key=lambda one: one.happened_at):
        found[event.supporter_number or 0] = event.happened_at
    return found


# By the index on person and mailing. A mailing counts once, however often it is said to be back.
_OFTEN = """
SELECT p.id FROM unnest(%(people)s::bigint[]) AS p (id)
WHERE (
    SELECT count(*) FILTER (WHERE status = %(bounced)s AND code = %(soft)s)
    FROM (
        SELECT status, code FROM mailings_recipient
        WHERE supporter_id = p.id AND status = ANY(%(left)s)
        ORDER BY mailing_id DESC LIMIT %(last)s
    ) newest
) >= %(returned)s
"""


def _often_returned(heard: dict[int, datetime]) -> dict[int, datetime]:
    if not heard:
        return {}
    what: dict[str, Any] = {
        "people": list(heard),
        "bounced": int(Status.BOUNCED),
        "soft": CODES[Kind.SOFT],
        "left": [int(status) for status in _LEFT],
        "last": OF_THE_LAST,
        "returned": RETURNED,
    }
    with connection.cursor() as cursor:
        cursor.execute(_OFTEN, what)
        return {person: heard[person] for (person,) in cursor.fetchall()}


def hear_of_letters(events: list[MailEvent]) -> dict[int, str]:
    """Apply events of letters. Returns what came of each by its id, save what is too early."""
    numbers = {event.letter_number or 0 for event in events}
    found = Letter.objects.select_related("signature__campaign").in_bulk(numbers)
    outcomes: dict[int, str] = {}
    missing: dict[int, datetime] = {}
    for event in events:
        letter = found.get(event.letter_number or 0)
        if letter is None or letter.dropped_at:
            outcomes[event.pk] = NEVER_SENT
        elif letter.sent_at:
            outcomes[event.pk] = APPLIED if event.kind in _OF_LETTERS else NOTHING_NEW
            if event.kind == Kind.HARD:
                letter.bounce(event.happened_at)
                missing[letter.supporter_id] = event.happened_at
            elif event.kind in {Kind.COMPLAINED, Kind.UNSUBSCRIBED}:
                _leave_by_letter(event, letter)
    suppress_missing(missing)
    return outcomes


_OF_LETTERS = {Kind.HARD, Kind.COMPLAINED, Kind.UNSUBSCRIBED}


def _leave_by_letter(event: MailEvent, letter: Letter) -> None:
    who = {
        "supporter_id": letter.supporter_id,
        "organization_id": letter.signature.campaign.organization_id,
    }
    if event.kind == Kind.COMPLAINED:
        take_complaint(**who, happened_at=event.happened_at)
    else:
        unsubscribe(**who, via="mail program, letter")
