"""Drafting a step of a welcome series, switching it on, and taking it out to reword it."""

from typing import Any

from django.db import transaction
from django.db.models.functions import Coalesce, Now
from django.utils.translation import gettext as _

from campaigns.models import MailScope
from mailings import doorbell
from mailings.composing import CannotBeSent, compile_contents, freeze_content
from mailings.models import Mailing, MailingAct, WelcomeStep
from mailings.proofing import is_proofed


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


def switch_on(*, step: WelcomeStep, user: Any) -> bool:
    """Let whoever joins from now on get it; after a rewording, also those who wait for it.

    It must have been proofed as it stands. Safe to press twice: False when it had gone ahead.
    Raises CannotBeSent.
    """
    mailing = step.mailing
    if not mailing.is_editable:
        return False
    contents = compile_contents(mailing)
    if not is_proofed(contents):
        raise CannotBeSent([_("Send yourself a proof of this text first.")])
    with transaction.atomic():
        live = mailing.go_live(by=user)
        if live:
            freeze_content(*contents)
            WelcomeStep.objects.filter(pk=step.pk).update(live_since=Coalesce("live_since", Now()))
            transaction.on_commit(doorbell.ring_pump)
    step.refresh_from_db()
    return live
