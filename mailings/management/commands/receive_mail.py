"""Takes in one mail from a mail server's pipe. Exit codes are those of sysexits.h."""

import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import Error as DatabaseTrouble

from mailings.arriving import take_in
from postroom.inbound import MOST_BYTES

EX_DATAERR, EX_TEMPFAIL = 65, 75
# Where mail servers that give no argument put the address of the envelope.
ENVIRONMENT = ("ORIGINAL_RECIPIENT", "RECIPIENT", "LOCAL_PART_AND_DOMAIN")


class Command(BaseCommand):
    help = (
        "Take in one mail from standard input: a bounce, a complaint, an unsubscribe or a reply."
        " Ends with 75, for the mail server to try again, when it could not be stored."
    )
    requires_system_checks = ()  # a mail must not wait for them

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "recipient", nargs="?", help="address of the envelope; else of $ORIGINAL_RECIPIENT"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        recipient = options["recipient"] or next(filter(None, map(os.environ.get, ENVIRONMENT)), "")
        raw = sys.stdin.buffer.read(MOST_BYTES)
        while sys.stdin.buffer.read(MOST_BYTES):
            pass  # a mail server whose pipe breaks would send the mail back
        if not raw.strip():
            self.stderr.write("There is no mail on standard input.")
            sys.exit(EX_DATAERR)
        try:
            take_in(raw=raw, recipient=recipient)
        except DatabaseTrouble as trouble:
            self.stderr.write(f"Not stored, try again: {type(trouble).__name__}")
            sys.exit(EX_TEMPFAIL)
