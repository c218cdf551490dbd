"""A throw-away PostgreSQL and Valkey for one fault test, which may do to them what it likes."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psycopg2
from django.db import connections

from deploy.local import programs
from deploy.local.postgres import Postgres
from deploy.local.valkey import Valkey
from tests.rig.programs import environment_for


@dataclass
class OwnServers:
    """The servers of one fault test. Both take `start()`, `stop()` and `child.kill()`."""

    postgres: Postgres
    valkey: Valkey

    def environment(self, **changes: str) -> dict[str, str]:
        """The environment of processes that use these servers; `changes` go last.

        To put a proxy between: `environment(DATABASE_URL=proxy.through(own.postgres.url()))`.
        """
        settings = {"REDIS_URL": self.valkey.url(), "CELERY_QUEUE_PREFIX": "", **changes}
        return environment_for(self.postgres.url(), **settings)

    def query(self, sql: str, *parameters: object) -> list[tuple[object, ...]]:
        """Rows of a statement, run on a connection of its own."""
        connection = psycopg2.connect(self.postgres.url())
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute(sql, parameters)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()


def migrated_template(folder: Path) -> Path:
    """Make a stopped cluster with an empty, migrated database; return its folder, to be copied."""
    postgres = Postgres(folder / "template", folder / "template.log", durable=False)
    postgres.start()
    postgres.create_database()
    try:
        subprocess.run(
            programs.manage("migrate", "--verbosity", "0"),
            env=environment_for(postgres.url()),
            cwd=programs.CHECKOUT,
            check=True,
        )
    finally:
        postgres.stop()
    return postgres.folder


@contextmanager
def own_servers(template: Path, folder: Path) -> Iterator[OwnServers]:
    """Start servers on a copy of the template, and point Django's own connection at them."""
    shutil.copytree(template.resolve(), folder / "postgres", dirs_exist_ok=True)
    own = OwnServers(
        Postgres(folder / "postgres", folder / "postgres.log", durable=False),
        Valkey(folder / "valkey", folder / "valkey.log"),
    )
    try:
        own.postgres.start()
        own.valkey.start()
        with django_connected_to(own.postgres):
            yield own
    finally:
        own.postgres.stop()
        own.valkey.stop()
        own.postgres.remove()


@contextmanager
def django_connected_to(postgres: Postgres) -> Iterator[None]:
    """Let this process's models read and write another cluster for a while."""
    # One dictionary serves the connections of every thread, so it is changed in place.
    settings = connections.settings["default"]
    before = dict(settings)
    parts = urlsplit(postgres.url())
    connections.close_all()
    settings.update(
        HOST=parts.hostname,
        PORT=parts.port,
        USER=parts.username,
        PASSWORD=unquote(parts.password or ""),
        NAME=parts.path[1:],
    )
    try:
        yield
    finally:
        connections.close_all()
        settings.update(before)
