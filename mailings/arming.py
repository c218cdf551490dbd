"""Letting a host send with a database that it could not send with before."""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from mailings.models import Mailing
from signatures import arming
from signatures.models import Letter


@dataclass(frozen=True)
class Waiting:
    """What would go out by itself: letters that are due, mailings under way, and scheduled ones."""

    letters: int
    sending: int
    scheduled: int


def waiting() -> Waiting:
    """What arming would set in motion, or has to hold."""
    return Waiting(
        letters=Letter.objects.unsent().count(),
        sending=Mailing.objects.sending().count(),
        scheduled=Mailing.objects.filter(state=Mailing.State.SCHEDULED).count(),
    )


@transaction.atomic
def arm_sending() -> None:
    """Let mail leave from this host. Safe to call twice: an armed host changes nothing.

    Whoever sent with this database before may have gone on after it was copied, so mailings under
    way are paused for somebody to look at, and scheduled ones are taken back.
    """
    if arming.is_armed():
        return
    reason = _("This database was copied or moved: who got it since then may get it again.")
    for mailing in Mailing.objects.sending():
        mailing.pause(reason)
    for mailing in Mailing.objects.filter(state=Mailing.State.SCHEDULED):
        # Where freezing had begun, nobody has got it, and it can be made anew.
        mailing.unschedule() or mailing.cancel()
    arming.arm()
