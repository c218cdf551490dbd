import os
import signal
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from deploy.local import postgres
from deploy.local.postgres import Postgres, Unavailable

SYSTEM = sorted(Path("/usr/lib/postgresql").glob("*/bin"))


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Postgres]:
    server = Postgres(tmp_path / "postgres", tmp_path / "log", durable=False)
    yield server
    server.stop()
    server.remove()


def ask(server: Postgres, sql: str, database: str = "advocacy") -> object:
    connection = psycopg2.connect(server.url(database))
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(sql)
            row = cursor.fetchone() if cursor.description else None
            return row and row[0]
    finally:
        connection.close()


def test_data_survives_a_restart_and_a_kill(cluster: Postgres):
    cluster.start()
    cluster.create_database()
    cluster.create_database()
    ask(cluster, "CREATE TABLE kept AS SELECT 7 AS number")
    cluster.stop()
    cluster.start()
    assert cluster.child
    os.kill(cluster.child.pid, signal.SIGKILL)
    while cluster.child.running:
        pass
    port = cluster.port
    cluster.start()
    assert ask(cluster, "SELECT number FROM kept") == 7
    assert cluster.port == port


def test_it_starts_although_its_old_number_belongs_to_a_stranger(cluster: Postgres):
    cluster.start()
    cluster.stop()
    (cluster.data / "postmaster.pid").write_text(f"{os.getppid()}\n{cluster.data}\n")
    cluster.start()
    assert ask(cluster, "SELECT 1", "postgres") == 1


def test_a_password_is_needed_and_letters_are_unicode(cluster: Postgres):
    cluster.start()
    with pytest.raises(psycopg2.OperationalError, match="password"):
        psycopg2.connect(cluster.url("postgres").replace(cluster.password, "wrong"))
    assert ask(cluster, "SELECT lower('ÉCOLE Ж')", "postgres") == "école ж"


@pytest.mark.skipif(os.geteuid() != 0, reason="asks what happens to root")
def test_root_without_namespaces_lends_it_an_account_and_says_where_the_data_lies(tmp_path: Path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    server = Postgres(closed / "postgres", tmp_path / "log", durable=False, namespaces=False)
    try:
        server.start()
        server.create_database()
        ask(server, "CREATE TABLE kept AS SELECT 7 AS number")
        assert server.data.stat().st_uid != 0
        assert str(server.folder.resolve()) in server.notice
        server.stop()
        again = Postgres(closed / "postgres", tmp_path / "log", durable=False)
        again.start()
        assert ask(again, "SELECT number FROM kept") == 7
        again.stop()
    finally:
        server.stop()
        server.remove()
    assert not server.data.exists()


@pytest.mark.skipif(not SYSTEM, reason="the system has no PostgreSQL")
def test_the_system_s_programs_do_where_the_wheel_does_not_fit(
    cluster: Postgres, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("POSTGRES_BIN", raising=False)
    monkeypatch.setattr(postgres, "find_spec", lambda name: None)
    cluster.start()
    assert cluster.bin == SYSTEM[-1]
    assert ask(cluster, "SELECT lower('É')", "postgres") == "é"


def test_without_any_programs_the_message_asks_for_a_database(
    cluster: Postgres, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setenv("POSTGRES_BIN", str(tmp_path))
    with pytest.raises(Unavailable, match="DATABASE_URL"):
        cluster.start()


def test_data_of_another_version_is_left_alone(cluster: Postgres):
    cluster.start()
    cluster.stop()
    (cluster.data / "PG_VERSION").write_text("9\n")
    with pytest.raises(Unavailable, match="made by PostgreSQL 9"):
        cluster.start()
    assert cluster.data.exists()
