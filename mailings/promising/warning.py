"""Telling organizers a week before a promise would be broken: what keeps it, or that nothing does.

Where nothing is new by then, this is what asks somebody to write.
"""

from datetime import datetime

from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mailings.models import OrganizerNotice
from mailings.promising.owed import Promise, promises
from mailings.telling import tell


def warn_ahead() -> list[Promise]:
    """Owe a notice for each promise that is near; returns those that are.

    Each deadline is told once, and once more when the digest that was to keep it falls away. Where
    some of the people wait longer than others, each of their days is a deadline.
    """
    near = [part for promise in promises() for part in promise.by_day() if part.is_near]
    for promise in near:
        _warn(promise)
    return near


def _warn(promise: Promise) -> None:
    scope = promise.scope
    if promise.is_to_approve:
        # `approval` tells of it, once for the digest and not for each day.
        return
    with translation.override(scope.organization.language):
        planned = promise.is_planned
        tell(
            scope.organization,
            kind=OrganizerNotice.Kind.PROMISE,
            key=f"{scope.pk} {promise.due_by:%Y-%m-%d} {'planned' if planned else 'nothing'}",
            subject=_planned_subject(promise) if planned else _nothing_subject(promise),
            text=_planned_text(promise) if planned else _nothing_text(promise),
            path=_where(promise),
        )


def _where(promise: Promise) -> str:
    if promise.is_planned and promise.plan.draft:
        return reverse("admin:mailings_mailing_change", args=[promise.plan.draft.pk])
    return reverse("admin:promises")


def _planned_subject(promise: Promise) -> str:
    return _("The %(scope)s digest goes out on %(day)s") % {
        "scope": promise.scope.name,
        "day": _day(promise.plan.goes_at),
    }


def _planned_text(promise: Promise) -> str:
    count = promise.plan.items
    news = ngettext(
        "It tells %(count)d piece of news by itself, to everyone who has not had it yet.",
        "It tells %(count)d pieces of news by itself, to everyone who has not had them yet.",
        count,
    )
    return "\n\n".join(
        [
            news % {"count": count},
            _what_you_can_do(promise),
            _("It keeps the promise of %(cadence)s mail, which would be broken after %(day)s.")
            % _terms(promise),
        ]
    )


def _what_you_can_do(promise: Promise) -> str:
    draft = promise.plan.draft
    if draft and draft.by_second_person:
        goes = _("%(user)s approved it, and it goes as it is: a change asks for another approval.")
        return goes % {"user": draft.approved_by}
    return _("Until then you can write a few words above the news, or leave this period out.")


def _nothing_subject(promise: Promise) -> str:
    terms = _terms(promise)
    if promise.is_overdue:
        return _("The promise of %(cadence)s %(scope)s mail is broken") % terms
    return _("Write an update: %(scope)s mail is promised by %(day)s") % terms


def _nothing_text(promise: Promise) -> str:
    said = [
        _("People were promised %(cadence)s mail, and have heard nothing since %(heard)s.")
        % _terms(promise)
    ]
    if promise.waiting:
        names = "; ".join(silence.headline for silence in promise.waiting[:5])
        said.append(_("Those who signed wait for it: %s.") % names)
    held = promise.plan.held
    if held and held.period:
        said.append(
            _("The digest of %(day)s did not go out and waits for you: %(why)s")
            % {"day": date_format(held.period, "DATE_FORMAT"), "why": held.pause_reason}
        )
    if promise.plan.skipped:
        said.append(_("This period was left out: %s") % promise.plan.skipped.reason)
    elif promise.plan.goes_at is None:
        said.append(_("No digest is scheduled for it."))
    elif promise.plan.items:
        said.append(
            _("The next digest goes out on %s, which is too late.") % _day(promise.plan.goes_at)
        )
    else:
        said.append(_("Nothing is new, so the digest would have nothing to tell."))
    said.append(
        _("Write an update by then: even “nothing has moved yet, and this is why” keeps it.")
    )
    return "\n\n".join(said)


def _terms(promise: Promise) -> dict[str, str]:
    return {
        "scope": promise.scope.name,
        "cadence": str(promise.scope.get_cadence_display()),
        "day": _day(promise.due_by),
        "heard": _day(promise.heard_at),
    }


def _day(moment: datetime | None) -> str:
    return date_format(moment, "DATE_FORMAT") if moment else ""
