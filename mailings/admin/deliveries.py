"""A mailing's recipients, paged by position: the last page costs what the first does.

Who is looked for is found by indexes of people, and then asked for in the mailing one by one.
"""

import re
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from mailings.models import Mailing, Recipient, SkipReason
from signatures.admin.looking_up import people_at, signed_as
from signatures.models import Supporter

PAGE = 100
# So many people whose address begins as typed are looked through for those who are to get it.
MOST_PEOPLE = 2_000
LONGEST, SHORTEST = 254, 3
# A lane and a number in it. Who was kept back has a number below zero.
_PLACE = re.compile(r"([0-9]{1,4}):(-?[0-9]{1,9})", re.ASCII)


@dataclass(frozen=True)
class Delivery:
    """One line of the list; `supporter` is None for somebody who was erased."""

    recipient: Recipient
    supporter: Supporter | None

    @property
    def reply(self) -> str:
        """What the mail server said, or why there was nothing to say."""
        code = self.recipient.code
        if self.recipient.status == Recipient.Status.SKIPPED and code in SkipReason.values:
            return str(SkipReason(code).label)
        return "" if code is None else str(code)


@dataclass(frozen=True)
class DeliveryPage:
    """A page of deliveries, the status it is filtered by, and where the next page begins; of those
    who were looked for `may_be_more`."""

    deliveries: list[Delivery]
    status: str
    next_after: str
    statuses: list[tuple[int, str]]
    may_be_more: bool = False


def delivery_page(*, mailing: Mailing, status: str, after: str) -> DeliveryPage:
    """The deliveries behind position `after`; words that are no status or position are ignored."""
    wanted = Recipient.objects.filter(mailing=mailing)
    known = {str(value) for value in Recipient.Status.values}
    if status in known:
        wanted = wanted.filter(status=int(status))
    if place := _PLACE.fullmatch(after):
        lane, seq = map(int, place.groups())
        wanted = wanted.filter(Q(lane=lane, seq__gt=seq) | Q(lane__gt=lane))
    rows = list(wanted.order_by("lane", "seq")[: PAGE + 1])
    return DeliveryPage(
        deliveries=_with_people(rows[:PAGE]),
        status=status if status in known else "",
        next_after=f"{rows[PAGE - 1].lane}:{rows[PAGE - 1].seq}" if len(rows) > PAGE else "",
        statuses=_statuses(),
    )


def found_deliveries(*, mailing: Mailing, sought: str, user: Any) -> DeliveryPage:
    """The deliveries to who has this address, or one that begins so, or signed under such a name.

    At most a page of them, and nothing for less than three characters.
    """
    # Neither sorted nor cut off by PostgreSQL, which would walk the whole mailing for a page of it.
    people = _people_sought(sought, user)
    found = Recipient.objects.filter(mailing=mailing, supporter__in=people)
    rows = sorted(found, key=lambda row: (row.lane, row.seq))
    return DeliveryPage(
        deliveries=_with_people(rows[:PAGE]),
        status="",
        next_after="",
        statuses=_statuses(),
        # Neither all whose address begins so nor all who signed so have been looked at.
        may_be_more=len(rows) > PAGE or len(people) >= MOST_PEOPLE,
    )


def _people_sought(sought: str, user: Any) -> list[int]:
    if "@" in sought and (exact := people_at(sought)):
        return exact
    if len(sought) < SHORTEST:
        return []
    begin_so = Supporter.objects.filter(email_key__startswith=sought.lower())
    called = [] if "@" in sought else signed_as(user, sought).values_list("supporter_id", flat=True)
    return [*begin_so.values_list("pk", flat=True)[:MOST_PEOPLE], *called]


def _with_people(rows: list[Recipient]) -> list[Delivery]:
    people = Supporter.objects.in_bulk({row.supporter_id for row in rows})
    return [Delivery(row, people.get(row.supporter_id)) for row in rows]


def _statuses() -> list[tuple[int, str]]:
    return [(value, str(label)) for value, label in Recipient.Status.choices]
