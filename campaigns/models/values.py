"""What a field may hold."""

from django.core.validators import URLValidator
from django.db import models

web_address = URLValidator(schemes=["http", "https"])


def in_choices(field: str, choices: type[models.TextChoices], name: str) -> models.CheckConstraint:
    """A check constraint: `field` holds one of the values of `choices`, which guard forms alone."""
    return models.CheckConstraint(condition=models.Q(**{f"{field}__in": choices.values}), name=name)
