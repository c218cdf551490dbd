from typing import Self

from django.db import models
from django.db.models.functions import Now

from campaigns.models import MailScope
from campaigns.models.scoping import OrganizationScopedQuerySet


class ListHealthQuerySet(OrganizationScopedQuerySet):
    organization_path = "scope__organization"

    def newest(self) -> Self:
        """The last count of each kind of mail."""
        return self.order_by("scope_id", "-day").distinct("scope_id")


class ListHealth(models.Model):
    """How the readers of one kind of mail stood on a day. Each reader is in one of these:
    active within 90 days, quiet (within a year), silent, resting, or blocked."""

    scope = models.ForeignKey(MailScope, on_delete=models.CASCADE, related_name="health")
    day = models.DateField()
    active = models.PositiveIntegerField(default=0)
    quiet = models.PositiveIntegerField(default=0)
    silent = models.PositiveIntegerField(default=0)
    resting = models.PositiveIntegerField(default=0)
    blocked = models.PositiveIntegerField(default=0)
    asked = models.PositiveIntegerField(default=0)
    joined = models.PositiveIntegerField(default=0)
    left = models.PositiveIntegerField(default=0)
    counted_at = models.DateTimeField(db_default=Now())

    objects = ListHealthQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["scope", "day"], name="list_health_once_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.scope} · {self.day}"

    @property
    def readers(self) -> int:
        """Everyone with a standing consent."""
        return self.active + self.quiet + self.silent + self.resting + self.blocked
