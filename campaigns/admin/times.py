"""Times as organizers type them: in the time zone of their campaign."""

import zoneinfo
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django import forms
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.models.values import available_time_zones

UTC = zoneinfo.ZoneInfo("UTC")


# For fields of models in UTC, which keep their seconds. Django's own pair of fields, one for the
# day and one for the time, has no label for either.
ONE_FIELD: dict[type[models.Field], dict[str, Any]] = {
    models.DateTimeField: {
        "form_class": forms.DateTimeField,
        "widget": forms.DateTimeInput(
            {"type": "datetime-local", "step": 1}, format="%Y-%m-%dT%H:%M:%S"
        ),
    }
}


class ZonedDateTimeField(forms.DateTimeField):
    """A date and a time of day in `zone`, by default UTC.

    What is no time there, or is one twice, when clocks change, is refused in words.
    """

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    zone = UTC

    def to_python(self, value: Any) -> datetime | None:
        try:
            with timezone.override(self.zone):
                return super().to_python(value)
        except forms.ValidationError as error:
            if error.code != "ambiguous_timezone" or not error.params:
                raise
            raise _no_such_time(error.params["datetime"], self.zone) from error

    def prepare_value(self, value: Any) -> Any:
        with timezone.override(self.zone):
            return super().prepare_value(value)

    def has_changed(self, initial: Any, data: Any) -> bool:
        """The field shows no seconds: without them coming back, nothing was changed."""
        if isinstance(initial, datetime):
            initial = initial.replace(second=0, microsecond=0)
        return super().has_changed(initial, data)


def _no_such_time(typed: datetime, zone: zoneinfo.ZoneInfo) -> forms.ValidationError:
    """What to do about a time of day that clocks leave out, or show twice, when they change."""
    # Read with the offset before the change and with the one after it.
    earlier, later = sorted(
        typed.replace(tzinfo=zone, fold=fold).astimezone(UTC).astimezone(zone) for fold in (0, 1)
    )
    is_twice = earlier.replace(tzinfo=None) == later.replace(tzinfo=None)
    day = f"{typed.day} {typed:%b %Y}"
    said = {"day": day, "zone": zone.key.replace("_", " "), "time": f"{typed:%H:%M}"}
    if is_twice:
        sentence = _(
            "On %(day)s clocks go back in %(zone)s, so %(time)s comes twice. Choose a time an hour"
            " earlier or later."
        )
        return forms.ValidationError(sentence % said, code="time_twice")
    sentence = _(
        "On %(day)s clocks go forward in %(zone)s, so there is no %(time)s. Choose %(earlier)s or"
        " earlier, or %(later)s or later."
    )
    said |= {"earlier": f"{earlier:%H:%M}", "later": f"{later:%H:%M}"}
    return forms.ValidationError(sentence % said, code="no_such_time")


def zone_named(name: Any) -> zoneinfo.ZoneInfo:
    """The zone of this name; UTC for a name that is none."""
    return zoneinfo.ZoneInfo(name) if name in available_time_zones() else UTC


def zone_choices() -> Iterator[tuple[str, str]]:
    """Every Region/City, and UTC first. Aliases such as `GB` or `EST5EDT` are left out."""
    yield "UTC", "UTC"
    for name in sorted(available_time_zones()):
        if "/" in name and not name.startswith(("Etc/", "posix", "right", "SystemV/", "US/")):
            yield name, name.replace("_", " ")


def in_both_zones(moment: datetime, zone: zoneinfo.ZoneInfo) -> str:
    """`1 May 2027, 18:00 (Europe/London), 17:00 UTC`, for whoever has to be certain."""
    there, here = moment.astimezone(zone), moment.astimezone(UTC)
    if zone.key == "UTC":
        return _("%(day)s UTC") % {"day": _words(there)}
    same_day = there.date() == here.date()
    return _("%(there)s (%(zone)s), which is %(utc)s UTC") % {
        "there": _words(there),
        "zone": zone.key.replace("_", " "),
        "utc": here.strftime("%H:%M") if same_day else _words(here),
    }


def _words(moment: datetime) -> str:
    return f"{moment.day} {moment:%b %Y, %H:%M}"
