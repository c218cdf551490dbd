from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

ascii_domain_name = RegexValidator(
    r"^[a-z0-9.-]+$", _("A domain in small letters, as it stands behind the @: gmail.com.")
)


class Lane(models.Model):
    """A way out with limits of its own: to one provider of mailboxes, or to all others."""

    DEFAULT = 0

    number = models.PositiveSmallIntegerField(primary_key=True)
    name = models.CharField(max_length=40)
    max_connections = models.PositiveSmallIntegerField(default=4)
    per_second = models.FloatField(
        null=True,
        blank=True,
        help_text=_("Mails a second over all connections; empty: no limit."),
    )
    day_cap = models.PositiveIntegerField(
        null=True,
        blank=True,
        help_text=_("Mails a day, counted in UTC; empty: no limit. A warm-up sets it by itself."),
    )
    paused_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["number"]

    def __str__(self) -> str:
        return self.name


class LaneDomain(models.Model):
    """Mail to addresses of this domain goes by a lane of its own; to all others, by the first."""

    domain = models.CharField(max_length=253, unique=True, validators=[ascii_domain_name])
    lane = models.ForeignKey(Lane, on_delete=models.CASCADE, related_name="domains")

    class Meta:
        ordering = ["domain"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(domain=Lower("domain")),
                name="lane_domain_is_lower",
                violation_error_message=ascii_domain_name.message,
            )
        ]

    def __str__(self) -> str:
        return self.domain
