"""The servers of a test run: one PostgreSQL, one Valkey, and a mail server for each test process.

The first process starts them and tells the others by the environment. Where DATABASE_URL or
REDIS_URL is given, that one is used and none is started.
"""

import os
import random
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from deploy.local import ports
from deploy.local.postgres import Postgres
from deploy.local.valkey import Valkey
from tests.rig.smtp_sink import SMTPSink


@dataclass
class Servers:
    """What this process started and has to stop. `folder` is this process's scratch space."""

    folder: Path
    sink: SMTPSink
    postgres: Postgres | None = None
    valkey: Valkey | None = None

    def stop(self) -> None:
        """Stop what this process started and delete its traces."""
        self.sink.stop()
        if self.postgres:
            self.postgres.stop()
            self.postgres.remove()
        if self.valkey:
            self.valkey.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


_servers: Servers | None = None


def servers() -> Servers:
    """The servers of this process, after `provide()`."""
    assert _servers, "provide() comes first: tests.settings calls it"
    return _servers


def provide() -> Servers:
    """Start what is missing, once in a process, and set the environment that settings read."""
    global _servers
    if _servers:
        return _servers
    folder = Path(tempfile.mkdtemp(prefix="advocacy-tests-"))
    mine = _servers = Servers(folder, SMTPSink())
    mine.sink.start()
    if "DATABASE_URL" not in os.environ:
        mine.postgres = Postgres(folder / "postgres", folder / "postgres.log", durable=False)
        mine.postgres.start()
        os.environ["DATABASE_URL"] = mine.postgres.url()
    if "REDIS_URL" not in os.environ:
        mine.valkey = Valkey(folder / "valkey", folder / "valkey.log", databases=64)
        mine.valkey.start()
        os.environ["REDIS_URL"] = mine.valkey.url()
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    number = int(worker.removeprefix("gw")) + 1 if worker else 0
    broker = os.environ["REDIS_URL"].rpartition("/")
    port = _site_port()
    os.environ |= {
        "REDIS_URL": f"{broker[0]}/{number}",
        "CELERY_QUEUE_PREFIX": f"{worker or 'alone'}-",
        "EMAIL_URL": mine.sink.url,
        "SITE_URL": f"http://{ports.HOST}:{port}",
        "ALLOWED_HOSTS": f"{ports.HOST},localhost,testserver",
        "VAR_DIR": str(folder / "var"),
        "SECRET_KEY": "only-for-tests-signs-nothing-that-anybody-keeps-anywhere",
        "LINK_KEYS": "t1:only-for-tests-the-key-that-signs,t0:only-for-tests-the-key-before-it",
        "SUPPRESSION_KEY": "only-for-tests-hashes-addresses-that-left",
        "ENV_FILE": os.devnull,
    }
    (folder / "var" / "static").mkdir(parents=True)
    return mine


def _site_port() -> int:
    """A port for the site under test, outside the range from which the system hands out its own.

    Links in mails carry it, so it is chosen before anything listens there.
    """
    while True:
        port = random.randrange(20000, 32000)
        try:
            ports.listen(port).close()
        except OSError:
            continue
        return port
