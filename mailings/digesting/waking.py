"""Beat wakes the schedules, the database decides. Nothing new, nothing sent.

To many people a digest goes as a second person approved it, or it waits.
"""

import logging

from django.contrib.humanize.templatetags.humanize import intcomma
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from mailings import doorbell
from mailings.clock import database_now
from mailings.composing import CannotBeSent, compile_contents, freeze_content
from mailings.digesting.approving import is_as_approved, waits_for_second_person
from mailings.digesting.periods import after
from mailings.digesting.preparing import draft_digest, renew
from mailings.models import DigestSchedule, Mailing
from mailings.proofing import is_proofed, proved

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

    However often and by however many a period is woken, it makes one mailing. One that was approved
    goes as it was; any other tells what is new by now. One that cannot be sent, or asks for a
    second person who has not approved it, stays a draft that says why. Returns the mailing, or
    None. Raises mailings.audience.TooSlow; the schedule is due then as before.
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
    elif not is_as_approved(mailing) and not renew(mailing, due_at=due_at):
        mailing.cancel()
        return None
    if mailing:
        _let_go(mailing)
    return mailing


def _let_go(mailing: Mailing) -> None:
    try:
        contents = compile_contents(mailing)
    except CannotBeSent as error:
        _hold_back(mailing, str(error))
        return
    said, approved = proved(contents), is_as_approved(mailing)
    if waits_for_second_person(mailing):
        stands = is_proofed(contents) and not mailing.is_approved_for_other_than(said)
        _hold_back(mailing, _why_it_waits(mailing, approved=approved), proof_stands=stands)
        return
    freeze_content(*contents)
    if mailing.go_as_approved(digest=said) if approved else mailing.go_by_itself():
        transaction.on_commit(doorbell.ring_pump)
    elif mailing.is_editable:
        _hold_back(mailing, _("It was changed just when its time came: look at it, and send it."))


def _why_it_waits(mailing: Mailing, *, approved: bool) -> str:
    with translation.override(mailing.organization.language):
        if approved:
            return _("More people would get it than when it was approved: have it approved again.")
        return _(
            "It is for more than %s people, and nobody but its writers had approved it when its"
            " time came. It goes when somebody else approves it and it is sent."
        ) % intcomma(mailing.organization.second_person_above)


def _hold_back(mailing: Mailing, reason: str, *, proof_stands: bool = False) -> None:
    """Leave it a draft that says why."""
    if not proof_stands:
        mailing.void(note=reason)
    mailing.pause_reason = reason[:200]
    mailing.save(update_fields=["pause_reason"])
    logger.warning("Digest %s cannot be sent: %s", mailing.pk, reason)
