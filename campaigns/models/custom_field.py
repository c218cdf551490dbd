from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from campaigns.models.campaign import Campaign
from campaigns.models.scoping import CampaignScopedQuerySet
from campaigns.models.values import in_choices


class CustomFieldKind(models.TextChoices):
    TEXT = "text", _("a line of text")
    CHOICE = "choice", _("one of several")
    TICK = "tick", _("a box to tick")


class CustomField(models.Model):
    """A question of a campaign's own on its sign form; answers are stored by `key`."""

    Kind = CustomFieldKind

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="custom_fields")
    key = models.SlugField(max_length=40)
    label = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.TEXT)
    choices = models.TextField(max_length=2000, blank=True, help_text=_("One a line."))
    required = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField(default=0)

    objects = CampaignScopedQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "key"], name="custom_field_key_once"),
            in_choices("kind", CustomFieldKind, "custom_field_kind_known"),
        ]

    def __str__(self) -> str:
        return self.label

    def clean(self) -> None:
        """Raises ValidationError for a choice with fewer than two answers, or one twice."""
        if self.kind == CustomFieldKind.CHOICE and len(self.options) < 2:
            raise ValidationError({"choices": _("Write at least two answers, one a line.")})
        if len(set(self.options)) < len(self.options):
            raise ValidationError({"choices": _("Write each answer once.")})

    @property
    def options(self) -> list[str]:
        """The answers to choose from."""
        return [line.strip() for line in self.choices.splitlines() if line.strip()]
