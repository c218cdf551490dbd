"""Telling an organization's people by mail what waits for them. Claimed, sent, and tried again.

A notice that a dead worker had in hand is due again after two minutes: better twice than never.
"""

import logging
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.template.loader import render_to_string
from django.utils import timezone, translation

from campaigns.models import Organization
from mailings.models import OrganizerNotice
from postroom.addresses import BadAddress
from postroom.headers import BadHeader, mailbox
from postroom.messages import date_text, letter_headers, message_key
from postroom.skeleton import SkeletonError, compose
from postroom.transport import Envelope, Kind, Transport
from postroom.ways import open_way
from signatures.arming import is_armed

logger = logging.getLogger(__name__)

BATCH = 50
CLAIM = timedelta(minutes=2)
WAIT = timedelta(minutes=10)
MOST_TRIES = 100


def tell(
    organization: Organization,
    *,
    kind: str,
    key: str,
    subject: str,
    text: str,
    path: str,
    people: Iterable[Any] | None = None,
) -> None:
    """Owe a mail to everyone who works for the organization; who was told of `key` is not again.

    Where nobody does, the superusers are told; where `people` are given, none but those of them who
    have an address. `path` is where in the admin they can act.
    """
    told = _people_of(organization) if people is None else [each for each in people if each.email]
    OrganizerNotice.objects.bulk_create(
        (
            OrganizerNotice(
                organization=organization,
                user=user,
                kind=kind,
                key=key,
                subject=subject[:150],
                text=text,
                path=path,
            )
            for user in told
        ),
        ignore_conflicts=True,
    )


def _people_of(organization: Organization) -> list[Any]:
    reachable = get_user_model().objects.filter(is_active=True, is_staff=True).exclude(email="")
    own = list(reachable.filter(memberships__organization=organization).distinct())
    return own or list(reachable.filter(is_superuser=True))


def send_notices() -> int:
    """Send what is owed to organizers; returns how many left. Any number may do it at once."""
    claimed = _claim() if is_armed() else []
    sent = 0
    if claimed:
        with open_way(settings.EMAIL_URL) as way_out:
            for notice in claimed:
                sent += _send(notice, way_out)
    return sent


@transaction.atomic
def _claim() -> list[OrganizerNotice]:
    due = OrganizerNotice.objects.due().order_by("due_at").select_for_update(skip_locked=True)
    ids = list(due.values_list("pk", flat=True)[:BATCH])
    OrganizerNotice.objects.filter(pk__in=ids).update(
        claimed_until=Now() + CLAIM, attempts=F("attempts") + 1
    )
    claimed = OrganizerNotice.objects.filter(pk__in=ids).order_by("pk")
    return list(claimed.select_related("organization", "user"))


def _send(notice: OrganizerNotice, way_out: Transport) -> bool:
    own = OrganizerNotice.objects.filter(pk=notice.pk)
    try:
        outcome = way_out.send(*_written(notice))
    except (SkeletonError, BadHeader, BadAddress) as error:
        logger.warning("Notice %s cannot be written: %s", notice.pk, error)
        own.update(given_up=True)
        return False
    if outcome.kind is Kind.ACCEPTED:
        own.update(sent_at=Now(), claimed_until=None)
        return True
    logger.warning("Notice %s waits: %s %s", notice.pk, outcome.kind, outcome.code)
    over = outcome.kind is Kind.REFUSED or notice.attempts >= MOST_TRIES
    own.update(claimed_until=None, due_at=Now() + WAIT, given_up=over)
    return False


def _written(notice: OrganizerNotice) -> tuple[Envelope, bytes]:
    organization, address = notice.organization, notice.user.email
    language = organization.language
    sender = organization.sender
    context = {
        "organization": organization,
        "subject": notice.subject,
        "text": notice.text,
        "url": settings.SITE_URL + notice.path,
    }
    with translation.override(language):
        text = render_to_string("mailings/notices/notice.txt", context)
        html = render_to_string("mailings/notices/notice.html", context)
    message = compose(
        sender=mailbox(*sender),
        subject=notice.subject,
        headers=letter_headers(
            to=address,
            key=message_key("n", notice.pk),
            domain=settings.MAIL_DOMAIN,
            date=date_text(timezone.now()),
            language=language,
        ),
        text=text,
        html=html,
    )
    return Envelope(sender[1], address), message
