"""The product's processes under test: real workers and a real web server, to be killed."""

import os
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from deploy.local import ports, programs
from deploy.local.process import Child

_numbers = count(1)
READY_WITHIN = 40.0


def environment_for(database_url: str, **changes: str) -> dict[str, str]:
    """The environment of a process under test: ours, with another database and other changes.

    Without pytest's own variables, tests.settings takes the servers it is given.
    """
    ours = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    return ours | {
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "DATABASE_URL": database_url,
        **changes,
    }


def with_database(url: str, name: str) -> str:
    """The same DATABASE_URL with another database name."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


class Program:
    """A process under test that answers to the signals of an operator, kind or not."""

    def __init__(
        self, name: str, command: list[str], environment: Mapping[str, str], folder: Path
    ) -> None:
        self.name = name
        self.child = Child(
            name,
            command,
            folder / f"{name}-{next(_numbers)}.log",
            environment=environment,
            folder=programs.CHECKOUT,
            grace=20.0,
        )

    @property
    def running(self) -> bool:
        """Whether it runs."""
        return self.child.running

    @property
    def output(self) -> str:
        """What it printed since it was last started."""
        return self.child.output()

    def start(self) -> None:
        """Start it, again if it was stopped, and return when it is ready."""
        self.child.start()
        deadline = time.monotonic() + READY_WITHIN
        while not self.ready():
            if not self.running or time.monotonic() > deadline:
                raise AssertionError(f"{self.name} did not get ready:\n{self.child.tail(40)}")
            time.sleep(0.05)

    def ready(self) -> bool:
        """Whether it has begun its work."""
        return self.running

    def stop(self) -> None:
        """End it in order, as a deployment does (SIGTERM), at most 20 s."""
        self.child.stop()

    def kill(self) -> None:
        """End it and all its children at once, as the out-of-memory killer does (SIGKILL)."""
        self.child.kill()

    def pause(self) -> None:
        """Freeze it (SIGSTOP)."""
        self.child.signal_group(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on after `pause()`."""
        self.child.signal_group(signal.SIGCONT)


class Worker(Program):
    """A real Celery worker, `tx` (with the clock and the letter poller) or `bulk`."""

    def __init__(self, name: str, environment: Mapping[str, str], folder: Path) -> None:
        node = f"test{os.getpid()}-{next(_numbers)}"
        super().__init__(name, programs.worker(name, node), environment, folder)

    def ready(self) -> bool:
        """It has begun its work, or waits for a broker that is away."""
        return " ready." in self.output or "Cannot connect to" in self.output


class Site(Program):
    """A real gunicorn. It keeps its port while it is down: visitors wait, or time out."""

    def __init__(self, environment: Mapping[str, str], folder: Path) -> None:
        self.listener = ports.listen()
        self.url = f"http://{ports.HOST}:{ports.number(self.listener)}"
        descriptor = self.listener.fileno()
        super().__init__("web", programs.web(descriptor), environment, folder)
        self.child.pass_fds = (descriptor,)

    def ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=2) as answer:
                return answer.status == 200
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False

    def close(self) -> None:
        """Stop it and give the port back: from now on visitors are refused."""
        self.stop()
        self.listener.close()
