"""Builds what a mailing needs besides a campaign: news, signers by the hundred, a send."""

import time
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection
from django.utils import timezone

from campaigns.models import Campaign, Organization, Update
from mailings import audience
from mailings.drafting import draft_from_update
from mailings.models import Lane, Mailing, Recipient
from mailings.proofing import send_proof
from mailings.scheduling import approve_mailing, schedule_mailing
from mailings.seconding import asks_for_second_person
from signatures.addresses import email_hash, email_key
from signatures.models import Signature, Subscription, Supporter
from tests.campaigns.admin_pages import make_organizer

_numbers: Iterator[int] = count(1)
# Rows of one INSERT; a million at once would run into the product's time limit of a statement.
AT_ONCE = 10_000


def make_update(campaign: Campaign, **fields: Any) -> Update:
    """Published news on the campaign."""
    given = {
        "title": "Amazon pauses sales",
        "body": "<p>They stopped for a year.</p>",
        "published_at": timezone.now(),
    }
    return Update.objects.create(campaign=campaign, **(given | fields))


def sign_up(campaign: Campaign, people: int, *, domain: str = "example.org") -> list[Supporter]:
    """So many people who signed the campaign and agreed to its mail."""
    first = next(_numbers) * 1_000_000
    scope = campaign.organization.scopes.get(key="activism")
    statement, notice = campaign.current_statement(), campaign.current_notice()
    addresses = [f"reader{first + n}@{domain}" for n in range(people)]
    supporters = Supporter.objects.bulk_create(
        (
            Supporter(
                email=address,
                email_key=email_key(address),
                email_hash=email_hash(email_key(address)),
            )
            for address in addresses
        ),
        batch_size=AT_ONCE,
    )
    signatures = Signature.objects.bulk_create(
        (
            Signature(
                campaign=campaign,
                supporter=supporter,
                statement=statement,
                notice=notice,
                consents=True,
                name="A. Reader",
                state=Signature.State.COUNTED,
                counted_at=timezone.now(),
                confirmed_at=timezone.now(),
            )
            for supporter in supporters
        ),
        batch_size=AT_ONCE,
    )
    Subscription.objects.bulk_create(
        (
            Subscription(supporter=signature.supporter, scope=scope, signature=signature)
            for signature in signatures
        ),
        batch_size=AT_ONCE,
    )
    return supporters


def make_staff(name: str = "", organization: Organization | None = None, **fields: Any) -> Any:
    """A member of staff of the organization, or a superuser with `is_superuser=True`."""
    name = name or f"staff{next(_numbers)}"
    user = get_user_model().objects.create_user(
        name, f"{name}@citizens.example", "a long password", is_staff=True, **fields
    )
    if organization:
        organization.memberships.create(user=user)
    return user


def reachable_organizer(organization: Organization) -> Any:
    """Somebody who works for the organization and reads mail."""
    user = make_organizer(organization, username=f"organizer{next(_numbers)}")
    user.email = f"{user.username}@citizens.example"
    user.save()
    return user


def make_lane() -> None:
    """The lane that everything goes by: tests with committed data begin without it."""
    Lane.objects.get_or_create(number=Lane.DEFAULT, defaults={"name": "default"})


def wait_until(holds: Callable[[], bool], *, timeout: float) -> None:
    """Wait for something that other processes bring about."""
    deadline = time.monotonic() + timeout
    while not holds():
        assert time.monotonic() < deadline, f"not within {timeout} s"
        time.sleep(0.05)


def scheduled_mailing(update: Update, user: Any = None) -> Mailing:
    """The update as a mailing that is proofed, scheduled and due."""
    make_lane()
    user = user or make_staff()
    mailing = draft_from_update(update=update, user=user)
    send_proof(mailing=mailing, user=user)
    people = audience.count(mailing)
    if asks_for_second_person(mailing, people):
        assert approve_mailing(mailing=mailing, user=make_staff(), expected_count=people)
    assert schedule_mailing(mailing=mailing, expected_count=people, typed=people)
    hurry(mailing)
    return mailing


def hurry(mailing: Mailing) -> None:
    """Let the hold be over, on the database's clock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE mailings_mailing SET starts_at = now() - interval '1 second' WHERE id = %s",
            [mailing.pk],
        )


def statuses(mailing: Mailing) -> dict[str, int]:
    """How many recipients of the mailing are `sent`, `skipped`, …"""
    found: dict[str, int] = {}
    for status in Recipient.objects.filter(mailing=mailing).values_list("status", flat=True):
        name = Recipient.Status(status).name.lower()
        found[name] = found.get(name, 0) + 1
    return found
