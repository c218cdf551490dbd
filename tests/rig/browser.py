"""Finding the browser that tests drive, and installing it where that is possible.

`python -m tests.rig.browser` installs Debian's Chromium when there is none, we are root, and
apt-get works. Otherwise it says what to do; tests that need a browser are then skipped.
"""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
ADVICE = "No Chromium was found: install Debian's package chromium to run the browser tests."


def find() -> str | None:
    """The path of a Chromium, or None."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def flags() -> list[str]:
    """Command line flags: quiet, offline, and without the sandbox that refuses root."""
    return [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else FLAGS


def main() -> None:
    """Install a browser if there is none and that takes no questions."""
    if find():
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        print(ADVICE)
        return
    print("Installing Chromium for the browser tests (once, about 80 MB)…", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["apt-get", "update", "-q"],
        ["apt-get", "install", "-q", "-y", "--no-install-recommends", "chromium"],
    ):
        done = subprocess.run(
            command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True
        )
        if done.returncode:
            print(done.stderr or done.stdout, ADVICE, sep="\n", file=sys.stderr)
            return


if __name__ == "__main__":
    main()
