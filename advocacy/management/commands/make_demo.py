from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from advocacy.demo.filling import NotHere, fill_demo


class Command(BaseCommand):
    help = (
        "Adds a made-up organization with 200,000 supporters and fourteen months behind it, to"
        " look around in and to load. Only on a site that no mail leaves; a second run changes"
        " nothing."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write("Making up 200,000 people and what they signed; about a minute …")
        try:
            organization = fill_demo()
        except NotHere as error:
            raise CommandError(str(error)) from error
        if organization is None:
            self.stdout.write("It is here already.")
            return
        for user in get_user_model().objects.filter(is_staff=True):
            organization.memberships.get_or_create(user=user)
        self.stdout.write(f"{organization} is here; everybody who can log in sees it.")
