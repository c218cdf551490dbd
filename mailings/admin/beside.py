"""What the page of a mailing shows around its words: what it lacks, who gets it, what was done."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.humanize.templatetags.humanize import intcomma
from django.http import HttpRequest
from django.utils.translation import gettext as _

from campaigns.admin.times import in_both_zones
from mailings.admin.afterwards import about_open_catch_up
from mailings.admin.steps import STEPS, may_take, typed_in
from mailings.admin.whom import whom
from mailings.asking import needed_to_second
from mailings.composing import CannotBeSent, compile_contents
from mailings.digesting.approving import is_as_approved
from mailings.digesting.preparing import has_passed
from mailings.models import CatchUp, Mailing, Trial
from mailings.progress import counts_by_status, hold_of, progress_of
from mailings.proofing import proof_of
from mailings.scheduling import asks_for_number
from mailings.seconding import asks_for_second_person, is_seconded, who_may_second
from mailings.writing import who_wrote

_FROZEN = {Mailing.State.SENDING, Mailing.State.PAUSED, Mailing.State.SENT}
_STANDING = {Mailing.State.PAUSED, Mailing.State.SENT, Mailing.State.CANCELLED}


def beside_the_words(mailing: Mailing, request: HttpRequest) -> dict[str, Any]:
    """The context of the page, besides the form."""
    beside: dict[str, Any] = {
        "missing": [],
        "may": {step: may_take(step, request, mailing) for step in STEPS},
        "acts": log_of(mailing),
        "texts": mailing.translations.order_by("language"),
        "languages": _languages(mailing),
        "zone": mailing.zone.key,
        "typed": typed_in(request),
    }
    if mailing.starts_at:
        beside["starts"] = in_both_zones(mailing.starts_at, mailing.zone)
    if mailing.starts_at and mailing.state == Mailing.State.SCHEDULED:
        beside["hold"] = hold_of(mailing)
    if mailing.is_editable:
        beside |= _before_the_send(mailing, request)
    if mailing.state in _FROZEN:
        beside["progress"] = progress_of(mailing)
        beside |= about_open_catch_up(mailing, request)
        beside["may_send"] = request.user.has_perm("mailings.send_mailing")
    if mailing.state in _STANDING:
        beside["counts"] = counts_by_status(mailing).items()
    return beside


@dataclass(frozen=True)
class Line:
    """A line of the log; `who` is empty for what happened by itself."""

    at: datetime
    what: str
    who: str = ""
    note: str = ""


def log_of(mailing: Mailing, most: int = 50) -> list[Line]:
    """What was done with the mailing and what became of it, the newest first."""
    lines = [
        Line(act.at, act.get_name_display(), str(act.by or ""), act.note)
        for act in reversed(mailing.acts.select_related("by")[:most])
    ]
    if mailing.started_at:
        # Whom a catch-up added stands on a line of its own.
        added = sum(mailing.catch_ups.values_list("added", flat=True))
        people = _("%s people") % intcomma(mailing.audience_size - added)
        lines.append(Line(mailing.started_at, _("began to go out"), note=people))
    lines += _ends_of_catch_ups(mailing)
    if mailing.finished_at and mailing.state == Mailing.State.SENT:
        lines.append(Line(mailing.finished_at, _("all sent")))
    return sorted(lines, key=lambda line: line.at)[::-1]


def _ends_of_catch_ups(mailing: Mailing) -> Iterator[Line]:
    """What became of those that somebody asked for; a taken one is an act."""
    over = mailing.catch_ups.exclude(finished_at=None).exclude(ended=CatchUp.Ended.TAKEN_BACK)
    for one in over:
        assert one.finished_at
        if one.ended == CatchUp.Ended.DONE:
            note = _("%s people") % intcomma(one.added)
            yield Line(one.finished_at, _("caught up"), note=note)
        else:
            yield Line(one.finished_at, _("not caught up"), note=one.get_ended_display())


def _before_the_send(mailing: Mailing, request: HttpRequest) -> dict[str, Any]:
    beside: dict[str, Any] = {"proof": None, "missing": []}
    try:
        beside["proof"] = proof_of(compile_contents(mailing))
    except CannotBeSent as error:
        beside["missing"] += error.reasons
        beside["cannot_go"] = True
    told = whom(mailing)
    beside["missing"] += told.pop("missing", [])
    beside |= told
    if "count" in told:
        beside |= _who_decides(mailing, told["count"], request)
    if mailing.kind == Mailing.Kind.DIGEST:
        beside["is_held"] = has_passed(mailing)
        beside["goes_by_itself"] = not beside["is_held"] and not beside.get("asks_for_second")
        if not beside["is_held"]:
            # Who has had enough mail today may want some when it goes.
            beside.pop("capped", None)
        beside["as_approved"] = beside.get("is_seconded") and is_as_approved(mailing)
    return beside


def _who_decides(mailing: Mailing, count: int, request: HttpRequest) -> dict[str, Any]:
    """What a send to so many people asks for, and of whom."""
    asked, seconded = asks_for_second_person(mailing, count), is_seconded(mailing, count)
    may_second = who_may_second(mailing, needed_to_second(mailing)) if asked else []
    others = [] if seconded else may_second
    return {
        "asks_for_number": asks_for_number(mailing, count),
        "asks_for_second": asked,
        "is_seconded": seconded,
        "wrote_it": request.user.pk in who_wrote(mailing),
        "others": others,
        "may_ask": others and request.user not in others,
    }


def _languages(mailing: Mailing) -> list[tuple[str, str]]:
    """Those that it does not speak yet; none once it can be edited no more, or tries texts."""
    if not mailing.is_editable or Trial.objects.filter(mailing=mailing).exists():
        return []
    spoken = {mailing.language, *mailing.translations.values_list("language", flat=True)}
    return [(code, str(name)) for code, name in settings.LANGUAGES if code not in spoken]
