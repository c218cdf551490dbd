"""`make run`: start everything a site needs, keep it running, and leave nothing behind."""

import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO

from deploy.local import environment, ports, postgres, programs, valkey
from deploy.local.process import Child, die_with_parent, end_leftovers, remember

PORT = 8000
MAILBOX_ABOVE_SITE = 25
# Seconds for second thoughts before a mailing leaves: enough to see how it works.
HOLD = 10
BIGGEST_LOG = 5 * 1024 * 1024
PAUSES = (1, 2, 4, 8, 16)
STEADY_AFTER = 60.0


class Stop(Exception):
    """The user, the terminal or the system asks to stop."""


class Failed(Exception):
    """Running on makes no sense; the message says why and what helps."""


@dataclass
class Service:
    """Something that runs until the end, and how to start it again when it dies."""

    child: Callable[[], Child | None]
    start: Callable[[], None]
    deaths: int = field(default=0, init=False)
    again_at: float | None = field(default=None, init=False)


def say(text: str = "") -> None:
    """Print, unless the terminal is gone: stopping in order matters more than telling."""
    with suppress(OSError, ValueError):
        print(text, flush=True)


def take_lock(var: Path) -> IO[str]:
    """Make sure that nobody else runs this checkout, until the file is closed or the process ends.

    Raises Failed, which tells where the other one runs.
    """
    try:
        (var / "log").mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = (var / "run.lock").open("a+")
    except PermissionError as error:
        raise Failed(
            f"{error.filename} belongs to another account. Run this as that account, or take it"
            f" over:\n    sudo chown -R $(id -un) {var}"
        ) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.seek(0)
        where = lock.read().strip() or "still starting"
        lock.close()
        raise Failed(f"This checkout is running already: {where}.") from None
    lock.truncate(0)
    return lock


class Launcher:
    """One run in one checkout."""

    def __init__(self, checkout: Path, *, with_demo: bool = False) -> None:
        self.checkout = checkout
        self.with_demo = with_demo
        self.var = checkout / "var"
        self.log = self.var / "log"
        self.settings: dict[str, str] = {}
        self.services: list[Service] = []
        self.mailbox_url = ""
        self._asked_to_stop = 0
        self._on_terminal = os.isatty(1)
        self._lock: IO[str] | None = None
        self._sockets: list[socket.socket] = []

    def run(self) -> int:
        """Run until asked to stop. Returns the exit status."""
        for signum in (signal.SIGINT, signal.SIGTERM):
            signal.signal(signum, self._on_signal)
        if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:
            # Ignored already means nohup, which asks to outlive the terminal.
            signal.signal(signal.SIGHUP, self._on_signal)
        if "MAKELEVEL" in os.environ:
            # Started by make: when make is killed, nobody else could stop us.
            die_with_parent(signal.SIGTERM, os.getppid())
        try:
            self._lock = take_lock(self.var)
            self._start_all()
            self._watch()
        except Stop:
            say("\nStopping …")
            return 0
        except (Failed, postgres.Unavailable, valkey.Unavailable) as error:
            say(f"\n{error}")
            return 1
        finally:
            self._stop_all()
        return 0

    # Asked to stop: noted at once, acted on where it is safe.

    def _on_signal(self, signum: int, frame: FrameType | None) -> None:
        self._asked_to_stop += 1

    def _check(self) -> None:
        # A terminal that closes tells the leader of its session, which need not tell us.
        if self._asked_to_stop or (self._on_terminal and not os.isatty(1)):
            raise Stop

    def _sleep(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self._check()
            time.sleep(0.05)

    # Starting.

    def _start_all(self) -> None:
        began = time.monotonic()
        environment.read_user_settings(self.checkout)
        if end_leftovers(self.var / "children.json"):
            say("Ended what an earlier run had left behind.")
        self._keep_logs_small()
        self.settings = environment.kept_secrets(self.var / "local.env")
        site = self._open_site_port()
        if not environment.given("EMAIL_URL"):
            self._start_mailbox(ports.number(site))
        if not environment.given("DATABASE_URL"):
            self._start_postgres()
        if not environment.given("REDIS_URL"):
            self._start_valkey()
        environment.write(self.var / "local.env", self.settings | environment.given_addresses())
        self._prepare()
        self._start_product(site)
        self._await_site(site)
        self._announce(time.monotonic() - began)

    def _keep_logs_small(self) -> None:
        for log in self.log.glob("*.log"):
            if log.stat().st_size > BIGGEST_LOG:
                log.replace(log.with_suffix(".log.old"))

    def _open_site_port(self) -> socket.socket:
        """Listen before anything else starts, so that a busy port costs no time."""
        wanted = os.environ.get("PORT", "")
        try:
            listener = ports.listen_exactly(int(wanted)) if wanted else ports.listen_near(PORT)
        except ports.PortBusy as busy:
            raise Failed(
                f"Port {busy.port} is in use by another program."
                f" Port {busy.free} is free: make run PORT={busy.free}"
            ) from busy
        except (ValueError, OverflowError):
            raise Failed(f"PORT={wanted} is no port: use a number from 1 to 65535.") from None
        port = ports.number(listener)
        if not wanted and port != PORT:
            say(f"Port {PORT} is in use by another program, so the site is on port {port}.")
        self._sockets.append(listener)
        self.settings["SITE_URL"] = f"http://{ports.HOST}:{port}"
        self.settings["ALLOWED_HOSTS"] = f"{ports.HOST},localhost"
        self.settings["MAILING_HOLD_SECONDS"] = str(HOLD)
        assert self._lock
        self._lock.write(f"{self.settings['SITE_URL']} (process {os.getpid()})")
        self._lock.flush()
        return listener

    def _start_mailbox(self, site_port: int) -> None:
        smtp, http = ports.listen(), ports.listen_near(site_port + MAILBOX_ABOVE_SITE)
        self._sockets += [smtp, http]
        site_url = os.environ.get("SITE_URL") or self.settings["SITE_URL"]
        command = [sys.executable, "-m", "deploy.local.mailbox", "--site-url", site_url]
        command += ["--smtp", str(smtp.fileno()), "--http", str(http.fileno())]
        command += ["--folder", str(self.var / "mailbox")]
        self._serve(self._child("mailbox", command, (smtp.fileno(), http.fileno())))
        self.settings["EMAIL_URL"] = f"smtp://{ports.HOST}:{ports.number(smtp)}"
        self.mailbox_url = f"http://{ports.HOST}:{ports.number(http)}/"

    def _start_postgres(self) -> None:
        server = postgres.Postgres(self.var / "postgres", self.log / "postgres.log")
        say("Starting PostgreSQL …" if server.data.exists() else "Creating the database …")
        self.services.append(Service(lambda: server.child, server.start))
        server.start()
        if server.notice:
            say(server.notice)
        server.create_database()
        self.settings["DATABASE_URL"] = server.url()
        self._check()

    def _start_valkey(self) -> None:
        server = valkey.Valkey(self.var / "valkey", self.log / "valkey.log")
        self.services.append(Service(lambda: server.child, server.start))
        server.start()
        self.settings["REDIS_URL"] = server.url()
        self._check()

    def _prepare(self) -> None:
        """Migrate and fill, in the foreground: the organizer's login is printed once."""
        say("Preparing the site …")
        extras = [programs.DEMO] if self.with_demo else []
        process = subprocess.Popen(
            [sys.executable, "-m", "deploy.local.prepare", *extras],
            env=environment.of_children(self.settings),
            cwd=self.checkout,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=self._prepare_dies_with_us(),
        )
        while process.poll() is None:
            if self._asked_to_stop:
                process.terminate()
            time.sleep(0.05)
        self._check()
        if process.returncode:
            raise Failed("Preparing the site failed; the lines above say why.")

    @staticmethod
    def _prepare_dies_with_us() -> Callable[[], None]:
        parent = os.getpid()
        return lambda: die_with_parent(signal.SIGTERM, parent)

    def _start_product(self, site: socket.socket) -> None:
        for name in programs.QUEUES:
            self._serve(self._child(f"worker-{name}", programs.worker(name)))
        self._serve(self._child("web", programs.web(site.fileno()), (site.fileno(),)))

    def _child(self, name: str, command: list[str], pass_fds: tuple[int, ...] = ()) -> Child:
        return Child(
            name,
            command,
            self.log / f"{name}.log",
            environment=environment.of_children(self.settings),
            folder=self.checkout,
            pass_fds=pass_fds,
        )

    def _serve(self, child: Child) -> None:
        self.services.append(Service(lambda: child, child.start))
        child.start()
        self._check()

    def _await_site(self, site: socket.socket) -> None:
        """Return when the site answers; whatever dies on the way is news."""
        url = f"http://{ports.HOST}:{ports.number(site)}/healthz"
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            self._tend()
            try:
                with urllib.request.urlopen(url, timeout=2):
                    return
            except urllib.error.HTTPError as answer:
                if answer.code < 500:
                    return
            except OSError:
                pass
            self._sleep(0.1)
        raise Failed(f"The site does not answer at {url}. See {self.log / 'web.log'}.")

    def _announce(self, seconds: float) -> None:
        site = os.environ.get("SITE_URL", self.settings["SITE_URL"]).rstrip("/")
        say(f"\n  The site is running (ready after {seconds:.0f} s).\n")
        say(f"  Site             {site}/")
        say(f"  Sample campaign  {site}/sign/amazon-rekognition/")
        say(f"  Admin            {site}/admin/")
        if self.mailbox_url:
            say(f"  Mailbox          {self.mailbox_url}   every mail the site sends")
        say("\n  Data and logs are in var/. Ctrl-C stops everything.\n")

    # Running.

    def _watch(self) -> None:
        while True:
            self._tend()
            self._sleep(0.5)

    def _tend(self) -> None:
        """Notice what died, tell the end of its log, and start it again after a growing pause."""
        changed = False
        for service in self.services:
            child = service.child()
            if child is None or child.running:
                continue
            if service.again_at is None:
                self._mourn(service, child)
            elif time.monotonic() >= service.again_at:
                service.again_at = None
                service.start()
                changed = True
        if changed or not (self.var / "children.json").exists():
            remember(self.var / "children.json", self._children())

    def _mourn(self, service: Service, child: Child) -> None:
        if time.monotonic() - child.started_at > STEADY_AFTER:
            service.deaths = 0
        service.deaths += 1
        say(f"\n{child.name} ended by itself (exit status {child.exit_code}). Its log ends:")
        say(child.tail())
        if service.deaths > len(PAUSES):
            raise Failed(f"{child.name} keeps ending, so everything stops now.")
        pause = PAUSES[service.deaths - 1]
        say(f"Starting it again in {pause} s.")
        service.again_at = time.monotonic() + pause

    # Stopping.

    def _children(self) -> list[Child]:
        return [child for service in self.services if (child := service.child())]

    def _stop_all(self) -> None:
        """End all in order: first what serves and sends, last what they write to."""
        children = self._children()
        product = [child for child in children if child.name.startswith(("web", "worker"))]
        servers = [child for child in children if child not in product]
        asked = self._asked_to_stop
        for child in product:
            child.ask_to_stop()
        for child in [*product, *servers]:
            # A second Ctrl-C means: now.
            child.stop(impatient=lambda: self._asked_to_stop > max(asked, 1))
        for listener in self._sockets:
            listener.close()
        if self._lock:
            with suppress(FileNotFoundError):
                (self.var / "children.json").unlink()
            self._lock.truncate(0)
            self._lock.close()
        if children:
            say("Everything has stopped; the data is kept in var/.")


def main() -> None:
    """Run this checkout; `--demo`: with a big made-up organization in it."""
    sys.exit(Launcher(programs.CHECKOUT, with_demo=programs.DEMO in sys.argv[1:]).run())
