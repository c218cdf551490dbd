"""What pages and lists show of a count. `signatures.counting` keeps both current."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from campaigns.models.campaign import Campaign
from campaigns.models.scoping import CampaignScopedQuerySet


class Tally(models.Model):
    """The count that pages show: its own row, so that saving a campaign never writes it."""

    campaign = models.OneToOneField(
        Campaign, on_delete=models.CASCADE, primary_key=True, related_name="tally"
    )
    counted = models.PositiveIntegerField(default=0)
    as_of = models.DateTimeField(db_default=models.functions.Now())
    settled_at = models.DateTimeField(
        null=True, help_text=_("When it was last compared with what has come in.")
    )

    objects = CampaignScopedQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.campaign}: {self.counted}"


class TallyHour(models.Model):
    """The count as it stood at the end of an hour: the public history of a campaign."""

    campaign = models.ForeignKey(
        Campaign, on_delete=models.CASCADE, related_name="tally_hours", db_index=False
    )
    hour = models.DateTimeField(help_text=_("When the hour began."))
    counted = models.PositiveIntegerField()

    objects = CampaignScopedQuerySet.as_manager()

    class Meta:
        ordering = ["campaign", "hour"]
        constraints = [models.UniqueConstraint(fields=["campaign", "hour"], name="tally_hour_once")]

    def __str__(self) -> str:
        return f"{self.campaign_id} {self.hour:%Y-%m-%d %H}h: {self.counted}"
