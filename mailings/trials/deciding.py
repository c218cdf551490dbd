"""Choosing the winner when its time has come; before that, stopping what drives people away."""

from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce, Now
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from mailings.models import Mailing, MailingContent, OrganizerNotice, Trial
from mailings.models.trial import FIRST_ARM, letter_of
from mailings.telling import tell
from mailings.trials.figures import Arm, arms_of, best_of

# More people leave a text than any list can afford; of so few nothing can be said.
MOST_LEAVE, MOST_COMPLAIN, FEWEST = 0.02, 0.003, 100


def watch_trials() -> list[Trial]:
    """Stop the mailings whose trial goes badly and decide the trials whose time has come.

    Returns those that this call decided. Safe with two beats.
    """
    decided = []
    for trial in Trial.objects.undecided().select_related("mailing__organization"):
        arms = arms_of(trial)
        if reason := _trouble(arms, trial.mailing):
            if trial.mailing.pause(reason):
                _tell(trial, reason)
        elif _is_due(trial) and decide(trial=trial, winner=best_of(arms, trial.measure).number):
            decided.append(trial)
    return decided


def _trouble(arms: list[Arm], mailing: Mailing) -> str:
    """Which text drives people away, for the person who sends; empty when none does.

    Whoever resumed the mailing has read it and goes on all the same.
    """
    if mailing.resumed_at:
        return ""
    for arm in arms:
        left, complained = arm.left, arm.complained
        sent = max(arm.sent, FEWEST)
        if (left + complained) / sent > MOST_LEAVE or complained / sent > MOST_COMPLAIN:
            return _(
                "Of %(sent)d who got text %(letter)s, %(left)d left and %(complained)d complained."
                " Look at it before you resume."
            ) % {
                "sent": arm.sent,
                "letter": arm.letter,
                "left": left,
                "complained": complained,
            }
    return ""


def _is_due(trial: Trial) -> bool:
    """Whether everyone who tries it has got it for as long as was said."""
    out = Coalesce(F("mailing__wave_done_at"), F("mailing__finished_at"))
    since = Trial.objects.filter(pk=trial.pk).annotate(out=out)
    return since.filter(out__lte=Now() - timedelta(hours=trial.hours)).exists()


@transaction.atomic
def decide(*, trial: Trial, winner: int) -> bool:
    """Let everyone who has not got the mailing get this text. Safe to call twice: the first stands.

    The words that nobody has got yet become the winner's. A text that was tried keeps its own, for
    those of its arm who are tried again.
    """
    undecided = Trial.objects.filter(pk=trial.pk, decided_at=None)
    if not undecided.update(winner=winner, decided_at=Now()):
        return False
    trial.refresh_from_db()
    contents = MailingContent.objects.filter(mailing=trial.mailing_id)
    for own in contents.filter(variant=0):
        MailingContent.objects.create(
            mailing_id=own.mailing_id,
            language=own.language,
            variant=FIRST_ARM,
            skeleton=own.skeleton,
            layout=own.layout,
            digest=own.digest,
        )
        won = contents.get(language=own.language, variant=winner)
        contents.filter(pk=own.pk).update(
            skeleton=won.skeleton, layout=won.layout, digest=won.digest
        )
    _tell(trial, _("Text %s won. Everyone else gets it now.") % letter_of(winner))
    return True


def _tell(trial: Trial, text: str) -> None:
    organization = trial.mailing.organization
    with translation.override(organization.language):
        tell(
            organization,
            kind=OrganizerNotice.Kind.TRIAL,
            key=f"{trial.pk} {'decided' if trial.decided_at else 'stopped'}",
            subject=_("The trial of “%s”") % trial.mailing.subject[:100],
            text=text,
            path=reverse("admin:mailings_trial_change", args=[trial.pk]),
        )
