"""What is new for the people of a scope: updates, outcomes, and campaigns to sign."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce, Now

from campaigns.models import Campaign, MailScope, Update
from campaigns.models.campaign import DECIDED, CampaignQuerySet
from mailings.audience.rule import take_time
from mailings.digesting.items_for import STILL_OWED
from mailings.models import IN_PREPARATION, DigestItem, Mailing

# A draft of this age is not about to be sent.
ABANDONED_AFTER = timedelta(days=7)
# More than anybody reads. What does not fit is new for the next digest.
MOST_ITEMS = 20
_STILL_OWED = f"""
SELECT {STILL_OWED} FROM (VALUES (
    %(campaign)s::bigint, %(kind)s::text, %(state)s::text, %(update)s::bigint
)) i (campaign_id, kind, state, update_id)
"""  # noqa: S608
_TELLS_OF = [Campaign.State.DELIVERED, *DECIDED]


class News(NamedTuple):
    """One piece of news, the moment since which it is news, and whether a mailing has told it."""

    at: datetime
    item: DigestItem
    told: bool = False


def news_since(scope: MailScope, since: datetime, *, draft: Mailing | None = None) -> list[News]:
    """What happened since then that people of this scope agreed to hear of, newest first.

    Left out is what somebody is about to mail by itself (a draft left lying keeps no news from
    anyone), and what a digest of the scope has told or is about to tell: another one than `draft`,
    which the news is for. What was told is left in for those who had had enough mail then, as an
    item that is carried over.
    """
    told = Mailing.objects.exclude(_never_goes())
    if draft:
        told = told.exclude(pk=draft.pk)
    found = [
        *_updates(scope, since, told),
        *_outcomes(scope, since, told),
        *_opened(scope, since, told),
    ]
    found = [news for news in found if not news.told or _carry_over(scope, news.item)]
    # The oldest first: what is left out now must still be news when the next digest looks.
    oldest = sorted(found, key=lambda news: news.at)[:MOST_ITEMS]
    return oldest[::-1]


def _never_goes() -> Q:
    """What nobody gets any more. Whom a cancelled one had reached is known person by person."""
    left_lying = Q(state__in=IN_PREPARATION, created_at__lt=Now() - ABANDONED_AFTER)
    return left_lying | Q(state=Mailing.State.CANCELLED)


def _updates(scope: MailScope, since: datetime, told: QuerySet) -> Iterator[News]:
    # Whoever is in two scopes gets an update once: that is decided person by person.
    # What was mailed to a part of the people is news to all others.
    elsewhere = told.filter(
        Q(scope=scope) | ~Q(kind=Mailing.Kind.DIGEST), updates__isnull=False, segment=None
    )
    new = (
        Update.objects.published()
        .filter(campaign__in=_campaigns(scope), published_at__gte=since)
        .exclude(campaign__state=Campaign.State.WITHDRAWN)
        .annotate(told=Exists(elsewhere.filter(updates=OuterRef("pk"))))
        .select_related("campaign")
    )
    for update in new:
        item = DigestItem(kind=DigestItem.Kind.UPDATE, campaign=update.campaign, update=update)
        yield News(update.published_at or since, item, update.told)


def _outcomes(scope: MailScope, since: datetime, told: QuerySet) -> Iterator[News]:
    ended = _campaigns(scope).annotate(at=Coalesce("ended_at", "delivered_at"))
    kind = DigestItem.Kind.OUTCOME
    known = set(_told(scope, told, kind).values_list("campaign_id", "state"))
    for campaign in ended.filter(state__in=_TELLS_OF, at__gte=since):
        item = DigestItem(kind=kind, campaign=campaign, state=campaign.state)
        yield News(campaign.at, item, (campaign.pk, campaign.state) in known)


def _opened(scope: MailScope, since: datetime, told: QuerySet) -> Iterator[News]:
    kind = DigestItem.Kind.OPENED
    known = set(_told(scope, told, kind).values_list("campaign_id", flat=True))
    for campaign in _campaigns(scope).open().filter(published_at__gte=since):
        item = DigestItem(kind=kind, campaign=campaign)
        yield News(campaign.published_at or since, item, campaign.pk in known)


def _carry_over(scope: MailScope, item: DigestItem) -> bool:
    """Whether what was told is still owed to somebody; the item is then marked as carried over."""
    same = DigestItem.objects.filter(
        kind=item.kind, campaign=item.campaign, update=item.update, state=item.state
    )
    telling = Q(items__in=same)
    if item.update:
        telling |= Q(updates=item.update)
    told = Mailing.objects.filter(telling, scope=scope, snapshot_after__gt=0).distinct()
    what: dict[str, Any] = {
        "campaign": item.campaign_id,
        "kind": item.kind,
        "state": item.state,
        "update": item.update_id,
        "told": list(told.values_list("pk", flat=True)),
    }
    with transaction.atomic(), connection.cursor() as cursor:
        take_time(cursor)
        cursor.execute(_STILL_OWED, what)
        (item.carried,) = cursor.fetchone()
    return item.carried


def _campaigns(scope: MailScope) -> CampaignQuerySet:
    """The campaigns whose notice speaks of this scope."""
    speaking = Campaign.objects.filter(notices__scopes=scope).values("pk")
    return Campaign.objects.filter(organization=scope.organization_id, pk__in=speaking)


def _told(scope: MailScope, told: QuerySet, kind: str) -> QuerySet:
    return DigestItem.objects.filter(kind=kind, mailing__in=told.filter(scope=scope))
