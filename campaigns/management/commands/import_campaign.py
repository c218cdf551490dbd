"""`manage.py import_campaign FILE`: a campaign from the text of a petition page."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from campaigns.importing.creating import Imported, create_campaign
from campaigns.importing.draft import Doubt, NoOrganization, NotAPetition
from campaigns.importing.owning import for_organization
from campaigns.importing.parsing import parse_campaign
from campaigns.importing.reading import MAX_TEXT, decode
from campaigns.models import CannotPublish, Organization
from campaigns.text.sanitising import TextTooLong


class Command(BaseCommand):
    help = (
        "Make a campaign of a petition page's text. Importing the same text twice is safe. Its"
        " address comes from the file's name, or from the headline where that says nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file", metavar="FILE", help="a text, Markdown, HTML or mail file, or - for stdin"
        )
        parser.add_argument(
            "--organization",
            metavar="SLUG",
            help="whose campaign it is; by default the organization that the text names",
        )
        parser.add_argument(
            "--member",
            metavar="USERNAME",
            help="a member of staff who is to see the organization in the admin",
        )
        parser.add_argument("--publish", action="store_true", help="open it for signatures")

    def handle(
        self,
        *,
        file: str,
        organization: str | None,
        publish: bool,
        member: str | None = None,
        **options: Any,
    ) -> None:
        owner = _find_organization(organization) if organization else None
        user = _find_user(member) if member else None
        try:
            text, name = _read(file)
            draft = parse_campaign(text, file_name=name)
            draft = for_organization(draft, owner) if owner else draft
            imported = create_campaign(draft=draft, organization=owner, publish=publish)
        except ValidationError as error:
            raise CommandError(_in_words(error)) from error
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
        except NoOrganization as error:
            raise CommandError(f"{error} Say so with --organization SLUG. {_known()}") from error
        except (NotAPetition, TextTooLong, CannotPublish) as error:
            raise CommandError(str(error)) from error
        if user:
            imported.campaign.organization.memberships.get_or_create(user=user)
        self.report(imported, draft.unsure)

    def report(self, imported: Imported, unsure: tuple[Doubt, ...]) -> None:
        campaign = imported.campaign
        self.stdout.write(campaign.public_url)
        if not imported.created:
            self.stdout.write(f"It was here already; its text is as it was ({campaign.state}).")
            return
        self.stdout.write(f"Imported “{campaign.headline}” for {campaign.organization}.")
        if campaign.state == campaign.State.DRAFT:
            self.stdout.write("It is a draft: publish it in the admin, or import with --publish.")
        doubts = [str(doubt) for doubt in unsure] + _about(campaign.organization)
        if doubts:
            self.stdout.write("Please look at:")
        for doubt in doubts:
            self.stdout.write(f"- {doubt}")


def _about(organization: Organization) -> list[str]:
    """What an organization still needs before it can be worked with."""
    doubts = []
    if not organization.memberships.exists():
        doubts.append("organization: nobody sees it in the admin yet; name somebody with --member.")
    if not organization.postal_address:
        doubts.append("organization: it has no postal address, which every bulk mail needs.")
    return doubts


def _find_user(username: str) -> Any:
    users = get_user_model()
    try:
        return users.objects.get(username=username)
    except users.DoesNotExist:
        raise CommandError(f"Nobody has the user name “{username}”.") from None


def _read(file: str) -> tuple[str, str]:
    """The text of FILE and its name. Reads no more than could be a petition."""
    most = 4 * MAX_TEXT + 1
    if file == "-":
        return decode(sys.stdin.buffer.read(most)), ""
    with Path(file).open("rb") as stream:
        return decode(stream.read(most)), file


def _find_organization(slug: str) -> Organization:
    try:
        return Organization.objects.get(slug=slug)
    except Organization.DoesNotExist:
        raise CommandError(f"No organization has the slug “{slug}”. {_known()}") from None


def _known() -> str:
    slugs = Organization.objects.order_by("slug").values_list("slug", flat=True)[:30]
    return f"There are: {', '.join(slugs) or 'none yet'}."


def _in_words(error: ValidationError) -> str:
    parts = error.message_dict.items() if hasattr(error, "error_dict") else [("", error.messages)]
    return " ".join(f"{field}: {' '.join(messages)}" for field, messages in parts)
