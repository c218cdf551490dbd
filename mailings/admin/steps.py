"""The buttons beside a mailing: each POST calls one function and says what came of it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.humanize.templatetags.humanize import intcomma
from django.http import HttpRequest
from django.utils.translation import gettext as _

from campaigns.admin.times import ZonedDateTimeField, in_both_zones
from mailings.asking import ask_for_approval
from mailings.composing import CannotBeSent
from mailings.drafting import add_language
from mailings.models import Mailing, Trial, WelcomeStep
from mailings.progress import progress_of
from mailings.proofing import ProofFailed, send_proof
from mailings.scheduling import AudienceChanged, approve_mailing, schedule_mailing
from mailings.welcoming.starting import switch_on
from mailings.writing import may_write, who_wrote

CHANGE, APPROVE, SEND = (f"mailings.{action}_mailing" for action in ("change", "approve", "send"))


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


def language(request: HttpRequest, mailing: Mailing) -> str:
    """Begin the text in another language."""
    code = request.POST.get("language", "")
    if code not in dict(settings.LANGUAGES) or code == mailing.language:
        raise Refused(_("Choose a language."))
    if Trial.objects.filter(mailing=mailing).exists():
        raise Refused(_("A trial is in one language: delete it first, then add others."))
    if add_language(mailing=mailing, language=code, user=request.user) is None:
        raise Refused(_("It is no draft any more, so nothing was changed."))
    return _("A text in this language is begun.")


def ask(request: HttpRequest, mailing: Mailing) -> str:
    """Ask those who may be its second person to approve what was proofed."""
    count = _count(request)
    with _saying_why():
        asked = ask_for_approval(mailing=mailing, user=request.user, expected_count=count)
    if not asked:
        raise Refused(_("It cannot be approved now: %s.") % mailing.get_state_display())
    return _("Asked: %s. Each is told by one mail and finds it first on the start page.") % (
        ", ".join(map(str, asked))
    )


def approve(request: HttpRequest, mailing: Mailing) -> str:
    """Approve what was proofed, as the second person who has not written it."""
    if request.user.pk in who_wrote(mailing):
        raise Refused(_("You wrote a part of it: somebody else approves it."))
    count = _count(request)
    with _saying_why():
        if approve_mailing(mailing=mailing, user=request.user, expected_count=count):
            return _("Approved.")
    raise Refused(_("It cannot be approved now: %s.") % mailing.get_state_display())


def send(request: HttpRequest, mailing: Mailing) -> str:
    """Schedule the mailing, after the hold, for the audience whose size stood on the button."""
    return _schedule(request, mailing, at=None)


def schedule(request: HttpRequest, mailing: Mailing) -> str:
    """Schedule the mailing for a time in the zone of its campaign."""
    field = ZonedDateTimeField()
    field.zone = mailing.zone
    try:
        at = field.clean(request.POST.get("at", ""))
    except forms.ValidationError as error:
        raise Refused(_("Choose a day and a time: %s") % " ".join(error.messages)) from error
    return _schedule(request, mailing, at=at)


def _schedule(request: HttpRequest, mailing: Mailing, *, at: datetime | None) -> str:
    count = _count(request)
    with _saying_why():
        scheduled = schedule_mailing(
            mailing=mailing,
            expected_count=count,
            user=request.user,
            typed=_number(request.POST.get("typed", "")),
            at=at,
        )
    if not scheduled:
        raise Refused(_("Somebody was faster: it is %s now.") % mailing.get_state_display())
    when = in_both_zones(mailing.starts_at, mailing.zone) if mailing.starts_at else ""
    return _("Scheduled for %(people)s people, %(when)s. You can still take it back.") % {
        "people": intcomma(count),
        "when": when,
    }


@contextmanager
def _saying_why() -> Iterator[None]:
    """What keeps a mailing from being approved or sent, in words for who pressed the button."""
    try:
        yield
    except (CannotBeSent, AudienceChanged) as error:
        raise Refused(str(error)) from error


# What somebody types beside a mailing before they press a button, besides its words.
_TYPED = ("at", "typed")


def typed_in(request: HttpRequest) -> dict[str, str]:
    """What was typed for the step, to stand there again when the step was refused."""
    asked = request.POST if request.method == "POST" else request.GET
    return {name: value[:40] for name in _TYPED if (value := asked.get(name))}


def _count(request: HttpRequest) -> int:
    """The number that stood on the button."""
    count = _number(request.POST.get("count", ""))
    if count is None:
        raise Refused(_("Press the button that says how many people get it."))
    return count


def _number(typed: str) -> int | None:
    """What was typed, with or without the commas, points and spaces between thousands."""
    digits = "".join(typed.replace(",", "").replace(".", "").replace("’", "").split())
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 13 else None


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
    if not mailing.pause(_("Paused by %s.") % request.user, by=request.user):
        raise Refused(_("It is not being sent: %s.") % mailing.get_state_display())
    return _("Paused. Resuming mails only those who have not got it.")


def resume(request: HttpRequest, mailing: Mailing) -> str:
    """Go on with those who have not got it."""
    if not mailing.resume(by=request.user):
        raise Refused(_("It is not paused: %s.") % mailing.get_state_display())
    return _("Resumed: %s people are still to get it.") % intcomma(progress_of(mailing).left)


def unschedule(request: HttpRequest, mailing: Mailing) -> str:
    """Take it back, while the hold lasts."""
    if not mailing.unschedule(by=request.user):
        raise Refused(_("Too late to take it back: %s.") % mailing.get_state_display())
    return _("Taken back: nobody got it. Its proof still stands.")


def cancel(request: HttpRequest, mailing: Mailing) -> str:
    """Send it to nobody else, for ever."""
    if not mailing.cancel(by=request.user):
        raise Refused(_("It is over: %s.") % mailing.get_state_display())
    return _("Cancelled. Nobody else gets it.")


@dataclass(frozen=True)
class Step:
    """A step, the permissions of which it needs one, and whether it changes what is said."""

    take: Callable[[HttpRequest, Mailing], str]
    needs: tuple[str, ...]
    writes: bool = False


STEPS = {
    "proof": Step(proof, (CHANGE,)),
    "language": Step(language, (CHANGE,), writes=True),
    "ask": Step(ask, (CHANGE, SEND)),
    "approve": Step(approve, (APPROVE,)),
    "send": Step(send, (SEND,)),
    "schedule": Step(schedule, (SEND,)),
    "switch_on_step": Step(switch_on_step, (SEND,)),
    "reword": Step(reword, (CHANGE,), writes=True),
    # Whoever sees that something is wrong may stop it.
    "pause": Step(pause, (SEND, CHANGE, APPROVE)),
    "resume": Step(resume, (SEND,)),
    "unschedule": Step(unschedule, (SEND, CHANGE, APPROVE)),
    "cancel": Step(cancel, (SEND,)),
}


def may_take(step: str, request: HttpRequest, mailing: Mailing) -> bool:
    """Whether the user's groups let them take it."""
    asked = STEPS[step]
    may = any(map(request.user.has_perm, asked.needs))
    return may and (not asked.writes or may_write(request.user, mailing))


def take(step: str, request: HttpRequest, mailing: Mailing) -> str:
    """Take a step and tell the user; returns what to log, empty when it was refused."""
    try:
        done = STEPS[step].take(request, mailing)
    except Refused as error:
        messages.error(request, str(error))
        return ""
    messages.success(request, done)
    return done
