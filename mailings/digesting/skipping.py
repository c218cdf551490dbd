"""Leaving a period out: with a reason, by name, and before anybody got its digest."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from mailings.models import DigestSchedule, Mailing, SkippedPeriod


class TooLate(Exception):
    """The digest of the period is on its way; the text says so."""


class NoReason(Exception):
    """Nobody said why; the text asks for it."""


@transaction.atomic
def skip_period(*, schedule: DigestSchedule, reason: str, user: Any) -> SkippedPeriod:
    """Send no digest in the period that is due next, and put away its draft.

    Safe to call twice: the first reason stands. Raises TooLate, NoReason.
    """
    reason = reason.strip()[:200]
    if not reason:
        raise NoReason(_("Say why: those who were promised this mail may ask."))
    locked = DigestSchedule.objects.select_for_update().get(pk=schedule.pk)
    period = locked.due_at.date()
    for mailing in schedule.mailings.filter(period=period):
        if not mailing.is_editable and mailing.state != Mailing.State.CANCELLED:
            raise TooLate(_("It is on its way: %s.") % mailing.get_state_display())
        mailing.cancel(by=user)
    skipped, _created = SkippedPeriod.objects.get_or_create(
        schedule=locked, period=period, defaults={"reason": reason, "skipped_by": user}
    )
    return skipped
