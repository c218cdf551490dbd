from typing import Any

from django.core.management.base import BaseCommand, CommandError

from campaigns.models import Organization
from mailings import readiness
from postroom.findings import Grade

_MARKS = {Grade.GOOD: "ok", Grade.ADVICE: "advice", Grade.WRONG: "WRONG", Grade.UNKNOWN: "?"}


class Command(BaseCommand):
    help = "Checks whether mail from here would arrive; exits with 1 when something is wrong."

    def handle(self, *args: Any, **options: Any) -> None:
        wrong = 0
        for finding in readiness.check(Organization.objects.order_by("pk")):
            wrong += finding.grade is Grade.WRONG
            self.stdout.write(f"{_MARKS[finding.grade]:>7}  {finding.subject}: {finding.text}")
            if finding.advice:
                self.stdout.write(f"{'':>9}{finding.advice}")
        if wrong:
            raise CommandError(f"{wrong} of these keep mail from arriving.")
        self.stdout.write(self.style.SUCCESS("Ready to send."))
