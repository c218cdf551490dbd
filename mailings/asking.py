"""Asking for a second person: who may approve a mailing is told so, and finds it waiting."""

from collections.abc import Iterable
from typing import Any

from django.contrib.humanize.templatetags.humanize import intcomma
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from mailings.composing import CannotBeSent
from mailings.models import CatchUp, Mailing, OrganizerNotice
from mailings.proofing import proved
from mailings.scheduling import count_as_seen, proofed_contents
from mailings.seconding import (
    MAY_APPROVE,
    asks_for_second_person,
    is_seconded,
    may_second_catch_up,
    who_may_second,
)
from mailings.telling import tell
from mailings.welcoming.starting import MAY_SWITCH_ON
from mailings.writing import who_wrote

# So many of those that wait are looked through for the ones that a user may approve.
MOST_WAITING = 20


def needed_to_second(mailing: Mailing) -> str:
    """The permission that its second person has: a welcome is switched on, not approved."""
    return MAY_SWITCH_ON if mailing.kind == Mailing.Kind.WELCOME else MAY_APPROVE


def ask_for_approval(*, mailing: Mailing, user: Any, expected_count: int) -> list[Any]:
    """Ask everyone who may be the second person of what was proofed; returns them.

    Each is told by one mail for a text and a number, however often somebody asks. Empty when it
    cannot be approved now. Raises CannotBeSent, AudienceChanged.
    """
    contents = proofed_contents(mailing)
    count = count_as_seen(mailing, expected_count)
    if not asks_for_second_person(mailing, count) or is_seconded(mailing, count):
        raise CannotBeSent([_("Nobody else has to approve it as it is.")])
    others = [each for each in who_may_second(mailing, needed_to_second(mailing)) if each != user]
    if not others:
        raise CannotBeSent(
            [_("Nobody else here may yet: whoever runs this site can add somebody.")]
        )
    digest = proved(contents)
    if mailing.is_asked_about(digest, expected_count):
        return others
    names = ", ".join(map(str, others))
    with transaction.atomic():
        if not mailing.ask_for_approval(by=user, digest=digest, count=expected_count, of=names):
            # Where another asked for the same at the same moment, it is done.
            return others if mailing.is_asked_about(digest, expected_count) else []
        _tell(others, mailing, user, f"{mailing.pk} {digest.hex()[:32]} {expected_count}")
    return others


def waiting_for(user: Any) -> list[Mailing]:
    """What waits for the approval of this very user, who wrote no part of it; the newest first."""
    asked = Mailing.objects.visible_to(user).waiting_for_second()
    of_others = asked.exclude(created_by=user).exclude(edited_by=user).order_by("-asked_at")
    found = of_others.select_related("scope__organization")[:MOST_WAITING]
    return [
        mailing
        for mailing in found
        if user.has_perm(needed_to_second(mailing)) and user.pk not in who_wrote(mailing)
    ]


def catch_ups_waiting_for(user: Any) -> list[CatchUp]:
    """The catch-ups that wait for the approval of this very user; the newest first."""
    if not user.has_perm(MAY_APPROVE):
        return []
    waiting = CatchUp.objects.visible_to(user).open().filter(starts_at=None).order_by("-asked_at")
    found = waiting.exclude(asked_by=user).select_related("mailing__scope__organization")
    return [each for each in found[:MOST_WAITING] if may_second_catch_up(each, user)]


def _tell(people: Iterable[Any], mailing: Mailing, user: Any, key: str) -> None:
    """Owe each of them a mail, in the language of their organization."""
    with translation.override(mailing.organization.language):
        subject, text = _in_words(mailing, user)
    tell(
        mailing.organization,
        kind=OrganizerNotice.Kind.APPROVAL,
        key=key,
        subject=subject,
        text=text,
        path=reverse("admin:mailings_mailing_change", args=[mailing.pk]),
        people=people,
    )


def _in_words(mailing: Mailing, user: Any) -> tuple[str, str]:
    what = {
        "user": user,
        "subject": mailing.subject,
        "people": intcomma(mailing.asked_count),
        "limit": intcomma(mailing.organization.second_person_above),
    }
    if mailing.kind == Mailing.Kind.WELCOME:
        return _("%(user)s asks you to switch on a welcome: %(subject)s") % what, _(
            "%(people)s people agreed to this kind of mail. Above %(limit)s somebody who did not"
            " write a welcome switches it on. Read it, and switch it on if it is right. Until then"
            " nobody gets it."
        ) % what
    return _("%(user)s asks you to approve: %(subject)s") % what, _(
        "%(people)s people would get it. Above %(limit)s somebody who did not write it approves it."
        " Read it, and approve it if it is right. Until then nobody gets it."
    ) % what
