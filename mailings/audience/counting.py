"""How many people a mailing would reach if it went out now, and some of them."""

from typing import Any

from django.db import connection, transaction

from mailings.audience.rule import LIVE, RULE, parameters_of, take_time
from mailings.models import Mailing
from signatures.addresses import mask


def count(mailing: Mailing) -> int:
    """How many people would get the mailing if it went out now."""
    return int(_ask(f"SELECT count(*) {LIVE} AND {RULE}", mailing)[0][0])


def samples(mailing: Mailing, most: int = 5) -> list[str]:
    """A few addresses of the audience, masked."""
    newest = f"SELECT p.email {LIVE} AND {RULE} ORDER BY s.id DESC LIMIT {int(most)}"
    return [mask(address) for (address,) in _ask(newest, mailing)]


@transaction.atomic
def _ask(question: str, mailing: Mailing) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        take_time(cursor)
        cursor.execute(question, parameters_of(mailing))
        return cursor.fetchall()
