"""What is owed: for each scope with a cadence, when its people heard last and must hear again.

People are promised mail when they sign, so a promise is kept to the signers of each campaign, and a
mail to the signers of one is none to those of another. What counts is when a mailing began to go
out. Nobody is owed mail under a scope that no signer agreed to.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from itertools import groupby
from typing import Any

from django.db import connection

from campaigns.models import MailScope
from mailings.clock import database_now
from mailings.digesting.approving import wants_approval
from mailings.digesting.news import news_since
from mailings.digesting.periods import after, ahead_of
from mailings.digesting.preparing import LOOKS_BACK, draft_of, held_back
from mailings.models import DigestSchedule, Mailing, SkippedPeriod
from signatures.models import Subscription

# The mail of a period begins up to so much later than the period: a hold, a slow start.
GRACE = timedelta(days=1)

# Of every scope and campaign whose notice speaks of it: when its signers heard last. A part of the
# people is not the people, so a mailing to a segment keeps no promise; a welcome is no news.
_HEARD = """
SELECT scope.id, c.id, c.headline, greatest(c.published_at, mailed.at) AS heard_at, mailed.at
FROM campaigns_mailscope scope
JOIN campaigns_campaign c ON c.organization_id = scope.organization_id
CROSS JOIN LATERAL (
    SELECT max(m.started_at) AS at FROM mailings_mailing m
    WHERE m.scope_id = scope.id AND m.state IN ('sending', 'sent') AND m.audience_size > 0
        AND m.segment_id IS NULL AND (
            m.kind = 'digest'
            OR m.kind = 'update' AND (m.campaign_id IS NULL OR m.campaign_id = c.id)
            OR m.kind = 'ask' AND m.campaign_id <> c.id
        )
) mailed
WHERE scope.id = ANY(%s) AND c.published_at IS NOT NULL AND EXISTS (
    SELECT FROM signatures_signature g
    WHERE g.campaign_id = c.id AND g.state = 'counted' AND g.consents
) AND EXISTS (
    SELECT FROM campaigns_consentnotice n
    JOIN campaigns_consentnotice_scopes ns ON ns.consentnotice_id = n.id
    WHERE n.campaign_id = c.id AND ns.mailscope_id = scope.id
) AND EXISTS (
    SELECT FROM signatures_subscription s
    WHERE s.scope_id = scope.id AND s.unsubscribed_at IS NULL
)
ORDER BY scope.id, heard_at, c.id
"""


@dataclass(frozen=True)
class Silence:
    """The signers of one campaign and the moment since which they have heard nothing.

    Until the first mail that is when they could first sign.
    """

    campaign: int
    headline: str
    heard_at: datetime
    mailed_at: datetime | None


@dataclass(frozen=True)
class Promise:
    """What is owed under one scope. `silences` begin with those who have waited longest.

    `campaigns` is of how many campaigns there are signers in the scope.
    """

    scope: MailScope
    silences: tuple[Silence, ...]
    campaigns: int
    now: datetime

    @cached_property
    def plan(self) -> "Plan":
        """What is about to be sent; asked for only where somebody wants to know."""
        return _plan(self.scope)

    @property
    def heard_at(self) -> datetime:
        """When those heard last who have waited longest."""
        return self.silences[0].heard_at

    @property
    def mailed_at(self) -> datetime | None:
        """When that was a mail; None before the first."""
        return self.silences[0].mailed_at

    @cached_property
    def readers(self) -> int:
        """How many people were promised it and want it still."""
        return Subscription.objects.live().filter(scope=self.scope).count()

    @property
    def due_by(self) -> datetime:
        """When they must have heard again."""
        return after(self.heard_at, self.scope.cadence)

    @property
    def days_left(self) -> int:
        """Whole days, by the calendar of UTC; below zero once it is late."""
        return (self.due_by.date() - self.now.date()).days

    @property
    def is_overdue(self) -> bool:
        """Whether the promise is broken."""
        return self.now > self.due_by + GRACE

    @property
    def is_near(self) -> bool:
        """Whether organizers have to hear of it now."""
        return self.now >= self.due_by - ahead_of(self.scope.cadence)

    @property
    def is_planned(self) -> bool:
        """Whether a digest with something to tell goes out in time by itself."""
        return self._could_be_kept and not self.plan.wants_approval

    @property
    def is_to_approve(self) -> bool:
        """Whether a digest would keep it, and waits for a second person."""
        return self._could_be_kept and self.plan.wants_approval

    @property
    def _could_be_kept(self) -> bool:
        plan = self.plan
        if plan.goes_at is None or plan.skipped or not plan.items:
            return False
        return plan.goes_at <= self.due_by + GRACE

    @property
    def waiting(self) -> tuple[Silence, ...]:
        """The signers of which campaigns wait as long as the scope does, where others do not."""
        longest = [one for one in self.silences if one.heard_at <= self.heard_at + GRACE]
        return tuple(longest) if len(longest) < self.campaigns else ()

    def by_day(self) -> list["Promise"]:
        """The same, one for each day by which some of the people must have heard again."""
        cadence = self.scope.cadence
        days = groupby(self.silences, key=lambda one: after(one.heard_at, cadence).date())
        return [replace(self, silences=tuple(silences)) for _day, silences in days]


@dataclass(frozen=True)
class Plan:
    """What the schedule of a scope is about to do, and what it could not do when it was time.

    `idle` is a schedule that is switched off.
    """

    schedule: DigestSchedule | None = None
    idle: DigestSchedule | None = None
    goes_at: datetime | None = None
    items: int = 0
    draft: Mailing | None = None
    wants_approval: bool = False
    held: Mailing | None = None
    skipped: SkippedPeriod | None = None


def promises(user: Any = None) -> list[Promise]:
    """Every promise that `user` may see, or all; the most urgent first."""
    scopes = MailScope.objects.exclude(cadence=MailScope.Cadence.NONE)
    if user is not None:
        scopes = scopes.visible_to(user)
    known = scopes.select_related("organization", "schedule").in_bulk()
    now = database_now()
    found = [
        Promise(known[scope], silences, len(silences), now)
        for scope, silences in _silences(list(known))
    ]
    return sorted(found, key=lambda promise: promise.due_by)


def pressing(user: Any) -> list[Promise]:
    """The promises that `user` has to look after now."""
    return [promise for promise in promises(user) if promise.is_near]


def _silences(scopes: list[int]) -> Iterator[tuple[int, tuple[Silence, ...]]]:
    with connection.cursor() as cursor:
        cursor.execute(_HEARD, [scopes])
        rows = cursor.fetchall()
    for scope, of_scope in groupby(rows, key=lambda row: row[0]):
        yield scope, tuple(Silence(*row[1:]) for row in of_scope)


def _plan(scope: MailScope) -> Plan:
    schedule = DigestSchedule.objects.promised().filter(scope=scope).first()
    if schedule is None:
        return Plan(idle=DigestSchedule.objects.filter(scope=scope).first())
    period = schedule.due_at.date()
    draft = draft_of(schedule)
    if draft:
        items = draft.items.count()
    else:
        since = after(schedule.due_at, scope.cadence, times=-LOOKS_BACK)
        items = len(news_since(scope, since))
    return Plan(
        schedule=schedule,
        goes_at=schedule.due_at,
        items=items,
        draft=draft,
        wants_approval=draft is not None and wants_approval(draft),
        held=held_back(schedule),
        skipped=schedule.skipped_periods.filter(period=period).first(),
    )
