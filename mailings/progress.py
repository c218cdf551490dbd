"""How far a mailing is: what is left by chunk cursors alone, its speed by who had theirs last."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.humanize.templatetags.humanize import intcomma
from django.db import connection
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mailings.clock import database_now
from mailings.models import Mailing, Recipient, WelcomeStep
from mailings.statuses import DONE
from mailings.waiting import goes_in_waves, waits_for

_LEFT = f"""
SELECT
    (SELECT coalesce(sum(hi - greatest(cursor, lo - 1)), 0) FROM mailings_chunk
     WHERE mailing_id = %(mailing)s AND state < {DONE}),
    (SELECT count(*) FROM mailings_deferral WHERE mailing_id = %(mailing)s)
"""  # noqa: S608
# What was done within the last minute, in the chunks that were begun last: as many in each lane as
# are sent in a minute by a fast one.
_CHUNKS = 64
_RECENT = """
SELECT count(*), extract(epoch FROM now() - min(r.done_at))::float
FROM (
    SELECT lane, lo, cursor, row_number() OVER (PARTITION BY lane ORDER BY wave DESC, lo DESC) AS n
    FROM mailings_chunk WHERE mailing_id = %(mailing)s AND cursor >= lo
) c
JOIN mailings_recipient r
    ON r.mailing_id = %(mailing)s AND r.lane = c.lane AND r.seq BETWEEN c.lo AND c.cursor
WHERE c.n <= %(chunks)s AND r.done_at > now() - interval '1 minute'
"""
_BY_STATUS = """
SELECT status, count(*) FROM mailings_recipient WHERE mailing_id = %s GROUP BY status
"""


@dataclass(frozen=True)
class Progress:
    """People in all, done with, left (`waiting` of them for another try), and the speed.

    `per_second` is that of the last minute. `waits` says what it waits for on purpose; it has no
    speed then. `is_whole` is False while only a part of it may go. `on_since` is when a welcome was
    switched on, which goes to whoever joins and so has no total.
    """

    total: int
    left: int
    waiting: int
    per_second: float
    waits: str = ""
    is_whole: bool = True
    on_since: datetime | None = None

    @property
    def done(self) -> int:
        return self.total - self.left

    @property
    def sentence(self) -> str:
        """`8,201 of 12,345 done, 4,144 left, 210 a second, about 20 seconds to go.`"""
        if self.on_since:
            return self._of_welcome(self.on_since)
        numbers = {
            "done": intcomma(self.done),
            "total": intcomma(self.total),
            "left": intcomma(self.left),
        }
        said = [_("%(done)s of %(total)s done, %(left)s left") % numbers]
        if self.waiting:
            said.append(_("%s of them wait for another try") % intcomma(self.waiting))
        if self.waits:
            return f"{', '.join(said)}. {self.waits}."
        if self.left > self.waiting and self.per_second:
            said.append(_("%s a second") % intcomma(round(self.per_second, 1)))
        if self.time_left is not None:
            said.append(_("about %s to go") % in_words(self.time_left))
        return ", ".join(said) + "."

    def _of_welcome(self, since: datetime) -> str:
        """`37 people have got it since 3 Nov 2026, 2 wait for it.`"""
        day = date_format(since, "j M Y")
        said = ngettext(
            "%(people)s person has got it since %(day)s",
            "%(people)s people have got it since %(day)s",
            self.done,
        ) % {"people": intcomma(self.done), "day": day}
        if self.left:
            waiting = ngettext("%s waits for it", "%s wait for it", self.left)
            said += f", {waiting % intcomma(self.left)}"
        return f"{said}. {self.waits}." if self.waits else f"{said}."

    @property
    def time_left(self) -> timedelta | None:
        """None where no speed tells it: before there is one, and while a part of it waits."""
        at_once = self.left - self.waiting
        if at_once <= 0 or not self.per_second or self.waits or not self.is_whole:
            return None
        return timedelta(seconds=round(at_once / self.per_second))


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


def hold_of(mailing: Mailing) -> str:
    """To how many a scheduled mailing goes, and how long it can still be taken back."""
    assert mailing.starts_at
    left = max(mailing.starts_at - database_now(), timedelta())
    if mailing.snapshot_after or not left:
        return _("It is about to begin: its audience is being written down.")
    told = {"people": intcomma(mailing.counted), "time": _until(left)}
    if mailing.counted is None:
        return _("%(time)s left.") % told
    return _("It is for %(people)s people; %(time)s left.") % told


def _until(left: timedelta) -> str:
    """As `in_words()`, and within the last hour to the second."""
    minutes, seconds = divmod(int(left.total_seconds()), 60)
    if not 0 < minutes < 60:
        return in_words(left)
    said = ngettext("%d minute", "%d minutes", minutes) % minutes
    return f"{said} " + ngettext("%d second", "%d seconds", seconds) % seconds


def progress_of(mailing: Mailing) -> Progress:
    """The progress of a mailing whose audience is frozen."""
    with connection.cursor() as cursor:
        cursor.execute(_LEFT, {"mailing": mailing.pk})
        open_chunks, waiting = cursor.fetchone()
    left = min(int(open_chunks) + waiting, mailing.audience_size)
    waits = waits_for(mailing, done=mailing.audience_size - left)
    return Progress(
        total=mailing.audience_size,
        left=left,
        waiting=waiting,
        per_second=0.0 if waits or not left else _per_second(mailing),
        waits=waits,
        is_whole=not goes_in_waves(mailing),
        on_since=_switched_on(mailing),
    )


def _switched_on(mailing: Mailing) -> datetime | None:
    if mailing.kind != Mailing.Kind.WELCOME:
        return None
    return WelcomeStep.objects.filter(mailing=mailing).values_list("live_since", flat=True).first()


def _per_second(mailing: Mailing) -> float:
    """The speed of the last minute; 0 where nothing left in it."""
    with connection.cursor() as cursor:
        cursor.execute(_RECENT, {"mailing": mailing.pk, "chunks": _CHUNKS})
        done, seconds = cursor.fetchone()
    return done / max(seconds, 1.0) if done else 0.0


def counts_by_status(mailing: Mailing) -> dict[Recipient.Status, int]:
    """How many recipients are in each status; reads them all, for a mailing that stands still."""
    with connection.cursor() as cursor:
        cursor.execute(_BY_STATUS, [mailing.pk])
        found = dict(cursor.fetchall())
    return {status: found.get(status.value, 0) for status in Recipient.Status}
