"""A mailing's recipients, paged by position: the last page costs what the first does."""

from dataclasses import dataclass

from mailings.models import Mailing, Recipient
from signatures.models import Supporter

PAGE = 100


@dataclass(frozen=True)
class Delivery:
    """One line of the list; `supporter` is None for somebody who was erased."""

    recipient: Recipient
    supporter: Supporter | None


@dataclass(frozen=True)
class DeliveryPage:
    """A page of deliveries, the status it is filtered by, and where the next page begins."""

    deliveries: list[Delivery]
    status: str
    next_after: int | None
    statuses: list[tuple[int, str]]


def delivery_page(*, mailing: Mailing, status: str, after: str) -> DeliveryPage:
    """The deliveries behind position `after`; words that are no status or position are ignored."""
    wanted = Recipient.objects.filter(mailing=mailing)
    known = {str(value) for value in Recipient.Status.values}
    if status in known:
        wanted = wanted.filter(status=int(status))
    if after.isascii() and after.isdigit() and len(after) < 10:
        wanted = wanted.filter(seq__gt=int(after))
    rows = list(wanted.order_by("lane", "seq")[: PAGE + 1])
    people = Supporter.objects.in_bulk({row.supporter_id for row in rows[:PAGE]})
    return DeliveryPage(
        deliveries=[Delivery(row, people.get(row.supporter_id)) for row in rows[:PAGE]],
        status=status if status in known else "",
        next_after=rows[PAGE - 1].seq if len(rows) > PAGE else None,
        statuses=[(value, str(label)) for value, label in Recipient.Status.choices],
    )
