"""What a mailing under way waits for on purpose, and until when, said to who watches it."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mailings.clock import database_now
from mailings.day_caps import is_held_up
from mailings.models import Chunk, Mailing, Trial


def waits_for(mailing: Mailing, *, done: int) -> str:
    """`Watching the first 200 until 14:39 UTC`; empty while it goes on as fast as it can.

    `done` is how many people have got it.
    """
    if mailing.state == Mailing.State.PAUSED:
        return _("Paused")
    if mailing.state != Mailing.State.SENDING:
        return ""
    if mailing.wave_done_at is None or not _has_later_wave(mailing):
        return _for_tomorrow(mailing)
    trial = Trial.objects.filter(mailing=mailing, decided_at=None).first()
    if trial:
        decided_at = mailing.wave_done_at + timedelta(hours=trial.hours)
        return _("The winner is chosen at %s") % _in_zone(decided_at, mailing)
    until = mailing.wave_done_at + timedelta(seconds=settings.MAILING_CANARY_WATCH_SECONDS)
    said = ngettext(
        "Watching the first %(people)s until %(time)s",
        "Watching the first %(people)s until %(time)s",
        done,
    )
    return said % {"people": intcomma(done), "time": _in_zone(until, mailing)}


def _for_tomorrow(mailing: Mailing) -> str:
    """Whether as many as may leave in a day have left; a day is one of UTC."""
    if not is_held_up(mailing.pk, wave=mailing.open_wave):
        return ""
    today = database_now().astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    tomorrow = _in_zone(today + timedelta(days=1), mailing)
    return _("As many as may leave in a day have left: it goes on at %s") % tomorrow


def goes_in_waves(mailing: Mailing) -> bool:
    """Whether a part of it goes now and the rest only later, so that no speed tells the end."""
    return mailing.state == Mailing.State.SENDING and _has_later_wave(mailing)


def _has_later_wave(mailing: Mailing) -> bool:
    return Chunk.objects.filter(mailing=mailing, wave__gt=mailing.open_wave).exists()


def _in_zone(moment: datetime, mailing: Mailing) -> str:
    """`14:39 UTC`, with its day where that is another one than today."""
    there = moment.astimezone(mailing.zone)
    is_today = there.date() == timezone.now().astimezone(mailing.zone).date()
    time = f"{there:%H:%M}" if is_today else f"{there.day} {there:%b, %H:%M}"
    zone = mailing.zone.key.replace("_", " ")
    return f"{time} UTC" if zone == "UTC" else f"{time} ({zone})"
