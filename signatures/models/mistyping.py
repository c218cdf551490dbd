from django.db import models
from django.db.models.functions import Now

from campaigns.models import Campaign
from signatures.models.supporter import Supporter


class Mistyping(models.Model):
    """“That address was wrong”: said by a browser, and not yet carried out (`disclaiming`)."""

    campaign = models.ForeignKey(
        Campaign, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    supporter = models.ForeignKey(
        Supporter, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    typist = models.BinaryField(max_length=16, help_text="What only the browser that typed it has.")
    said_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.said_at:%Y-%m-%d %H:%M}"
