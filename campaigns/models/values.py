"""What a field may hold."""

import zoneinfo
from functools import cache

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import models
from django.utils.translation import gettext_lazy as _


def known_language(code: str) -> None:
    """Raises ValidationError for a code of no language that pages and mails can be written in."""
    if code not in dict(settings.LANGUAGES):
        raise ValidationError(
            _("Write a language code in small letters, like en, es or pt-br."), code="language"
        )


def known_time_zone(name: str) -> None:
    """Raises ValidationError for a name that is no time zone of the IANA database."""
    if name not in available_time_zones():
        raise ValidationError(
            _("Write a time zone as Region/City, like Europe/London."), code="time_zone"
        )


@cache
def available_time_zones() -> frozenset[str]:
    """The names of the IANA database, read once."""
    return frozenset(zoneinfo.available_timezones())


web_address = URLValidator(schemes=["http", "https"])


def in_choices(field: str, choices: type[models.TextChoices], name: str) -> models.CheckConstraint:
    """A check constraint: `field` holds one of the values of `choices`, which guard forms alone."""
    return models.CheckConstraint(condition=models.Q(**{f"{field}__in": choices.values}), name=name)
