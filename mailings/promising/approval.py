"""Telling organizers of a digest to many that wants a second person, and of one that did not go.

Whether or not a promise is near: who is to read and approve it needs the days for which it lies
ready. They are told when it is drafted, once more a day before its time, and when that has passed.
"""

import logging
from datetime import datetime, timedelta

from django.contrib.humanize.templatetags.humanize import intcomma
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mailings.clock import database_now
from mailings.digesting.approving import wants_approval
from mailings.digesting.preparing import draft_of, held_back
from mailings.models import DigestSchedule, Mailing, OrganizerNotice
from mailings.telling import tell

logger = logging.getLogger(__name__)

LAST_CALL = timedelta(days=1)


def ask_for_approval() -> list[Mailing]:
    """Owe a notice for each digest that waits for a second person; returns those that do.

    Nobody is told the same twice. One that fails is logged and keeps nobody else from theirs.
    """
    waiting = []
    for schedule in DigestSchedule.objects.promised().select_related("scope__organization"):
        try:
            if draft := _look_after(schedule):
                waiting.append(draft)
        except Exception:
            logger.exception("Nobody could be asked to approve the digest of %s", schedule.pk)
    return waiting


def _look_after(schedule: DigestSchedule) -> Mailing | None:
    """The draft that waits, if there is one, of which organizers have been told."""
    draft = draft_of(schedule)
    with translation.override(schedule.scope.organization.language):
        if held := held_back(schedule):
            _tell_of_held(held)
        if draft is None:
            return None
        if not wants_approval(draft):
            draft.wait_no_more()
            return None
        draft.wait_for_second()
        _ask(draft, schedule.due_at)
    return draft


def _ask(draft: Mailing, goes_at: datetime) -> None:
    is_last = goes_at - database_now() <= LAST_CALL
    subject = _("Approve the %(scope)s digest: it is to go out on %(day)s")
    if is_last:
        subject = _("Last day to approve the %(scope)s digest of %(day)s")
    _tell(
        draft,
        occasion="last call" if is_last else "approve",
        subject=subject % {"scope": draft.scope.name, "day": date_format(goes_at, "DATE_FORMAT")},
        text=f"{_what_it_tells(draft)}\n\n{_who_approves(draft, goes_at)}",
    )


def _what_it_tells(draft: Mailing) -> str:
    count = draft.items.count()
    news = ngettext(
        "It is drafted, with %(count)d piece of news.",
        "It is drafted, with %(count)d pieces of news.",
        count,
    )
    return news % {"count": count}


def _who_approves(draft: Mailing, goes_at: datetime) -> str:
    return _(
        "More than %(people)s people would get it. So send a proof, and have somebody who did not"
        " write any of it approve it before %(time)s UTC. It then goes out as it was approved, and"
        " what is new later waits for the next one. Without that nobody gets it."
    ) % {
        "people": intcomma(draft.organization.second_person_above),
        "time": date_format(goes_at, "DATETIME_FORMAT"),
    }


def _tell_of_held(held: Mailing) -> None:
    act = _("Nobody has got it. Look at it and send it, or delete it.")
    _tell(
        held,
        occasion="held",
        subject=_("The %(scope)s digest did not go out") % {"scope": held.scope.name},
        text=f"{held.pause_reason}\n\n{act}".strip(),
    )


def _tell(mailing: Mailing, *, occasion: str, subject: str, text: str) -> None:
    tell(
        mailing.organization,
        kind=OrganizerNotice.Kind.PROMISE,
        key=f"digest {mailing.pk} {occasion}",
        subject=subject,
        text=text,
        path=reverse("admin:mailings_mailing_change", args=[mailing.pk]),
    )
