"""What a mailing says: in its own language on the mailing itself, in each other one beside it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from campaigns.models.scoping import OrganizationScopedQuerySet
from campaigns.models.values import known_language


class Wording(models.Model):
    """The words of one language. An empty headline is the subject; a body is a text of ours."""

    subject = models.CharField(max_length=150)
    preheader = models.CharField(
        max_length=150,
        blank=True,
        help_text=_("50 to 90 characters that follow the subject and do not repeat it."),
    )
    headline = models.CharField(
        max_length=200, blank=True, help_text=_("Over the text; empty for the subject.")
    )
    body = models.TextField(_("text"), blank=True)

    class Meta:
        abstract = True

    @property
    def headline_text(self) -> str:
        return self.headline or self.subject


class MailingTranslationQuerySet(OrganizationScopedQuerySet):
    organization_path = "mailing__organization"


class MailingTranslation(Wording):
    """What a mailing says to those who signed in another language than its own."""

    mailing = models.ForeignKey(
        "mailings.Mailing", on_delete=models.CASCADE, related_name="translations"
    )
    language = models.CharField(max_length=10, validators=[known_language])

    objects = MailingTranslationQuerySet.as_manager()

    class Meta:
        ordering = ["language"]
        constraints = [
            models.UniqueConstraint(fields=["mailing", "language"], name="mailing_language_once")
        ]

    def __str__(self) -> str:
        return f"{self.subject} ({self.language})"
