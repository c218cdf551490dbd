"""A mailing's recipients, paged by position: the last page costs what the first does."""

import re
from dataclasses import dataclass

from django.db.models import Q

from mailings.models import Mailing, Recipient, SkipReason
from signatures.models import Supporter

PAGE = 100
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
    """A page of deliveries, the status it is filtered by, and where the next page begins."""

    deliveries: list[Delivery]
    status: str
    next_after: str
    statuses: list[tuple[int, str]]


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
    people = Supporter.objects.in_bulk({row.supporter_id for row in rows[:PAGE]})
    return DeliveryPage(
        deliveries=[Delivery(row, people.get(row.supporter_id)) for row in rows[:PAGE]],
        status=status if status in known else "",
        next_after=f"{rows[PAGE - 1].lane}:{rows[PAGE - 1].seq}" if len(rows) > PAGE else "",
        statuses=[(value, str(label)) for value, label in Recipient.Status.choices],
    )
