"""The buttons beside a mailing: each POST calls one function and says what came of it."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.humanize.templatetags.humanize import intcomma
from django.http import HttpRequest
from django.utils.translation import gettext as _

from mailings.composing import CannotBeSent
from mailings.models import Mailing, WelcomeStep
from mailings.progress import progress_of
from mailings.proofing import ProofFailed, send_proof
from mailings.scheduling import AudienceChanged, schedule_mailing
from mailings.welcoming.starting import switch_on


class Refused(Exception):
    """The step was not taken; the text says why."""


def proof(request: HttpRequest, mailing: Mailing) -> str:
    """Send the mail, as everyone would get it, to the member of staff who asks."""
    try:
        send_proof(mailing=mailing, user=request.user)
    except CannotBeSent as error:
        raise Refused(str(error)) from error
    except ProofFailed as error:
        raise Refused(_("The mail server did not take the proof: %s") % error) from error
    return _("A proof is on its way to %s.") % request.user.email  # type: ignore[union-attr]


def send(request: HttpRequest, mailing: Mailing) -> str:
    """Schedule the mailing for the audience whose size stood on the button."""
    count = request.POST.get("count", "")
    if not (count.isascii() and count.isdigit()) or len(count) > 12:
        raise Refused(_("Press the button that says how many people get it."))
    try:
        if schedule_mailing(mailing=mailing, expected_count=int(count), user=request.user):
            people = intcomma(int(count))
            return _("Scheduled for %s people. You can still take it back.") % people
    except (CannotBeSent, AudienceChanged) as error:
        raise Refused(str(error)) from error
    return _("It had been sent on its way already: %s.") % mailing.get_state_display()


def switch_on_step(request: HttpRequest, mailing: Mailing) -> str:
    """Let a welcome go to whoever joins."""
    step = WelcomeStep.objects.filter(mailing=mailing).first()
    if step is None:
        raise Refused(_("It is no welcome."))
    try:
        if switch_on(step=step, user=request.user):
            return _("It is on: whoever joins from now on gets it.")
    except CannotBeSent as error:
        raise Refused(str(error)) from error
    return _("It had been sent on its way already: %s.") % mailing.get_state_display()


def reword(request: HttpRequest, mailing: Mailing) -> str:
    """Take a paused welcome out, to change its words."""
    if not mailing.reword(by=request.user):
        raise Refused(_("Pause it first: %s.") % mailing.get_state_display())
    return _("It is a draft again. Who waits for it gets what you write now.")


def pause(request: HttpRequest, mailing: Mailing) -> str:
    """Stop after the message in hand."""
    if not mailing.pause(_("by %s") % request.user):
        raise Refused(_("It is not being sent: %s.") % mailing.get_state_display())
    return _("Paused. Resuming mails only those who have not got it.")


def resume(request: HttpRequest, mailing: Mailing) -> str:
    """Go on with those who have not got it."""
    if not mailing.resume():
        raise Refused(_("It is not paused: %s.") % mailing.get_state_display())
    return _("Resumed: %s people are still to get it.") % intcomma(progress_of(mailing).left)


def unschedule(request: HttpRequest, mailing: Mailing) -> str:
    """Back to a draft, while the hold lasts."""
    if not mailing.unschedule():
        raise Refused(_("Too late to take it back: %s.") % mailing.get_state_display())
    return _("Taken back: it is a draft again and nobody got it.")


def cancel(request: HttpRequest, mailing: Mailing) -> str:
    """Send it to nobody else, for ever."""
    if not mailing.cancel():
        raise Refused(_("It is over: %s.") % mailing.get_state_display())
    return _("Cancelled. Nobody else gets it.")


STEPS: dict[str, Callable[[HttpRequest, Mailing], str]] = {
    step.__name__: step
    for step in (proof, send, switch_on_step, reword, pause, resume, unschedule, cancel)
}


def take(step: str, request: HttpRequest, mailing: Mailing) -> str:
    """Take a step and tell the user; returns what to log, empty when it was refused."""
    try:
        done = STEPS[step](request, mailing)
    except Refused as error:
        messages.error(request, str(error))
        return ""
    messages.success(request, done)
    return done
