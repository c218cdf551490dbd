from django.db import models
from django.utils.translation import gettext_lazy as _

from campaigns.models.campaign import Campaign
from campaigns.models.scoping import CampaignScopedQuerySet
from campaigns.models.values import in_choices, web_address


class SourceDatePrecision(models.TextChoices):
    DAY = "day", _("day")
    MONTH = "month", _("month")
    YEAR = "year", _("year")


class Source(models.Model):
    """A published work that a text cites by key. Its number derives from the order of first use."""

    DatePrecision = SourceDatePrecision

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="sources")
    key = models.SlugField(max_length=60, help_text=_("Names the source in the text: wong-2018."))
    author = models.CharField(max_length=200, blank=True, help_text=_("A person or organization."))
    title = models.CharField(max_length=500, help_text=_("As it was published, without quotes."))
    publisher = models.CharField(max_length=200, blank=True)
    published_on = models.DateField(null=True, blank=True)
    date_precision = models.CharField(
        max_length=5, choices=DatePrecision, default=DatePrecision.DAY
    )
    url = models.URLField(_("address"), max_length=2000, blank=True, validators=[web_address])
    archive_url = models.URLField(
        _("archived copy"), max_length=2000, blank=True, validators=[web_address]
    )
    accessed_on = models.DateField(null=True, blank=True)
    checked_at = models.DateTimeField(null=True, editable=False)
    last_ok_at = models.DateTimeField(null=True, editable=False)
    http_status = models.PositiveSmallIntegerField(null=True, editable=False)
    fail_count = models.PositiveSmallIntegerField(
        default=0, editable=False, help_text=_("Checks in a row that found it gone.")
    )
    check_problem = models.CharField(
        max_length=80, blank=True, editable=False, help_text=_("What the last check met.")
    )
    position = models.PositiveSmallIntegerField(default=0)

    objects = CampaignScopedQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "key"], name="source_key_once"),
            in_choices("date_precision", SourceDatePrecision, "source_precision_known"),
        ]

    def __str__(self) -> str:
        return f"{self.key}: {self.title}"
