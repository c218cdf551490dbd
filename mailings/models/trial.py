"""A trial: parts of the audience get other words first, and everyone else gets the best of them."""

from typing import Any, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from campaigns.models.scoping import OrganizationScopedQuerySet
from campaigns.models.values import in_choices
from mailings.models.mailing import Mailing
from mailings.models.wording import Wording

# The mailing's own words are arm 1; the others are numbered on.
FIRST_ARM, MOST_ARMS = 1, 4


class TrialQuerySet(OrganizationScopedQuerySet):
    organization_path = "mailing__organization"

    def undecided(self) -> Self:
        """Trials of mailings that go out, and that have no winner yet."""
        return self.filter(
            decided_at=None, mailing__state__in=[Mailing.State.SENDING, Mailing.State.SENT]
        )


class TrialMeasure(models.TextChoices):
    SIGNATURES = "signatures", _("most signatures")
    STAYING = "staying", _("fewest who leave")
    CLICKS = "clicks", _("most who follow a link")


class Trial(models.Model):
    """Who gets what first, and by what and when the winner is chosen."""

    Measure = TrialMeasure

    mailing = models.OneToOneField(
        Mailing, on_delete=models.CASCADE, related_name="trial", editable=False
    )
    share = models.PositiveSmallIntegerField(
        _("part that tries it, in per cent"),
        default=10,
        validators=[MinValueValidator(1), MaxValueValidator(50)],
        help_text=_("Drawn by lot. They are shared among the texts; the rest gets the winner."),
    )
    hours = models.PositiveSmallIntegerField(
        _("hours until it is decided"),
        default=4,
        validators=[MinValueValidator(1), MaxValueValidator(72)],
    )
    measure = models.CharField(
        _("winner"), max_length=12, choices=TrialMeasure, default=TrialMeasure.SIGNATURES
    )
    winner = models.PositiveSmallIntegerField(null=True, editable=False)
    decided_at = models.DateTimeField(null=True, editable=False)

    objects = TrialQuerySet.as_manager()

    class Meta:
        constraints = [
            in_choices("measure", TrialMeasure, "trial_measure_known"),
            models.CheckConstraint(
                condition=models.Q(share__gte=1, share__lte=50),
                name="trial_share_is_a_part",
                violation_error_message=_("Between 1 and 50 percent of the audience take part."),
            ),
            models.CheckConstraint(
                condition=models.Q(hours__gte=1, hours__lte=72),
                name="trial_ends",
                violation_error_message=_("A trial takes between 1 and 72 hours."),
            ),
            models.CheckConstraint(
                condition=models.Q(winner=None, decided_at=None)
                | models.Q(winner__isnull=False, decided_at__isnull=False),
                name="trial_decided_has_winner",
            ),
        ]

    def __str__(self) -> str:
        return str(self.mailing)

    @property
    def arms(self) -> int:
        """How many texts there are, the mailing's own included."""
        return 1 + self.texts.count()


class TrialText(Wording):
    """Other words for the same mailing. What is left empty is as in the mailing."""

    trial = models.ForeignKey(Trial, on_delete=models.CASCADE, related_name="texts")
    number = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["trial", "number"]
        constraints = [
            models.UniqueConstraint(fields=["trial", "number"], name="trial_text_once"),
            models.CheckConstraint(
                condition=models.Q(number__gt=FIRST_ARM, number__lte=MOST_ARMS),
                name="trial_text_numbered",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.letter}: {self.subject}"

    @property
    def letter(self) -> str:
        """B, C or D; A are the mailing's own words."""
        return letter_of(self.number)

    def filled(self) -> "TrialText":
        """The same with the mailing's own words where it has none; not for saving."""
        own: Any = self.trial.mailing
        return TrialText(
            number=self.number,
            subject=self.subject or own.subject,
            preheader=self.preheader or own.preheader,
            headline=self.headline or own.headline,
            body=self.body or own.body,
        )


def letter_of(arm: int) -> str:
    """A for arm 1, and so on."""
    return "ABCD"[arm - FIRST_ARM]
