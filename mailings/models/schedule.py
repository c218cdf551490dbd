"""When the digest of a kind of mail goes out."""

from datetime import timedelta
from typing import Self

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from campaigns.models import MailScope
from campaigns.models.scoping import OrganizationScopedQuerySet


class DigestScheduleQuerySet(OrganizationScopedQuerySet):
    organization_path = "scope__organization"

    def promised(self) -> Self:
        """Schedules at work. A scope without a cadence promises nothing."""
        return self.filter(active=True).exclude(scope__cadence=MailScope.Cadence.NONE)

    def due(self) -> Self:
        """Schedules that have to be woken."""
        return self.due_within(timedelta(0))

    def due_within(self, time: timedelta) -> Self:
        """Schedules that have to be woken before so much time is over."""
        return self.promised().filter(due_at__lte=Now() + time)


class DigestSchedule(models.Model):
    """When the round-up of one scope goes out. Beat wakes it; the database decides."""

    scope = models.OneToOneField(MailScope, on_delete=models.CASCADE, related_name="schedule")
    active = models.BooleanField(default=True)
    due_at = models.DateTimeField(help_text=_("When the next digest goes, if there is news."))

    objects = DigestScheduleQuerySet.as_manager()

    class Meta:
        verbose_name = _("digest schedule")

    def __str__(self) -> str:
        return f"{self.scope}: {self.scope.get_cadence_display()}"
