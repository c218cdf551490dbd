"""Drafting the digest of a period some days before it goes: somebody may look at it and edit it."""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import translation

from campaigns.models import MailScope
from mailings.digesting.news import News, news_since
from mailings.digesting.periods import after, ahead_of
from mailings.digesting.subjects import headline_of, subject_of
from mailings.models import DigestItem, DigestSchedule, Mailing

logger = logging.getLogger(__name__)

# Periods that a digest looks back for news that nobody got: more than one, because news that waited
# for a mailing of its own, which never came, is still news.
LOOKS_BACK = 2


def prepare_due() -> list[Mailing]:
    """Draft the digests that go out within days; returns those that this call drafted.

    One that fails is logged and keeps nobody else from getting theirs.
    """
    made = []
    longest = max(ahead_of(cadence) for cadence in MailScope.Cadence)
    soon = DigestSchedule.objects.due_within(longest).select_related("scope__organization")
    for schedule in soon:
        try:
            if mailing := _prepare_in_time(schedule):
                made.append(mailing)
        except Exception:
            logger.exception("Digest schedule %s failed", schedule.pk)
    return made


def _prepare_in_time(schedule: DigestSchedule) -> Mailing | None:
    time = ahead_of(schedule.scope.cadence)
    soon = DigestSchedule.objects.due_within(time).filter(pk=schedule.pk)
    if not soon.exists() or is_settled(schedule, schedule.due_at):
        return None
    return draft_digest(schedule=schedule, due_at=schedule.due_at)


def is_settled(schedule: DigestSchedule, due_at: datetime) -> bool:
    """Whether the period has its digest, or was left out."""
    period = due_at.date()
    return (
        schedule.mailings.filter(period=period).exists()
        or schedule.skipped_periods.filter(period=period).exists()
    )


def draft_of(schedule: DigestSchedule) -> Mailing | None:
    """The digest of the period that is due next, if it is drafted and was not put away."""
    of_period = schedule.mailings.filter(period=schedule.due_at.date())
    return of_period.exclude(state=Mailing.State.CANCELLED, started_at=None).first()


def held_back(schedule: DigestSchedule) -> Mailing | None:
    """The digest of the last period, if its time has passed and it is a draft still."""
    earlier = schedule.mailings.filter(period__lt=schedule.due_at.date())
    last = earlier.order_by("-period").first()
    return last if last and last.is_editable else None


def has_passed(mailing: Mailing) -> bool:
    """Whether the time of a digest has passed, so that it does not go by itself any more."""
    schedule, period = mailing.schedule, mailing.period
    return schedule is not None and period is not None and period < schedule.due_at.date()


@transaction.atomic
def draft_digest(*, schedule: DigestSchedule, due_at: datetime) -> Mailing | None:
    """The draft of a period's digest, or None when nothing is new or the period has one.

    Safe to call by many at once: UNIQUE(schedule, period) lets one of them make it.
    """
    scope = schedule.scope
    news = news_since(scope, after(due_at, scope.cadence, times=-LOOKS_BACK))
    if not news:
        return None
    mailing, created = Mailing.objects.get_or_create(
        schedule=schedule,
        period=due_at.date(),
        defaults={
            "organization": scope.organization,
            "scope": scope,
            "kind": Mailing.Kind.DIGEST,
            "subject": automatic_subject(scope, [one.item for one in news]),
        },
    )
    if not created:
        return None
    _fill(mailing, news)
    return mailing


@transaction.atomic
def renew(mailing: Mailing, *, due_at: datetime) -> bool:
    """Bring a draft up to what is new by now, keeping a subject that somebody wrote.

    Returns False when nothing is left to tell.
    """
    scope = mailing.scope
    before = [*mailing.items.select_related("campaign", "update")]
    untouched = mailing.subject == automatic_subject(scope, before)
    since = after(due_at, scope.cadence, times=-LOOKS_BACK)
    news = news_since(scope, since, draft=mailing)
    _fill(mailing, news)
    now = [one.item for one in news]
    subject = automatic_subject(scope, now) if now and untouched else mailing.subject
    if subject != mailing.subject or [*map(_told, now)] != [*map(_told, before)]:
        mailing.tell_anew(subject=subject)
    return bool(news)


def _told(item: DigestItem) -> tuple[Any, ...]:
    return item.kind, item.campaign_id, item.update_id, item.state, item.carried


def _fill(mailing: Mailing, news: Sequence[News]) -> None:
    items = [one.item for one in news]
    mailing.items.all().delete()
    for position, item in enumerate(items):
        item.mailing, item.position = mailing, position
    DigestItem.objects.bulk_create(items)
    mailing.updates.set([item.update for item in items if item.update])


def automatic_subject(scope: MailScope, items: Iterable[DigestItem]) -> str:
    """The subject that a digest has until somebody writes another."""
    with translation.override(scope.organization.language):
        return subject_of([headline_of(item) for item in items])
