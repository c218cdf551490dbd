from typing import Self

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from campaigns.models import MailScope
from campaigns.models.scoping import OrganizationScopedQuerySet
from mailings.models.mailing import Mailing


class WelcomeStepQuerySet(OrganizationScopedQuerySet):
    organization_path = "scope__organization"

    def live(self) -> Self:
        """Steps that go to whoever joins."""
        return self.filter(mailing__state=Mailing.State.SENDING)


class WelcomeStep(models.Model):
    """One mail of the series that new subscribers of a scope get, so many days after they joined.

    Its mailing stays under way for as long as the step is on, and its audience grows: who got the
    step is a recipient of the mailing, once, by the constraint that holds for every mailing.
    """

    scope = models.ForeignKey(MailScope, on_delete=models.CASCADE, related_name="welcome_steps")
    days = models.PositiveSmallIntegerField(
        _("days after joining"), help_text=_("0: as soon as somebody has joined.")
    )
    mailing = models.OneToOneField(
        Mailing, on_delete=models.CASCADE, related_name="welcome_step", editable=False
    )
    live_since = models.DateTimeField(
        null=True, editable=False, help_text=_("Who joined before gets no welcome any more.")
    )
    grown_until = models.DateTimeField(null=True, editable=False)
    looked_back_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = WelcomeStepQuerySet.as_manager()

    class Meta:
        ordering = ["scope", "days"]
        constraints = [
            models.UniqueConstraint(fields=["scope", "days"], name="one_welcome_a_day"),
            models.CheckConstraint(
                condition=models.Q(days__lte=365),
                name="welcome_within_a_year",
                violation_error_message=_("A welcome comes within a year: at most 365 days."),
            ),
        ]

    def __str__(self) -> str:
        days = ngettext("%(days)s day", "%(days)s days", self.days) % {"days": self.days}
        return f"{self.scope} · {days}"
