from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns.models.campaign import Campaign
from campaigns.models.scoping import CampaignScopedQuerySet


class Correction(models.Model):
    """A dated line under the letter: what stood there before was wrong."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="corrections")
    text = models.CharField(max_length=500, help_text=_("What was wrong, and what is right."))
    corrected_on = models.DateField(default=timezone.localdate)

    objects = CampaignScopedQuerySet.as_manager()

    class Meta:
        ordering = ["corrected_on", "pk"]

    def __str__(self) -> str:
        return self.text
