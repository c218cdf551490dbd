from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from campaigns.models import Organization
from campaigns.models.scoping import OrganizationScopedQuerySet


def everyone() -> dict[str, Any]:
    """Rules without a condition."""
    return {"version": 1, "all": []}


class Segment(models.Model):
    """Conditions on people under a name, for mailings to choose. `rules` is data, never SQL."""

    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="segments"
    )
    name = models.CharField(max_length=120)
    rules = models.JSONField(default=everyone)
    most = models.PositiveIntegerField(
        _("at most"),
        null=True,
        blank=True,
        help_text=_("Only so many of them, chosen by lot and the same each time; empty: all."),
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        editable=False,
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = OrganizationScopedQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "name"], name="segment_name_once"),
            models.CheckConstraint(
                condition=models.Q(rules__has_key="version", rules__version=1),
                name="segment_rules_version",
            ),
            models.CheckConstraint(
                condition=models.Q(most=None) | models.Q(most__gt=0),
                name="segment_most_is_some",
                violation_error_message=_("Let at least one person be in it; empty: all."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def as_data(self) -> dict[str, Any]:
        """What a mailing keeps of it once it is scheduled: an edit then changes no audience."""
        return {"rules": self.rules, "most": self.most}
