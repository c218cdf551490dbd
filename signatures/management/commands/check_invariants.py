from typing import Any

from django.core.management.base import BaseCommand, CommandError

from signatures import invariants


class Command(BaseCommand):
    help = "Checks what must always be true and prints each invariant with its violations."

    def handle(self, *args: Any, **options: Any) -> None:
        broken = 0
        for invariant, violations in invariants.check():
            self.stdout.write(f"{violations:>8}  {invariant.sentence}")
            broken += violations > 0
        if broken:
            raise CommandError(f"{broken} invariants do not hold.")
        self.stdout.write(self.style.SUCCESS("All invariants hold."))
