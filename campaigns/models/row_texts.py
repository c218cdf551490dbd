"""What a translation says in place of the rows under its campaign: names, questions, corrections.

An empty text leaves the campaign's own standing: a name may be the same in every language.
"""

from copy import copy
from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from campaigns.models.correction import Correction
from campaigns.models.custom_field import CustomField
from campaigns.models.scoping import OrganizationScopedQuerySet
from campaigns.models.target import Target
from campaigns.models.translation import Translation


class RowTextQuerySet(OrganizationScopedQuerySet):
    organization_path = "translation__campaign__organization"


class QuestionTextQuerySet(RowTextQuerySet):
    def complete(self) -> Self:
        """Texts that say all that their questions say."""
        return (
            self.exclude(label="")
            .exclude(models.Q(help="") & ~models.Q(row__help=""))
            .exclude(models.Q(choices="") & ~models.Q(row__choices=""))
        )


class RowText(models.Model):
    """The texts of one row in one language; `texts` are the fields that it says anew."""

    texts: ClassVar[tuple[str, ...]]

    objects: Any = RowTextQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return next((said for said in self._said().values() if said), "–")

    def clean(self) -> None:
        """Raises ValidationError when the row is another campaign's."""
        row = getattr(self, "row", None)
        if row and row.campaign_id != self.translation.campaign_id:  # type: ignore[attr-defined]
            raise ValidationError(_("This belongs to another campaign."))

    def _said(self) -> dict[str, str]:
        return {name: getattr(self, name) for name in self.texts}

    def in_place_of(self, row: Any) -> Any:
        """A copy of `row` that says this; for showing, never for saving."""
        made = copy(row)
        vars(made).update({name: said for name, said in self._said().items() if said})
        return made


class TargetText(RowText):
    """A target as a sentence of another language names it: `Jeff Bezos, presidente de Amazon`.

    One phrase, for not every language says organization, title and name in this order.
    """

    texts = ("phrase",)

    translation = models.ForeignKey(
        Translation, on_delete=models.CASCADE, related_name="target_texts"
    )
    row = models.ForeignKey(Target, on_delete=models.CASCADE, related_name="texts")
    phrase = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["row__position", "row"]
        constraints = [
            models.UniqueConstraint(fields=["translation", "row"], name="target_text_once")
        ]


class QuestionText(RowText):
    """A question of a campaign's own in another language. What is stored is the original answer."""

    texts = ("label", "help", "choices")

    translation = models.ForeignKey(
        Translation, on_delete=models.CASCADE, related_name="question_texts"
    )
    row = models.ForeignKey(CustomField, on_delete=models.CASCADE, related_name="texts")
    label = models.CharField(max_length=200, blank=True)
    help = models.CharField(max_length=300, blank=True)
    choices = models.TextField(
        max_length=2000, blank=True, help_text=_("One a line, in the order of the original.")
    )

    objects = QuestionTextQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        ordering = ["row__position", "row"]
        constraints = [
            models.UniqueConstraint(fields=["translation", "row"], name="question_text_once")
        ]

    def clean(self) -> None:
        """Raises ValidationError for more or fewer answers than the question offers."""
        super().clean()
        own = [line for line in self.choices.splitlines() if line.strip()]
        if self.choices and len(own) != len(self.row.options):
            said = _("Write %(count)s answers, one a line, in the order of the original.")
            params = {"count": len(self.row.options)}
            raise ValidationError({"choices": ValidationError(said, params=params)})

    def in_place_of(self, row: CustomField) -> CustomField:
        made: CustomField = super().in_place_of(row)
        made.choices = row.choices
        made.shown_choices = self.choices
        return made


class CorrectionText(RowText):
    """A correction in another language."""

    texts = ("text",)

    translation = models.ForeignKey(
        Translation, on_delete=models.CASCADE, related_name="correction_texts"
    )
    row = models.ForeignKey(Correction, on_delete=models.CASCADE, related_name="texts")
    text = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["row__corrected_on", "row"]
        constraints = [
            models.UniqueConstraint(fields=["translation", "row"], name="correction_text_once")
        ]
