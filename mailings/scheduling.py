"""Approving and scheduling: one click on the count lets a proofed mailing go out after the hold."""

import logging
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.humanize.templatetags.humanize import intcomma
from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Greatest, Now
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from mailings import audience, doorbell
from mailings.composing import CannotBeSent, compile_contents, freeze_content
from mailings.models import CatchUp, Mailing, MailingContent
from mailings.proofing import is_proofed, proved
from mailings.seconding import (
    asks_for_second_person,
    has_grown,
    is_seconded,
    may_second_catch_up,
)
from mailings.segments import BadRules
from mailings.writing import who_wrote

logger = logging.getLogger(__name__)
State = Mailing.State
_GROWN = gettext_lazy(
    "It was for %(then)s people when it was scheduled and would now reach %(now)s, so nothing was"
    " sent. Look at whom it reaches, and send it again."
)


class AudienceChanged(Exception):
    """The audience is not the one that the sender saw; `count` is what it is now."""

    def __init__(self, count: int) -> None:
        people = ngettext("%(count)s person", "%(count)s people", count)
        super().__init__(
            _("The audience has changed since you looked: it is now %(people)s. Send again.")
            % {"people": people % {"count": intcomma(count)}}
        )
        self.count = count


def asks_for_number(mailing: Mailing, count: int) -> bool:
    """Whether who sends it types how many get it: many, or more than one page's signers."""
    return count > mailing.organization.typed_count_above or mailing.signers_only is None


def approve_mailing(*, mailing: Mailing, user: Any, expected_count: int) -> bool:
    """Approve what was proofed, for the audience whose size `user` was shown.

    Safe to click twice: False when it had been approved for them, edited or scheduled. Raises
    CannotBeSent when what it says has changed since the proof, AudienceChanged.
    """
    if mailing.state not in (State.PROOFED, State.APPROVED):
        return False
    contents = proofed_contents(mailing)
    now = count_as_seen(mailing, expected_count)
    if mailing.state == State.APPROVED and is_seconded(mailing, now):
        return False
    return _approve(mailing, user, contents, expected_count)


def schedule_mailing(
    *,
    mailing: Mailing,
    expected_count: int,
    user: Any = None,
    typed: int | None = None,
    at: datetime | None = None,
) -> bool:
    """Let what was proofed go out after the hold, or at `at` if that is later.

    Safe to click twice: False when it had gone ahead. `expected_count` is the size of the audience
    that the sender was shown; on a campaign that lives it may have moved by a hundredth since.
    `typed` is the number that the sender typed, where one is asked for. Where no second person is
    asked for, who sends approves. Raises CannotBeSent, AudienceChanged.
    """
    if not mailing.is_editable:
        return False
    if mailing.kind == Mailing.Kind.WELCOME:
        raise CannotBeSent([_("A welcome is for whoever joins: switch it on instead.")])
    contents = proofed_contents(mailing)
    now = count_as_seen(mailing, expected_count)
    _check_sender(mailing, now, expected_count=expected_count, typed=typed)
    if at and at <= timezone.now():
        raise CannotBeSent([_("This time has passed: choose a later one, or send it now.")])
    with transaction.atomic():
        if mailing.state == State.PROOFED:
            _approve(mailing, user, contents, expected_count)
        claimed = mailing.put_on_schedule(
            by=user,
            starts_at=_start(at),
            seen=_counted_by(mailing) | {"approved_digest": proved(contents)},
            seconded=asks_for_second_person(mailing, now),
            narrowed_by=mailing.segment.as_data() if mailing.segment else None,
            counted=expected_count,
        )
        if claimed:
            freeze_content(*contents)
            transaction.on_commit(doorbell.ring_pump)
    return claimed


def ask_again_when_grown(mailing: Mailing) -> bool:
    """Whether a mailing that is due must not begin now; takes one back that has grown too far.

    Who sent it, and whoever seconded it, decided on a number. Where the audience is more than a
    tenth and more than fifty people larger when its time has come, or has come to need a second
    person, they are asked again. One that cannot be counted waits for the next round.
    """
    if mailing.counted is None or mailing.snapshot_after:
        return False
    try:
        now = audience.count(mailing)
    except BadRules as error:
        mailing.take_back(reason=str(error))
        return True
    except audience.TooSlow:
        logger.warning("The audience of mailing %s could not be counted in time", mailing.pk)
        return True
    asked = is_seconded(mailing, now) or not asks_for_second_person(mailing, now)
    if asked and not has_grown(mailing.counted, now):
        return False
    numbers = {"then": intcomma(mailing.counted), "now": intcomma(now)}
    mailing.take_back(reason=_GROWN % numbers)
    return True


def catch_ups_to_go_on() -> list[int]:
    """The catch-ups that are due and may bring people in; ends those that have grown too far.

    Who asked for one decided on a number: where it would now reach many more, they are asked again.
    One that cannot be counted waits for the next round, and is late after an hour.
    """
    may = []
    due = CatchUp.objects.due().select_related("mailing__organization", "mailing__campaign")
    for catch_up in due.order_by("pk"):
        if catch_up.snapshot_after or _goes_as_asked(catch_up):
            may.append(catch_up.pk)
    return may


def _goes_as_asked(catch_up: CatchUp) -> bool:
    """Whether it may begin now; ends one that nobody has asked for like this."""
    try:
        now = audience.catch_up_count(catch_up.mailing)
    except (BadRules, audience.TooSlow):
        logger.warning("Catch-up %s could not be counted", catch_up.pk)
        return False
    # One that was asked for before numbers were kept is for those who are there now.
    counted = now if catch_up.counted is None else catch_up.counted
    decided = catch_up.by_second_person or not asks_for_second_person(catch_up.mailing, now)
    if decided and not has_grown(counted, now):
        return True
    catch_up.end(CatchUp.Ended.GROWN)
    return False


def second_catch_up(*, catch_up: CatchUp, user: Any) -> bool:
    """Approve, as the second person, that so many people are caught up. Safe to click twice.

    Raises CannotBeSent when it is not for `user` to say, or it has grown since it was asked for.
    """
    if not may_second_catch_up(catch_up, user):
        raise CannotBeSent([_("You asked for it, or both of you wrote it: another approves it.")])
    try:
        now = audience.catch_up_count(catch_up.mailing)
    except (BadRules, audience.TooSlow) as error:
        raise CannotBeSent([str(error)]) from error
    if catch_up.counted is not None and has_grown(catch_up.counted, now):
        raise CannotBeSent([_("Many more would get it than when it was asked for: ask again.")])
    writers = who_wrote(catch_up.mailing)
    return catch_up.second(by=user, hold=audience.hold(), written_by=writers)


def _approve(mailing: Mailing, user: Any, contents: list[MailingContent], count: int) -> bool:
    """Who wrote it is asked after it was read: whoever changes it later changes its digest too."""
    writers = who_wrote(mailing)
    return mailing.approve(by=user, digest=proved(contents), count=count, written_by=writers)


def count_as_seen(mailing: Mailing, expected_count: int) -> int:
    """How many get it now. Raises AudienceChanged when somebody was shown another number."""
    now = count_people(mailing)
    if abs(now - expected_count) > expected_count // 100:
        raise AudienceChanged(now)
    return now


def count_people(mailing: Mailing) -> int:
    """How many get it now. Raises CannotBeSent when that cannot be told."""
    try:
        return audience.count(mailing)
    except (BadRules, audience.TooSlow) as error:
        raise CannotBeSent([str(error)]) from error


def _counted_by(mailing: Mailing) -> dict[str, Any]:
    """What the number rests on. Where another has chosen something else meanwhile, nothing goes."""
    return {
        "scope": mailing.scope_id,
        "campaign": mailing.campaign_id,
        "segment": mailing.segment_id,
    }


def _start(at: datetime | None) -> Any:
    hold = Now() + timedelta(seconds=settings.MAILING_HOLD_SECONDS)
    return Greatest(hold, Value(at)) if at else hold


def proofed_contents(mailing: Mailing) -> list[MailingContent]:
    """What the mailing says, if a proof of exactly this was sent, and nothing else was approved.

    Raises CannotBeSent.
    """
    contents = compile_contents(mailing)
    if not is_proofed(contents) or mailing.is_approved_for_other_than(proved(contents)):
        mailing.void(note=_("What it says has changed since the proof."))
        raise CannotBeSent([_("Send yourself a proof of this text first.")])
    return contents


def _check_sender(mailing: Mailing, count: int, *, expected_count: int, typed: int | None) -> None:
    """Refuse what the one who sends has not said or may not decide alone. Raises CannotBeSent."""
    if not count:
        raise CannotBeSent([_("Nobody would get it: the audience is empty.")])
    if asks_for_number(mailing, count) and typed != expected_count:
        raise CannotBeSent(
            [_("Type the number of people who get it: %s.") % intcomma(expected_count)]
        )
    if asks_for_second_person(mailing, count) and not is_seconded(mailing, count):
        if mailing.by_second_person:
            raise CannotBeSent(
                [_("More people would get it than when it was approved: have it approved again.")]
            )
        raise CannotBeSent(
            [
                _("More than %s people would get it: somebody who did not write it approves it.")
                % intcomma(mailing.organization.second_person_above)
            ]
        )
