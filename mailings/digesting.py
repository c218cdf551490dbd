"""The round-up: beat wakes the schedules, the database decides. Nothing new, nothing sent."""

import calendar
import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from campaigns.models import MailScope, Update
from mailings import doorbell
from mailings.composing import CannotBeSent, compile_content, freeze_content
from mailings.models import IN_PREPARATION, DigestSchedule, Mailing

logger = logging.getLogger(__name__)

# A draft of this age is not about to be sent.
ABANDONED_AFTER = timedelta(days=7)
# Periods that a digest looks back for news that nobody got: more than one, because news that waited
# for a mailing of its own, which never came, is still news.
LOOKS_BACK = 2
_MONTHS = {MailScope.Cadence.MONTHLY: 1, MailScope.Cadence.QUARTERLY: 3}


def wake_due() -> list[Mailing]:
    """Wake every schedule that is due; returns the digests that this call made.

    One that fails is logged and keeps nobody else from getting theirs.
    """
    made = []
    for schedule in DigestSchedule.objects.due().select_related("scope__organization"):
        try:
            mailing = wake(schedule=schedule)
        except Exception:
            logger.exception("Digest schedule %s failed", schedule.pk)
            continue
        if mailing:
            made.append(mailing)
    return made


@transaction.atomic
def wake(*, schedule: DigestSchedule) -> Mailing | None:
    """Move a due schedule on and make the digest of its period, if there is news.

    However often and by however many a period is woken, it makes one mailing. One that cannot be
    sent stays a draft that says why. Returns the mailing, or None.
    """
    due_at, cadence = schedule.due_at, schedule.scope.cadence
    next_due = after(due_at, cadence)
    while next_due <= timezone.now():
        next_due = after(next_due, cadence)
    claimed = DigestSchedule.objects.due().filter(pk=schedule.pk, due_at=due_at)
    # `update()` cannot join, so the rows are named by a subquery; the last condition is the claim.
    if not DigestSchedule.objects.filter(pk__in=claimed.values("pk"), due_at=due_at).update(
        due_at=next_due
    ):
        return None
    schedule.due_at = next_due
    news = list(news_since(schedule.scope, after(due_at, cadence, times=-LOOKS_BACK)))
    if not news:
        return None
    mailing, created = Mailing.objects.get_or_create(
        schedule=schedule,
        period=due_at.date(),
        defaults={
            "organization": schedule.scope.organization,
            "scope": schedule.scope,
            "kind": Mailing.Kind.DIGEST,
            "subject": _subject(schedule.scope, news),
        },
    )
    if not created:
        return None
    mailing.updates.set(news)
    _schedule(mailing)
    return mailing


def news_since(scope: MailScope, since: datetime) -> list[Update]:
    """Updates published since then that people of this scope agreed to hear of, not yet mailed.

    What somebody is about to mail by itself waits for that; a draft left lying keeps no news from
    anyone.
    """
    abandoned = Q(state__in=IN_PREPARATION, created_at__lt=timezone.now() - ABANDONED_AFTER)
    never_left = Q(state=Mailing.State.CANCELLED, started_at=None)
    mailed = Mailing.objects.exclude(never_left | abandoned)
    return list(
        Update.objects.published()
        .filter(
            campaign__organization=scope.organization_id,
            campaign__notices__scopes=scope,
            published_at__gte=since,
        )
        .exclude(pk__in=mailed.values("updates").filter(updates__isnull=False))
        .distinct()
    )


def after(moment: datetime, cadence: str, times: int = 1) -> datetime:
    """`moment` moved by so many periods; the 31st becomes the last day of a shorter month."""
    if cadence == MailScope.Cadence.WEEKLY:
        return moment + timedelta(weeks=times)
    months = moment.month - 1 + _MONTHS[MailScope.Cadence(cadence)] * times
    year, month = moment.year + months // 12, months % 12 + 1
    day = min(moment.day, calendar.monthrange(year, month)[1])
    return moment.replace(year=year, month=month, day=day)


def _subject(scope: MailScope, news: list[Update]) -> str:
    if len(news) == 1:
        return news[0].title
    with translation.override(scope.organization.language):
        return _("%(title)s, and %(others)d more") % {
            "title": news[0].title[:100],
            "others": len(news) - 1,
        }


def _schedule(mailing: Mailing) -> None:
    try:
        freeze_content(compile_content(mailing))
    except CannotBeSent as error:
        mailing.pause_reason = str(error)[:200]
        mailing.save(update_fields=["pause_reason"])
        logger.warning("Digest %s cannot be sent: %s", mailing.pk, error)
        return
    draft = Mailing.objects.filter(pk=mailing.pk, state=Mailing.State.DRAFT)
    draft.update(state=Mailing.State.SCHEDULED, starts_at=Now())
    mailing.refresh_from_db()
    transaction.on_commit(doorbell.ring_pump)
