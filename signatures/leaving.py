"""Leaving: one statement in the request itself, never through a queue, safe to say twice."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from campaigns.models import Campaign, MailScope
from signatures.models import CampaignMute, ConsentEvent, Subscription, Supporter
from signatures.models.supporter import SubscriptionQuerySet
from signatures.staff.standing_consents import REJECTED

# How long after leaving the page that followed may take it back.
SECOND_THOUGHTS = timedelta(days=1)
# What a consent event says of who called our mail spam.
COMPLAINT = "complaint"
# What it says of who was asked whether they want to stay, and said nothing.
NO_ANSWER = "no answer to whether to stay"
# How long a pause lasts.
PAUSE = timedelta(days=30)

_UNSUBSCRIBE = """
UPDATE signatures_subscription s SET unsubscribed_at = now()
FROM campaigns_mailscope scope
WHERE scope.id = s.scope_id AND scope.organization_id = %(organization)s
    AND s.supporter_id = %(supporter)s AND s.unsubscribed_at IS NULL
RETURNING s.scope_id
"""

# What staff ended by rejecting a signature they may bring back with it, until its owner speaks.
_ENDED_BY_STAFF = """
SELECT s.scope_id FROM signatures_subscription s
JOIN campaigns_mailscope scope ON scope.id = s.scope_id
WHERE s.supporter_id = %(supporter)s AND s.unsubscribed_at IS NOT NULL
    AND (%(organization)s IS NULL OR scope.organization_id = %(organization)s)
    AND %(rejected)s = (
        SELECT e.via FROM signatures_consentevent e
        WHERE e.supporter_id = s.supporter_id AND s.scope_id = ANY (e.scope_ids)
        ORDER BY e.at DESC, e.id DESC LIMIT 1
    )
"""


def by_link_of(mailing_id: int) -> str:
    """What a consent event says of who left by the link in a mailing."""
    return f"unsubscribe link of mailing {mailing_id}"


def by_mail_program(mailing_id: int) -> str:
    """What it says of who left by a button of the mail program, told to us by a provider."""
    return f"mail program, mailing {mailing_id}"


def by_mail_to_us(mailing_id: int | None) -> str:
    """What it says of who wrote to the address of List-Unsubscribe, of a mailing or of a letter."""
    said = "mail to unsubscribe"
    return f"{said}, mailing {mailing_id}" if mailing_id else said


@transaction.atomic
def unsubscribe(*, supporter_id: int, organization_id: int, via: str) -> list[int]:
    """End every subscription of a person with an organization.

    Returns the ids of the scopes that this call ended, empty when there was nothing left to end.
    From the commit on no mailing of theirs goes out, and nobody but they begins one again. Works
    for people who are long gone.
    """
    _lock(supporter_id)
    with connection.cursor() as cursor:
        cursor.execute(_UNSUBSCRIBE, {"organization": organization_id, "supporter": supporter_id})
        ended = {scope_id for (scope_id,) in cursor.fetchall()}
    ended |= _ended_by_staff(supporter_id, organization_id)
    if ended:
        _record(supporter_id, ConsentEvent.Choice.LEFT, sorted(ended), via)
    return sorted(ended)


def end_what_signature_began(*, signature_id: int, supporter_id: int, via: str) -> None:
    """End the subscriptions that a signature began and that still stand."""
    begun = Subscription.objects.live().filter(signature_id=signature_id)
    ended = sorted(begun.values_list("scope_id", flat=True))
    if ended:
        begun.update(unsubscribed_at=timezone.now())
        _record(supporter_id, ConsentEvent.Choice.LEFT, ended, via)


def end_everything(*, supporter_id: int, via: str) -> None:
    """End every subscription of a person, with whatever organization, and every mute."""
    live = Subscription.objects.live().filter(supporter_id=supporter_id)
    standing = set(live.values_list("scope_id", flat=True))
    if ended := sorted(standing | _ended_by_staff(supporter_id, None)):
        live.update(unsubscribed_at=timezone.now())
        _record(supporter_id, ConsentEvent.Choice.LEFT, ended, via)
    CampaignMute.objects.filter(supporter_id=supporter_id).delete()


@transaction.atomic
def stay_without_campaign(*, supporter_id: int, organization_id: int, campaign_id: int) -> bool:
    """“Only this campaign”: take the last unsubscribing back, and mute one campaign instead.

    The person chose this on the page that followed. False when there is nothing to take back (any
    more), or the campaign is not of that organization.
    """
    if not _lock(supporter_id):
        return False
    own = Campaign.objects.filter(pk=campaign_id, organization_id=organization_id)
    left = last_departure(supporter_id, organization_id)
    if left is None or not own.exists():
        return False
    CampaignMute.objects.get_or_create(supporter_id=supporter_id, campaign_id=campaign_id)
    _subscribe(supporter_id, organization_id, left.scope_ids, "page after unsubscribing")
    return True


@transaction.atomic
def take_back(*, supporter_id: int, organization_id: int) -> bool:
    """Undo the last unsubscribing: what it ended begins again. Safe to call twice.

    The person chose this on the page that followed. False when there is nothing to take back (any
    more).
    """
    if not _lock(supporter_id):
        return False
    left = last_departure(supporter_id, organization_id)
    if left is not None:
        _subscribe(supporter_id, organization_id, left.scope_ids, "undone after unsubscribing")
    return left is not None


def last_departure(supporter_id: int, organization_id: int) -> ConsentEvent | None:
    """What a person said when they last left an organization, while it may be taken back.

    A complaint is no press of a button that one regrets.
    """
    recent = timezone.now() - SECOND_THOUGHTS
    last = _said(supporter_id, organization_id).filter(at__gt=recent).first()
    if last is None or last.choice != ConsentEvent.Choice.LEFT or last.via == COMPLAINT:
        return None
    return last


def _said(supporter_id: int, organization_id: int) -> QuerySet[ConsentEvent]:
    """What a person said about mail of an organization, the last first."""
    scopes = MailScope.objects.filter(organization_id=organization_id)
    return ConsentEvent.objects.filter(
        supporter_id=supporter_id, scope_ids__overlap=list(scopes.values_list("pk", flat=True))
    ).order_by("-at", "-pk")


def pause(*, supporter_id: int, organization_id: int) -> datetime | None:
    """Send this person no bulk mail of the organization for thirty days from now.

    Returns until when; None when there is no mail of theirs to pause. What they agreed to stands,
    and their letters still go.
    """
    until = timezone.now() + PAUSE
    told = _of(supporter_id, organization_id).update(rests_until=until, asked_to_stay_at=None)
    return until if told else None


def end_pause(*, supporter_id: int, organization_id: int) -> None:
    """Let mail go to this person again at once. Safe to call twice."""
    _of(supporter_id, organization_id).update(rests_until=None)


def resting_until(*, supporter_id: int, organization_id: int) -> datetime | None:
    """Until when a pause that this person asked for lasts; None without one."""
    resting = _of(supporter_id, organization_id).filter(rests_until__gt=timezone.now())
    latest: datetime | None = resting.aggregate(until=Max("rests_until"))["until"]
    return latest


@transaction.atomic
def stay(*, supporter_id: int, organization_id: int) -> bool:
    """“Yes, I want to stay”, said by somebody who was asked after a long silence.

    What ended because they had not answered begins again. False for who is no reader (any more).
    Safe to call twice.
    """
    if not _lock(supporter_id):
        return False
    last = _said(supporter_id, organization_id).first()
    if last and last.choice == ConsentEvent.Choice.LEFT and last.via == NO_ANSWER:
        _subscribe(supporter_id, organization_id, last.scope_ids, "answer to whether to stay")
    asked = _of(supporter_id, organization_id).filter(asked_to_stay_at__isnull=False)
    if scope_ids := sorted(asked.values_list("scope_id", flat=True)):
        asked.update(asked_to_stay_at=None)
        _record(supporter_id, ConsentEvent.Choice.AGREED, scope_ids, "answer to whether to stay")
    return is_subscribed(supporter_id=supporter_id, organization_id=organization_id)


def is_subscribed(*, supporter_id: int, organization_id: int) -> bool:
    """Whether any consent of this person to mail of the organization stands, paused or not."""
    return _of(supporter_id, organization_id).exists()


def _of(supporter_id: int, organization_id: int) -> SubscriptionQuerySet:
    return Subscription.objects.live().filter(
        supporter_id=supporter_id, scope__organization_id=organization_id
    )


@transaction.atomic
def choose(
    *,
    supporter_id: int,
    organization_id: int,
    scope_ids: Collection[int],
    muted_campaign_ids: Collection[int],
) -> None:
    """Set a person's choices with an organization as their preferences page says, no more no less.

    `scope_ids` are the kinds of mail wanted, `muted_campaign_ids` the campaigns not to hear of.
    Foreign ids are ignored.
    """
    if not _lock(supporter_id):
        return
    ending = _of(supporter_id, organization_id)
    standing = set(ending.exclude(scope_id__in=scope_ids).values_list("scope_id", flat=True))
    by_staff = _ended_by_staff(supporter_id, organization_id) - set(scope_ids)
    if ended := sorted(standing | by_staff):
        Subscription.objects.live().filter(supporter_id=supporter_id, scope_id__in=ended).update(
            unsubscribed_at=timezone.now()
        )
        _record(supporter_id, ConsentEvent.Choice.LEFT, ended, "preferences page")
    _subscribe(supporter_id, organization_id, scope_ids, "preferences page")
    _of(supporter_id, organization_id).update(asked_to_stay_at=None)
    _mute_exactly(supporter_id, organization_id, muted_campaign_ids)


def _ended_by_staff(supporter_id: int, organization_id: int | None) -> set[int]:
    """The scopes that only a rejection by staff ended, of one organization or of all."""
    found = {
        "supporter": supporter_id,
        "organization": organization_id,
        "rejected": REJECTED,
    }
    with connection.cursor() as cursor:
        cursor.execute(_ENDED_BY_STAFF, found)
        return {scope_id for (scope_id,) in cursor.fetchall()}


def _lock(supporter_id: int) -> bool:
    """Lock the person's row before any that hangs on it, as signing and erasing have it.

    Returns whether there is such a person, not erased: nothing begins again for anybody else.
    """
    locked = Supporter.objects.select_for_update(no_key=True)
    supporter = locked.filter(pk=supporter_id).first()
    return supporter is not None and supporter.erased_at is None


def _subscribe(
    supporter_id: int, organization_id: int, scope_ids: Collection[int], via: str
) -> None:
    wanted = MailScope.objects.filter(organization_id=organization_id, pk__in=scope_ids)
    live = Subscription.objects.live().filter(supporter_id=supporter_id).values("scope_id")
    begun = sorted(wanted.exclude(pk__in=live).values_list("pk", flat=True))
    for scope_id in begun:
        Subscription.objects.update_or_create(
            supporter_id=supporter_id,
            scope_id=scope_id,
            defaults={
                "unsubscribed_at": None,
                "subscribed_at": timezone.now(),
                "asked_to_stay_at": None,
            },
        )
    if begun:
        _record(supporter_id, ConsentEvent.Choice.AGREED, begun, via)


def _mute_exactly(supporter_id: int, organization_id: int, campaign_ids: Collection[int]) -> None:
    of_organization = CampaignMute.objects.filter(
        supporter_id=supporter_id, campaign__organization_id=organization_id
    )
    of_organization.exclude(campaign_id__in=campaign_ids).delete()
    for campaign in Campaign.objects.filter(organization_id=organization_id, pk__in=campaign_ids):
        CampaignMute.objects.get_or_create(supporter_id=supporter_id, campaign=campaign)


def _record(supporter_id: int, choice: str, scope_ids: list[int], via: str) -> None:
    ConsentEvent.objects.create(
        supporter_id=supporter_id, choice=choice, scope_ids=scope_ids, via=via
    )
