"""How far a mailing is, from chunk cursors alone: its cost does not grow with its recipients."""

from dataclasses import dataclass
from datetime import timedelta

from django.contrib.humanize.templatetags.humanize import intcomma
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mailings.models import Mailing, Recipient
from mailings.statuses import DONE

_LEFT = f"""
SELECT
    (SELECT coalesce(sum(hi - greatest(cursor, lo - 1)), 0) FROM mailings_chunk
     WHERE mailing_id = %(mailing)s AND state < {DONE}),
    (SELECT count(*) FROM mailings_deferral WHERE mailing_id = %(mailing)s)
"""  # noqa: S608
_BY_STATUS = """
SELECT status, count(*) FROM mailings_recipient WHERE mailing_id = %s GROUP BY status
"""


@dataclass(frozen=True)
class Progress:
    """People in all, done with, left (`waiting` of them for another try), and the speed."""

    total: int
    left: int
    waiting: int
    per_second: float

    @property
    def done(self) -> int:
        return self.total - self.left

    @property
    def sentence(self) -> str:
        """`8,201 of 12,345 done, 4,144 left, 210 a second, about 20 seconds to go.`"""
        numbers = {
            "done": intcomma(self.done),
            "total": intcomma(self.total),
            "left": intcomma(self.left),
        }
        said = [_("%(done)s of %(total)s done, %(left)s left") % numbers]
        if self.waiting:
            said.append(_("%s of them wait for another try") % intcomma(self.waiting))
        if self.left and self.per_second:
            said.append(_("%s a second") % intcomma(round(self.per_second, 1)))
            said.append(_("about %s to go") % in_words(self.time_left or timedelta()))
        return ", ".join(said) + "."

    @property
    def time_left(self) -> timedelta | None:
        """None before there is a speed to reckon with."""
        at_once = self.left - self.waiting
        return timedelta(seconds=round(at_once / self.per_second)) if self.per_second else None


def in_words(time: timedelta) -> str:
    """`9 seconds`, `4 minutes`, `2 hours 20 minutes`: as exact as somebody who waits wants it."""
    seconds = round(time.total_seconds())
    if seconds < 90:
        return ngettext("%d second", "%d seconds", seconds) % seconds
    minutes = round(seconds / 60)
    if minutes < 90:
        return ngettext("%d minute", "%d minutes", minutes) % minutes
    hours, minutes = divmod(minutes, 60)
    said = ngettext("%d hour", "%d hours", hours) % hours
    return f"{said} " + ngettext("%d minute", "%d minutes", minutes) % minutes


def progress_of(mailing: Mailing) -> Progress:
    """The progress of a mailing whose audience is frozen."""
    with connection.cursor() as cursor:
        cursor.execute(_LEFT, {"mailing": mailing.pk})
        open_chunks, waiting = cursor.fetchone()
    left = min(int(open_chunks) + waiting, mailing.audience_size)
    return Progress(
        total=mailing.audience_size,
        left=left,
        waiting=waiting,
        per_second=_per_second(mailing, mailing.audience_size - left),
    )


def _per_second(mailing: Mailing, done: int) -> float:
    if not mailing.started_at:
        return 0.0
    until = mailing.paused_at or mailing.finished_at or timezone.now()
    seconds = (until - mailing.started_at - mailing.paused_for).total_seconds()
    return done / seconds if seconds > 0 else 0.0


def counts_by_status(mailing: Mailing) -> dict[Recipient.Status, int]:
    """How many recipients are in each status; reads them all, for a mailing that stands still."""
    with connection.cursor() as cursor:
        cursor.execute(_BY_STATUS, [mailing.pk])
        found = dict(cursor.fetchall())
    return {status: found.get(status.value, 0) for status in Recipient.Status}
