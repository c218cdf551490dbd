"""What staff type against a limit of the database is refused in words, not by its name."""

import pytest
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.constraints import BaseConstraint

from mailings.models import Segment
from signatures.admin.looking_up import ReadOnly
from signatures.models import Tag
from tests.factories import make_organization

OURS = ("campaigns", "signatures", "mailings")
# Of fields that no form shows, though one could: what they hold is written by the code alone.
FILLED_IN = {"segment_rules_version", "trial_text_numbered"}


def fields_of(condition: models.Q) -> set[str]:
    """The names of the fields that a condition reads."""
    found: set[str] = set()
    for child in condition.children:
        found |= fields_of(child) if isinstance(child, models.Q) else {child[0].split("__")[0]}
    return found


def reachable(model: type[models.Model], constraint: BaseConstraint) -> bool:
    """Whether forms may hold all that it reads: one that they do not hold whole is not asked."""
    if not isinstance(constraint, models.CheckConstraint) or not isinstance(
        constraint.condition, models.Q
    ):
        return bool(getattr(constraint, "expressions", ()))
    fields = [model._meta.get_field(name) for name in fields_of(constraint.condition)]
    # What only picks from a list is refused by the list.
    return all(field.editable for field in fields) and not all(field.choices for field in fields)


def limits() -> dict[str, BaseConstraint]:
    shown = [one for one in admin.site._registry.values() if not isinstance(one, ReadOnly)]
    typed = {each.model for one in shown for each in (one, *one.inlines)}
    return {
        constraint.name: constraint
        for model in typed
        if model._meta.app_label in OURS
        for constraint in model._meta.constraints
        if constraint.name not in FILLED_IN and reachable(model, constraint)
    }


LIMITS = limits()


@pytest.mark.parametrize("name", sorted(LIMITS))
def test_a_limit_that_typing_can_reach_has_words_of_its_own(name):
    assert LIMITS[name].violation_error_message != BaseConstraint.default_violation_error_message


@pytest.mark.django_db
def test_the_words_say_what_to_do():
    organization = make_organization()
    Tag.objects.create(organization=organization, name="Volunteer")
    again = Tag(organization=organization, name="volunteer")
    none = Segment(organization=organization, name="x", rules={"version": 1}, most=0)
    for row, said in (
        (again, "There is a tag of this name already."),
        (none, "Let at least one person be in it; empty: all."),
    ):
        with pytest.raises(ValidationError, match=said):
            row.full_clean(exclude=["created_by"])
