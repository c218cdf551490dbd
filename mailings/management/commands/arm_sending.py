from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mailings.arming import arm_sending, waiting
from signatures.arming import is_armed


class Command(BaseCommand):
    help = (
        "Lets mail leave from this host with this database. Needed once after a restore, a move or "
        "a change of SENDING_KEY; never on a copy that is for looking at."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--yes", action="store_true", help="do not ask")

    def handle(self, *args: Any, **options: Any) -> None:
        if is_armed():
            self.stdout.write("Sending is armed on this host already.")
            return
        found = waiting()
        self.stdout.write(
            f"{found.letters} letters are waiting and will go out at once.\n"
            f"{found.sending} mailings under way will be paused, {found.scheduled} scheduled ones"
            " taken back: look at each before it goes on.\n"
            "No other host may be sending with a copy of this database."
        )
        if not options["yes"] and input("Type 'arm' to go on: ").strip() != "arm":
            raise CommandError("Nothing was changed.")
        arm_sending()
        self.stdout.write(self.style.SUCCESS("Sending is armed."))
