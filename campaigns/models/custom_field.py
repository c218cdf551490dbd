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

    # The choices in the words of a translation, as many as the question has, or none.
    shown_choices: str = ""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="custom_fields")
    key = models.SlugField(max_length=40)
    label = models.CharField(max_length=200)
    help = models.CharField(
        max_length=300,
        blank=True,
        default="",
        db_default="",
        help_text=_("A line below the question: why it is asked, what it is used for."),
    )
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
        return _lines(self.choices)

    @property
    def shown_options(self) -> list[tuple[str, str]]:
        """The answers to choose from, each with the words for it in the edition at hand."""
        shown = _lines(self.shown_choices)
        if len(shown) != len(self.options):
            shown = self.options
        return list(zip(self.options, shown, strict=True))

    def said(self, answer: str) -> str:
        """The words of the edition at hand for a stored answer."""
        return dict(self.shown_options).get(answer, answer)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
