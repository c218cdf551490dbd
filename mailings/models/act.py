"""What was done with a mailing, by whom and when: a line for each act, never changed."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from campaigns.models.values import in_choices


class ActName(models.TextChoices):
    DRAFTED = "drafted", _("drafted")
    EDITED = "edited", _("edited")
    PROOFED = "proofed", _("sent a proof")
    ASKED = "asked", _("asked for approval")
    APPROVED = "approved", _("approved")
    SCHEDULED = "scheduled", _("scheduled")
    UNSCHEDULED = "unscheduled", _("unscheduled")
    PAUSED = "paused", _("paused")
    RESUMED = "resumed", _("resumed")
    CANCELLED = "cancelled", _("cancelled")
    CATCH_UP = "catch_up", _("asked for a catch-up")
    SECONDED = "seconded", _("approved the catch-up")
    TAKEN_BACK = "taken_back", _("took the catch-up back")


class MailingAct(models.Model):
    """One line of a mailing's log. `by` is empty for what happened by itself."""

    Name = ActName

    mailing = models.ForeignKey("mailings.Mailing", on_delete=models.CASCADE, related_name="acts")
    name = models.CharField(max_length=12, choices=ActName)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    note = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["mailing", "at"], name="act_of_mailing")]
        constraints = [in_choices("name", ActName, "act_known")]

    def __str__(self) -> str:
        return f"{self.mailing_id} · {self.get_name_display()}"
