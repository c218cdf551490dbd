"""manage.py replay_erasures FILE, after an older dump was restored and before it serves or mails.

`manage.py replay_erasures --list > FILE` writes the ledger; keep it beside the backups, fresher.
"""

import sys
from argparse import ArgumentParser, FileType
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from signatures.erasing import ledger, replay


class Command(BaseCommand):
    help = "Erase again whom a restored dump brought back. The ledger holds no address."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--list", action="store_true", help="print the ledger instead")
        parser.add_argument("file", nargs="?", type=FileType(), default=sys.stdin)

    def handle(self, *args: Any, **options: Any) -> None:
        if options["list"]:
            for email_hash, erased_at in ledger():
                self.stdout.write(f"{email_hash} {erased_at.isoformat()}")
            return
        again = replay(_read(options["file"]))
        self.stdout.write(f"Erased again: {again}")


def _read(lines: Iterable[str]) -> Iterator[tuple[str, datetime]]:
    for number, line in enumerate(filter(str.strip, lines), 1):
        email_hash, _blank, erased_at = line.strip().partition(" ")
        try:
            bytes.fromhex(email_hash)
            yield email_hash, datetime.fromisoformat(erased_at)
        except ValueError as error:
            raise CommandError(f"Line {number} is not of the ledger: {error}") from None
