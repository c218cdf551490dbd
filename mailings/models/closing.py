from django.db import models
from django.db.models.functions import Now

from campaigns.models import Campaign, Update
from campaigns.models.campaign import CampaignState
from mailings.models.mailing import Mailing


class ClosingMail(models.Model):
    """The last mail of a campaign, drafted by itself when it ended: once for each end it comes to.

    The mailing is missing where the organization has no kind of mail to send it under.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="closing_mails")
    state = models.CharField(max_length=10, choices=CampaignState)
    update = models.OneToOneField(Update, null=True, on_delete=models.SET_NULL, related_name="+")
    mailing = models.OneToOneField(
        Mailing, null=True, on_delete=models.SET_NULL, related_name="closes"
    )
    drafted_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "state"], name="closing_mail_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=["closed", "won", "lost"]),
                name="closing_mail_of_an_end",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.campaign} · {self.state}"
