"""Bring database and static files up to date, in one process: starting Django takes longest."""

import os
import sys
from pathlib import Path

import django
from django.core.management import CommandError, call_command

from deploy.local import programs


def main() -> None:
    """Migrate, collect static files, fill an empty site with its sample; `--demo`: with more."""
    sys.path.insert(0, str(Path(__file__).parents[2]))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "advocacy.settings")
    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    try:
        call_command("prepare_local")
        if programs.DEMO in sys.argv[1:]:
            call_command("make_demo")
    except CommandError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
