"""Child processes that never outlive whoever started them."""

import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

PR_SET_PDEATHSIG = 1
# Loaded once here: between fork and exec there is no safe moment to load a library.
libc = ctypes.CDLL(None, use_errno=True)


def die_with_parent(signum: int, parent: int) -> None:
    """Ask Linux to send `signum` to this process when `parent` is gone. Elsewhere does nothing."""
    if sys.platform != "linux":
        return
    libc.prctl(PR_SET_PDEATHSIG, signum, 0, 0, 0)
    if os.getppid() != parent:
        # The parent went between fork and prctl, so nobody will send the signal.
        os.kill(os.getpid(), signum)


@dataclass
class Child:
    """One long-running program, leader of its own session, with its output in a log file.

    `stop_signal` asks it to end in order; after `grace` seconds it is killed. `become` runs in
    the new process before exec and may change its account.
    """

    name: str
    command: Sequence[str | Path]
    log: Path
    environment: Mapping[str, str] | None = None
    folder: Path | None = None
    stop_signal: int = signal.SIGTERM
    grace: float = 15.0
    pass_fds: Sequence[int] = ()
    become: Callable[[], None] | None = None
    process: subprocess.Popen[bytes] | None = field(default=None, init=False, repr=False)
    started_at: float = field(default=0.0, init=False)
    log_start: int = field(default=0, init=False)

    def start(self) -> None:
        """Start the program. Call it from the main thread: Linux ties the parent's death to it."""
        parent = os.getpid()

        def enter() -> None:
            # Changing account clears the death signal, so the order matters.
            if self.become:
                self.become()
            die_with_parent(self.stop_signal, parent)

        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self.log_start = log.tell()
            self.process = subprocess.Popen(
                [str(part) for part in self.command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self.environment,
                cwd=self.folder,
                pass_fds=self.pass_fds,
                start_new_session=True,
                preexec_fn=enter,
            )
        self.started_at = time.monotonic()

    @property
    def pid(self) -> int:
        """The process id, also after the process has ended."""
        assert self.process is not None, f"{self.name} was never started"
        return self.process.pid

    @property
    def running(self) -> bool:
        """Whether the program still runs. Once it does not, the rest of its group is ended too."""
        if self.process is None or self.process.returncode is not None:
            return False
        options = os.WEXITED | os.WNOHANG | os.WNOWAIT
        if os.waitid(os.P_PID, self.pid, options) is None:
            return True
        # Not reaped yet, so the group's number cannot have passed to a stranger.
        self.signal_group(signal.SIGKILL)
        self.process.wait()
        return False

    @property
    def exit_code(self) -> int | None:
        """The exit status, negative for the number of the signal that ended it."""
        return self.process.returncode if self.process else None

    def signal_group(self, signum: int) -> None:
        """Send a signal to the program and to every process it started."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signum)

    def ask_to_stop(self) -> None:
        """Send the stop signal to the leader, which ends its own children in order."""
        if self.running:
            with suppress(ProcessLookupError):
                os.kill(self.pid, self.stop_signal)

    def stop(self, impatient: Callable[[], bool] = lambda: False) -> None:
        """End the program: in order within `grace` seconds, or at once when `impatient()`."""
        self.ask_to_stop()
        deadline = time.monotonic() + self.grace
        while self.running:
            if time.monotonic() > deadline or impatient():
                self.kill()
            time.sleep(0.02)

    def kill(self) -> None:
        """End the program and all it started without a chance to clean up, as `kill -9` does."""
        if self.running:
            self.signal_group(signal.SIGKILL)
            assert self.process is not None
            self.process.wait()

    def output(self) -> str:
        """What the program has written to its log since it was last started."""
        with self.log.open("rb") as log:
            log.seek(self.log_start)
            return log.read().decode(errors="replace")

    def tail(self, lines: int = 12) -> str:
        """The last lines of `output()`, indented for a message."""
        return "\n".join(f"    {line}" for line in self.output().splitlines()[-lines:])


def remember(file: Path, children: Sequence[Child]) -> None:
    """Write down who runs, so that a later start can recognise what a killed launcher left."""
    records = []
    for child in children:
        with suppress(psutil.NoSuchProcess):
            if child.running:
                born = psutil.Process(child.pid).create_time()
                records.append({"pid": child.pid, "born": born, "signal": int(child.stop_signal)})
    file.write_text(json.dumps(records))


def end_leftovers(file: Path, patience: float = 15.0) -> int:
    """End what an earlier, killed launcher left running, and return how many there were.

    A process counts as left over only when both its number and its birth time are those
    written down by `remember()`: numbers alone are reused.
    """
    try:
        records = json.loads(file.read_text())
    except (FileNotFoundError, ValueError):
        return 0
    leftovers = []
    for record in records:
        with suppress(psutil.NoSuchProcess):
            process = psutil.Process(record["pid"])
            if abs(process.create_time() - record["born"]) < 0.1:
                process.send_signal(record["signal"])
                leftovers.append(process)
    _, stubborn = psutil.wait_procs(leftovers, timeout=patience)
    for process in stubborn:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    file.unlink()
    return len(leftovers)
