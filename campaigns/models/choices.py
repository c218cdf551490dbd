"""`choices` guard forms alone; this makes the database refuse other values too."""

from django.db import models


def in_choices(
    field: str, choices: type[models.TextChoices], name: str
) -> models.CheckConstraint:
    """A check constraint: `field` holds one of the values of `choices`."""
    return models.CheckConstraint(
        condition=models.Q(**{f"{field}__in": choices.values}), name=name
    )
