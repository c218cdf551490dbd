"""`migrate` finishes on tables that are large and in use, and keeps nobody waiting for long."""

import threading
import time
from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, connections

from advocacy.management.commands import migrate

pytestmark = pytest.mark.django_db(transaction=True)

# An app that has no migrations of its own lends its name.
APP = "postroom"
FOLDER = "tests.advocacy.migrations_of_a_busy_table"


@pytest.fixture(autouse=True)
def limits_of_a_page(settings, monkeypatch) -> Iterator[None]:
    """Those of the settings, but shorter, so that nobody waits for the test."""
    settings.MIGRATION_MODULES = {APP: FOLDER}
    monkeypatch.setattr(migrate, "PAUSE", 0.1)
    monkeypatch.setattr(migrate, "LOCK_TIMEOUT", "200ms")
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 400; SET lock_timeout = 200")
    yield
    call_command("migrate", APP, "zero", verbosity=0)


def migrate_to(name: str) -> None:
    call_command("migrate", APP, name, verbosity=0)


def limits() -> tuple[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        statement = cursor.fetchone()[0]
        cursor.execute("SHOW lock_timeout")
        return statement, cursor.fetchone()[0]


class InUse(threading.Thread):
    """Somebody works on the table in one long transaction."""

    def __init__(self, seconds: float) -> None:
        super().__init__(daemon=True)
        self.seconds, self.holds = seconds, threading.Event()

    def run(self) -> None:
        with connections["default"].cursor() as cursor:
            cursor.execute("BEGIN; UPDATE busy_table SET number = number")
            self.holds.set()
            time.sleep(self.seconds)
            cursor.execute("COMMIT")
        connections.close_all()


def test_a_statement_may_take_longer_than_a_page_may():
    migrate_to("m0001")
    assert limits() == ("5s", "2s")


@pytest.mark.parametrize("number", [2, 3])
def test_a_table_in_use_for_longer_than_the_limit_is_waited_for(number):
    migrate_to(f"m000{number - 1}")
    other = InUse(1.0)
    other.start()
    assert other.holds.wait(5)
    started = time.monotonic()
    migrate_to(f"m000{number}")
    assert time.monotonic() - started > 0.7
    other.join()


def test_a_table_that_stays_in_use_is_told_and_what_was_applied_stands(monkeypatch):
    monkeypatch.setattr(migrate, "TRIES", 2)
    migrate_to("m0001")
    other = InUse(2.0)
    other.start()
    assert other.holds.wait(5)
    with pytest.raises(CommandError, match="stayed in use"):
        migrate_to("m0002")
    assert limits() == ("5s", "2s")
    other.join()
    migrate_to("m0003")
