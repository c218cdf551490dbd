import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from deploy.local.launcher import Failed, take_lock
from deploy.local.process import Child, end_leftovers, remember

PARENT_AND_CHILD = """
import sys, time
from pathlib import Path
from deploy.local.process import Child
child = Child("sleeper", ["sleep", "600"], Path(sys.argv[1]))
child.start()
print(child.pid, flush=True)
time.sleep(600)
"""


def gone(pid: int, within: float = 5.0) -> bool:
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.02)
    return False


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "log"


@pytest.mark.skipif(sys.platform != "linux", reason="Linux alone tells children at once")
def test_a_child_goes_when_its_launcher_is_killed(log: Path):
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT_AND_CHILD, str(log)], stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout
    child = int(parent.stdout.readline())
    assert psutil.pid_exists(child)
    parent.kill()
    parent.wait()
    assert gone(child)


def test_grandchildren_go_with_a_child_that_was_killed(log: Path):
    child = Child("shell", ["sh", "-c", "sleep 600 & echo $!; wait"], log)
    child.start()
    while not child.output():
        time.sleep(0.01)
    grandchild = int(child.output())
    os.kill(child.pid, signal.SIGKILL)
    while child.running:
        time.sleep(0.01)
    assert gone(grandchild)
    assert child.exit_code == -signal.SIGKILL


def test_a_child_that_will_not_stop_is_killed_after_its_grace(log: Path):
    child = Child("deaf", ["sh", "-c", "trap '' TERM; echo up; sleep 600 & wait; wait"], log)
    child.grace = 0.2
    child.start()
    while not child.output():
        time.sleep(0.01)
    child.stop()
    assert child.exit_code == -signal.SIGKILL


def test_the_next_start_ends_what_a_killed_launcher_left(log: Path, tmp_path: Path):
    child = Child("sleeper", ["sleep", "600"], log)
    child.start()
    remember(tmp_path / "children.json", [child])
    assert end_leftovers(tmp_path / "children.json") == 1
    assert gone(child.pid)
    assert end_leftovers(tmp_path / "children.json") == 0


def test_a_stranger_who_got_the_number_of_a_child_is_left_alone(log: Path, tmp_path: Path):
    stranger = Child("sleeper", ["sleep", "600"], log)
    stranger.start()
    try:
        file = tmp_path / "children.json"
        file.write_text(f'[{{"pid": {stranger.pid}, "born": 1000.0, "signal": 15}}]')
        assert end_leftovers(file) == 0
        assert stranger.running
    finally:
        stranger.kill()


def test_a_second_start_is_refused_and_told_where_the_first_one_runs(tmp_path: Path):
    first = take_lock(tmp_path)
    first.write("http://127.0.0.1:8000 (process 1)")
    first.flush()
    with pytest.raises(Failed, match=r"http://127\.0\.0\.1:8000"):
        take_lock(tmp_path)
    first.close()
    take_lock(tmp_path).close()
