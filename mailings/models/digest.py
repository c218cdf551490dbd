"""What a digest is made of, and the periods that somebody chose to leave out."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign, Update
from campaigns.models.campaign import CampaignState
from campaigns.models.values import in_choices
from mailings.models.mailing import Mailing
from mailings.models.schedule import DigestSchedule

# As many bits as a positive PostgreSQL integer has.
MOST_POSITIONS = 31


class DigestItemKind(models.TextChoices):
    UPDATE = "update", _("update")
    OUTCOME = "outcome", _("outcome")
    OPENED = "opened", _("new campaign")


class DigestItem(models.Model):
    """One piece of news in a digest. `position` is its bit in the `items` of each recipient."""

    Kind = DigestItemKind

    mailing = models.ForeignKey(Mailing, on_delete=models.CASCADE, related_name="items")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=DigestItemKind)
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="+")
    update = models.ForeignKey(Update, null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(
        max_length=10,
        choices=CampaignState,
        blank=True,
        help_text=_("What the outcome was; empty for other news."),
    )
    carried = models.BooleanField(
        default=False,
        db_default=False,
        help_text=_("Told before, and here for those alone who had had enough mail then."),
    )

    class Meta:
        ordering = ["mailing", "position"]
        constraints = [
            models.UniqueConstraint(fields=["mailing", "position"], name="digest_item_position"),
            models.UniqueConstraint(
                fields=["mailing", "kind", "campaign", "update", "state"],
                nulls_distinct=False,
                name="digest_item_once",
            ),
            in_choices("kind", DigestItemKind, "digest_item_kind_known"),
            models.CheckConstraint(
                condition=models.Q(position__lt=MOST_POSITIONS), name="digest_item_has_a_bit"
            ),
            models.CheckConstraint(
                condition=models.Q(kind=DigestItemKind.UPDATE, update__isnull=False)
                | ~models.Q(kind=DigestItemKind.UPDATE) & models.Q(update=None),
                name="digest_item_names_its_update",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.update or self.campaign}"


class SkippedPeriod(models.Model):
    """A period for which somebody decided that no digest goes out, and why."""

    schedule = models.ForeignKey(
        DigestSchedule, on_delete=models.CASCADE, related_name="skipped_periods"
    )
    period = models.DateField(help_text=_("The due date of the digest that does not go."))
    reason = models.CharField(max_length=200)
    skipped_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    skipped_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-period"]
        constraints = [
            models.UniqueConstraint(fields=["schedule", "period"], name="period_skipped_once"),
            models.CheckConstraint(condition=~models.Q(reason=""), name="skipped_with_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.schedule} · {self.period}"
