"""Settings of a laptop run: what the user gave, secrets made once, what this run started."""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

import environ

SECRETS = ("SECRET_KEY", "LINK_KEYS", "SUPPRESSION_KEY")
ADDRESSES = ("DATABASE_URL", "REDIS_URL", "EMAIL_URL", "SITE_URL", "ALLOWED_HOSTS")
HEADER = """\
# Written by `make run`. The keys are made once: links in mails already sent and the list of people
# who left depend on them. The addresses are those of the latest run. To type commands against it:
#   ENV_FILE=var/local.env .venv/bin/python manage.py shell
"""


def read_user_settings(checkout: Path) -> None:
    """Load `.env`, or the file that ENV_FILE names, into the environment, which goes first."""
    file = Path(os.environ.get("ENV_FILE") or checkout / ".env")
    if file.is_file():
        environ.Env.read_env(str(file))


def given(name: str) -> bool:
    """Whether the user set this one."""
    return bool(os.environ.get(name))


def given_addresses() -> dict[str, str]:
    """The addresses of servers and site that the user set."""
    return {name: os.environ[name] for name in ADDRESSES if given(name)}


def kept_secrets(file: Path) -> dict[str, str]:
    """The secrets in the file, and new ones for those it lacks."""
    lines = file.read_text().splitlines() if file.exists() else []
    kept = dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
    made = {
        "SECRET_KEY": secrets.token_urlsafe(48),
        "LINK_KEYS": f"k1:{secrets.token_urlsafe(32)}",
        "SUPPRESSION_KEY": secrets.token_urlsafe(32),
    }
    return {name: kept.get(name) or made[name] for name in SECRETS}


def write(file: Path, settings: Mapping[str, str]) -> None:
    """Write settings down, readable by this account alone; a cut leaves the old file."""
    new = file.with_suffix(".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT, 0o600), "w") as lines:
        lines.write(HEADER)
        lines.writelines(f"{name}={value}\n" for name, value in settings.items())
    new.replace(file)


def of_children(settings: Mapping[str, str]) -> dict[str, str]:
    """The environment of what the launcher starts: the user's goes before ours."""
    ours = {name: value for name, value in settings.items() if not given(name)}
    inherited = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    return inherited | ours | {"PYTHONUNBUFFERED": "1"}
