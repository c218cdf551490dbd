"""Drafting a step of a welcome series, switching it on, and taking it out to reword it."""

from typing import Any

from django.contrib.humanize.templatetags.humanize import intcomma
from django.db import transaction
from django.db.models.functions import Coalesce, Now
from django.utils.translation import gettext as _

from campaigns.models import MailScope
from mailings import audience, doorbell
from mailings.composing import CannotBeSent, compile_contents, freeze_content
from mailings.models import Mailing, MailingAct, WelcomeStep
from mailings.proofing import is_proofed, proved
from mailings.scheduling import count_people
from mailings.seconding import asks_for_second_person, who_may_second
from mailings.writing import who_wrote

MAY_SWITCH_ON = "mailings.send_mailing"


@transaction.atomic
def draft_step(
    *,
    scope: MailScope,
    days: int,
    subject: str,
    user: Any,
    preheader: str = "",
    body: str = "",
) -> WelcomeStep:
    """A step `days` after joining, as a draft for somebody to write. Raises IntegrityError when the
    scope has one on that day."""
    mailing = Mailing.objects.create(
        organization=scope.organization,
        scope=scope,
        kind=Mailing.Kind.WELCOME,
        subject=subject,
        preheader=preheader,
        body=body,
        created_by=user,
        edited_by=user,
    )
    mailing.acts.create(name=MailingAct.Name.DRAFTED, by=user)
    return WelcomeStep.objects.create(scope=scope, days=days, mailing=mailing)


def is_for_many(mailing: Mailing) -> bool:
    """Whether a welcome that is off asks for a second person. A list too long to count does."""
    limit = mailing.organization.second_person_above
    if limit is None or not mailing.is_editable:
        return False
    try:
        return audience.is_larger_than(mailing, limit, patience=audience.PATIENCE)
    except audience.TooSlow:
        return True


def switch_on(*, step: WelcomeStep, user: Any) -> bool:
    """Let whoever joins from now on get it; after a rewording, also those who wait for it.

    It must have been proofed as it stands. Where many agreed to this kind of mail it reaches many
    in time, so that somebody who did not write it switches it on. Safe to press twice: False when
    it had gone ahead. Raises CannotBeSent.
    """
    mailing = step.mailing
    if not mailing.is_editable:
        return False
    contents = compile_contents(mailing)
    if not is_proofed(contents):
        raise CannotBeSent([_("Send yourself a proof of this text first.")])
    count = count_people(mailing)
    seconded = asks_for_second_person(mailing, count)
    # Asked after the text was compiled: whoever changes it from here on changes its revision too.
    writers = who_wrote(mailing)
    if seconded and (user is None or user.pk in writers):
        raise CannotBeSent([_asks_another(mailing)])
    with transaction.atomic():
        live = mailing.approve(
            by=user, digest=proved(contents), count=count, written_by=writers
        ) and mailing.go_live(by=user, seconded=seconded)
        if live:
            freeze_content(*contents)
            WelcomeStep.objects.filter(pk=step.pk).update(live_since=Coalesce("live_since", Now()))
            transaction.on_commit(doorbell.ring_pump)
    step.refresh_from_db()
    return live


def _asks_another(mailing: Mailing) -> str:
    """Why its writer may not switch it on, who may, and that it waits for them."""
    limit = intcomma(mailing.organization.second_person_above)
    wait = _("Its text and its proof stay as they are.")
    others = who_may_second(mailing, MAY_SWITCH_ON)
    if not others:
        nobody = _(
            "More than %s people may get this kind of mail, so somebody who did not write it"
            " switches it on. Nobody else here may yet: whoever runs this site can add somebody."
        )
        return f"{nobody % limit} {wait}"
    asked = _(
        "More than %(limit)s people may get this kind of mail, so somebody who did not write it"
        " switches it on: %(others)s."
    )
    return f"{asked % {'limit': limit, 'others': ', '.join(map(str, others))}} {wait}"
