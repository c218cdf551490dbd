"""The product's own processes, as `make run` and the tests start them."""

import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]

# Asks `deploy.local` for more than the sample.
DEMO = "--demo"

QUEUES = {"tx": "tx,events", "bulk": "bulk"}


def worker(name: str, node: str = "local") -> list[str]:
    """The command of a worker: `tx` sends letters and runs the clock, `bulk` sends mailings."""
    command = [sys.executable, "-m", "celery", "-A", "advocacy", "worker", "-Q", QUEUES[name]]
    command += ["--pool=threads", "-c", "4", "-n", f"{name}-{node}@%h", "-l", "INFO"]
    # They greet nobody: workers learn nothing from each other, and starting is a second faster.
    command += ["--without-mingle", "--without-gossip"]
    return [*command, "-B"] if name == "tx" else command


def web(listener: int) -> list[str]:
    """The command of the web server, on a listening socket that it inherits by number."""
    command = [sys.executable, "-m", "gunicorn", "advocacy.wsgi", "--bind", f"fd://{listener}"]
    command += ["--worker-class", "gthread", "--workers", "2", "--threads", "4"]
    return [*command, "--no-control-socket", "--graceful-timeout", "10"]


def manage(*arguments: str) -> list[str]:
    """A management command."""
    return [sys.executable, str(CHECKOUT / "manage.py"), *arguments]
