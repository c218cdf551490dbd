"""Beat wakes the schedules, the database decides. Nothing new, nothing sent."""

import logging

from django.db import transaction

from mailings import doorbell
from mailings.clock import database_now
from mailings.composing import CannotBeSent, compile_contents, freeze_content
from mailings.digesting.periods import after
from mailings.digesting.preparing import draft_digest, renew
from mailings.models import DigestSchedule, Mailing

logger = logging.getLogger(__name__)


def wake_due() -> list[Mailing]:
    """Wake every schedule that is due; returns the digests that this call let go or drafted.

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
    """Move a due schedule on and let the digest of its period go, if there is news.

    However often and by however many a period is woken, it makes one mailing. One that cannot be
    sent stays a draft that says why. Returns the mailing, or None.
    """
    due_at, cadence = schedule.due_at, schedule.scope.cadence
    now, next_due = database_now(), after(due_at, cadence)
    while next_due <= now:
        next_due = after(next_due, cadence)
    claimed = DigestSchedule.objects.due().filter(pk=schedule.pk, due_at=due_at)
    # `update()` cannot join, so the rows are named by a subquery; the last condition is the claim.
    if not DigestSchedule.objects.filter(pk__in=claimed.values("pk"), due_at=due_at).update(
        due_at=next_due
    ):
        return None
    schedule.due_at = next_due
    if schedule.skipped_periods.filter(period=due_at.date()).exists():
        return None
    drafts = schedule.mailings.filter(period=due_at.date()).select_for_update(of=("self",))
    mailing = drafts.select_related("scope__organization").first()
    if mailing is None:
        mailing = draft_digest(schedule=schedule, due_at=due_at)
    elif not mailing.is_editable:
        return None
    elif not renew(mailing, due_at=due_at):
        mailing.cancel()
        return None
    if mailing:
        _let_go(mailing)
    return mailing


def _let_go(mailing: Mailing) -> None:
    try:
        freeze_content(*compile_contents(mailing))
    except CannotBeSent as error:
        mailing.pause_reason = str(error)[:200]
        mailing.save(update_fields=["pause_reason"])
        logger.warning("Digest %s cannot be sent: %s", mailing.pk, error)
        return
    if mailing.go_by_itself():
        transaction.on_commit(doorbell.ring_pump)
