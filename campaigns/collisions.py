"""What was free when somebody looked is taken when they write: seen from the database's answer."""

from collections.abc import Callable
from typing import TypeVar

from django.db import IntegrityError
from psycopg2.errors import UniqueViolation

T = TypeVar("T")
TRIES = 5


def is_collision(error: IntegrityError) -> bool:
    """Whether another row has what was to be unique."""
    return isinstance(error.__cause__, UniqueViolation)


def until_free(make: Callable[[], T]) -> T:
    """What `make` makes, which looks for a free address itself and looks again if it loses one.

    `make` is a transaction of its own. Raises IntegrityError for anything but a lost address.
    """
    for _try in range(TRIES - 1):
        try:
            return make()
        except IntegrityError as error:
            if not is_collision(error):
                raise
    return make()
