import secrets
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.management.base import BaseCommand, CommandError, CommandParser

from advocacy.demo.filling import NotHere, fill_demo
from advocacy.demo.stories import SUPPORTERS
from campaigns.models import Organization

APPROVER = "approver"


class Command(BaseCommand):
    help = (
        "Adds a made-up organization with 200,000 supporters and fourteen months behind it, to"
        " look around in and to load. Only on a site that no mail leaves; a second run changes"
        " nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--supporters", type=int, default=SUPPORTERS, help="how many people")

    def handle(self, *args: Any, supporters: int = SUPPORTERS, **options: Any) -> None:
        self.stdout.write(f"Making up {supporters:,} people and what they signed; two minutes …")
        try:
            organization = fill_demo(supporters=supporters)
        except NotHere as error:
            raise CommandError(str(error)) from error
        if organization is None:
            self.stdout.write("It is here already.")
            return
        self._create_approver()
        for user in get_user_model().objects.filter(is_staff=True):
            organization.memberships.get_or_create(user=user)
        self.stdout.write(f"{organization} is here; everybody who can log in sees it.")

    def _create_approver(self) -> None:
        """A second login: what goes to many is approved by somebody who did not write it."""
        users = get_user_model()
        if users.objects.filter(username=APPROVER).exists():
            return
        password = secrets.token_urlsafe(12)
        user = users.objects.create_user(
            APPROVER, email=f"{APPROVER}@riverside.example", password=password, is_staff=True
        )
        user.groups.set(Group.objects.filter(name="Senders"))
        for organization in Organization.objects.all():
            organization.memberships.get_or_create(user=user)
        self.stdout.write(
            f"A second login, who approves and sends what others wrote: {APPROVER} / {password}"
        )
