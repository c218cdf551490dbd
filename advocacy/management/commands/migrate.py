"""`migrate` on a table of ten million rows, beside people who sign.

The limits of `settings.DATABASES` are those of a visitor's page. An index over every signature
takes minutes, so no statement of a migration has a limit. What takes a table for itself does so in
a transaction and waits for it briefly, since everybody queues behind who waits; then it is tried
again. What is built beside the running site, outside a transaction, waits as long as it must.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import OperationalError, connections
from django.db.migrations import Migration

# PostgreSQL's limit on waiting for a lock, and how often and how long after it is tried again.
LOCK_TIMEOUT = "2s"
TRIES = 60
PAUSE = 5.0

_LOCK_NOT_AVAILABLE = "55P03"


class Command(migrate.Command):
    """Django's own, with limits for a running site."""

    def handle(self, *args: Any, **options: Any) -> None:
        self._database = options["database"]
        with self._no_limit():
            for _number in range(TRIES):
                try:
                    super().handle(*args, **options)
                    return
                except OperationalError as error:
                    if getattr(error.__cause__, "pgcode", "") != _LOCK_NOT_AVAILABLE:
                        raise
                    self.stdout.write(" a table is in use: trying again")
                    time.sleep(PAUSE)
        raise CommandError(
            "A table stayed in use. What was applied stands; end the long transaction that holds"
            " the table (see pg_stat_activity) and migrate again."
        )

    def migration_progress_callback(
        self, action: str, migration: Migration | None = None, fake: bool = False
    ) -> None:
        """Before each migration, say how long it may wait for a table."""
        super().migration_progress_callback(action, migration, fake)
        if migration and action in ("apply_start", "unapply_start"):
            self._set("lock_timeout", LOCK_TIMEOUT if migration.atomic else "0")

    @contextmanager
    def _no_limit(self) -> Iterator[None]:
        self._set("statement_timeout", "0")
        try:
            yield
        finally:
            # A transaction that failed takes its settings back by itself.
            if not connections[self._database].needs_rollback:
                self._set("statement_timeout", None)
                self._set("lock_timeout", None)

    def _set(self, name: str, value: str | None) -> None:
        """For the session; None is what the settings say."""
        with connections[self._database].cursor() as cursor:
            if value is None:
                cursor.execute(f"RESET {name}")
            else:
                cursor.execute("SELECT set_config(%s, %s, false)", [name, value])
