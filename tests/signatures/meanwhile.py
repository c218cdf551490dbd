"""Something happens in the middle of something else: the races of one person in several tabs."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

from django.db import connection

PATIENCE = 5.0


@contextmanager
def just_before(part_of_sql: str, act: Callable[[], object]) -> Iterator[None]:
    """Call `act` once, before this thread's first statement that has `part_of_sql` in it."""
    waiting = [act]

    def wrapper(execute: Any, sql: str, *rest: Any) -> Any:
        if waiting and part_of_sql in sql:
            waiting.pop()()
        return execute(sql, *rest)

    with connection.execute_wrapper(wrapper):
        yield
    assert not waiting, f"nothing was asked with {part_of_sql!r}"


class Tab(Thread):
    """Another tab of the same person: `act` on a connection of its own, begun at once."""

    def __init__(self, act: Callable[[], object]) -> None:
        super().__init__()
        self._act = act
        self._error: BaseException | None = None
        self.start()

    def run(self) -> None:
        try:
            self._act()
        except BaseException as error:  # told to the test by `done()`
            self._error = error
        finally:
            connection.close()

    def done(self) -> None:
        """Wait until it is over. Raises what it raised."""
        self.join(timeout=4 * PATIENCE)
        assert not self.is_alive()
        if self._error:
            raise self._error


def until_a_statement_waits_for_a_lock() -> None:
    """Return once some connection to this database waits for another."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with connection.cursor() as cursor:
            # Within a transaction the first look at it would be kept.
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            if cursor.fetchone()[0]:
                return
        time.sleep(0.01)
    raise AssertionError("nobody waits for a lock")
