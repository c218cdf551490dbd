import secrets
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from advocacy.checks import is_local
from campaigns.models import Campaign, Membership, Organization

SAMPLE = Path(settings.BASE_DIR) / "campaigns" / "samples" / "credo-amazon-rekognition.txt"
USERNAME = "organizer"
ORGANIZATION = "credo-action"

# Names as in the sample text. The rest, which it does not say, is made up for a look around: bulk
# mail may not leave without a postal address.
ORGANIZATION_DETAILS = {
    "name": "Credo Action",
    "short_name": "CREDO",
    "postal_address": "1 Example Street, San Francisco, CA 94105, USA",
    "contact_address": "hello@credo.example",
    "from_address": "updates@credo.example",
    "reply_to": "hello@credo.example",
    "privacy_url": "https://credo.example/privacy/",
}


class Command(BaseCommand):
    help = (
        "Fills an empty local database: the sample organization with its petition, and a login "
        "for an organizer, printed once. A second run changes nothing."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if not is_local(settings.SITE_HOST):
            raise CommandError("This is for a site on this machine alone; SITE_URL is public.")
        is_new = not Campaign.objects.exists()
        if is_new:
            Organization.objects.get_or_create(slug=ORGANIZATION, defaults=ORGANIZATION_DETAILS)
        self._create_login()
        if is_new:
            call_command(
                "import_campaign",
                str(SAMPLE),
                organization=ORGANIZATION,
                publish=True,
                stdout=self.stdout,
            )

    def _create_login(self) -> None:
        users = get_user_model()
        if users.objects.filter(is_staff=True).exists():
            self.stdout.write(
                f"The login of {USERNAME!r} was printed at the first run. A new password:\n"
                "    .venv/bin/python manage.py changepassword"
                f" {USERNAME}"
            )
            return
        password = secrets.token_urlsafe(12)
        user = users.objects.create_user(
            USERNAME, email=f"{USERNAME}@credo.example", password=password, is_staff=True
        )
        user.groups.set(Group.objects.filter(name="Organizers"))
        for organization in Organization.objects.all():
            Membership.objects.get_or_create(organization=organization, user=user)
        self.stdout.write(f"Login of the organizer, shown this once: {USERNAME} / {password}")
