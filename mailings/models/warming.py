from django.db import models
from django.utils.translation import gettext_lazy as _

from mailings.models.lane import Lane


class LaneDay(models.Model):
    """How many mails were claimed for sending in a lane on a day (UTC)."""

    pk = models.CompositePrimaryKey("lane_id", "day")
    lane = models.ForeignKey(Lane, on_delete=models.CASCADE, related_name="days", db_index=False)
    day = models.DateField()
    mails = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.lane_id} · {self.day}: {self.mails}"


class WarmUp(models.Model):
    """A new sender grows in a lane: few mails on its first day, more on each that follows.

    A day counts when mails went out, and does not when too much of them came back (`held_days`).
    """

    lane = models.OneToOneField(Lane, on_delete=models.CASCADE, related_name="warm_up")
    began_on = models.DateField()
    held_days = models.PositiveSmallIntegerField(default=0)
    looked_on = models.DateField(null=True)
    ended_on = models.DateField(null=True, help_text=_("From then on nothing is held back."))

    class Meta:
        verbose_name = _("warm-up")

    def __str__(self) -> str:
        return f"{self.lane} · {self.began_on}"
