"""A campaign in another language, and every address that its page has ever had."""

from typing import Any, Self

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from campaigns.models.campaign import Campaign, CannotPublish
from campaigns.models.edits import Edited
from campaigns.models.scoping import CampaignScopedQuerySet
from campaigns.models.texts import PageTexts
from campaigns.models.values import known_language


class TranslationQuerySet(CampaignScopedQuerySet):
    def published(self) -> Self:
        """Translations that anyone may read, as far as their campaigns may be read."""
        return self.filter(published_at__isnull=False)


class Translation(PageTexts, Edited):
    """The texts of a campaign in another language, at an address of their own, with one count.

    Its statement and its notice are versions of that language. An empty field falls back to what
    the product says in that language, never to a text in another one.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="translations")
    language = models.CharField(max_length=10, validators=[known_language])
    published_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = TranslationQuerySet.as_manager()

    class Meta:
        ordering = ["campaign", "language"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "language"], name="translation_once")
        ]

    def __str__(self) -> str:
        return f"{self.headline} ({self.language})"

    @property
    def language_name(self) -> str:
        """The language in its own words: `español`."""
        return get_language_info(self.language)["name_local"]

    def current_statement(self) -> Any:
        """The newest version of the text to sign in this language, or None."""
        return self._versions("statements").first()

    def current_notice(self) -> Any:
        """The newest version of the opt-in notice in this language, or None."""
        return self._versions("notices").first()

    def _versions(self, name: str) -> Any:
        return getattr(self.campaign, name).filter(language=self.language).order_by("-version")

    def missing_for_publication(self) -> list[str]:
        """What still keeps the page from being published, as sentences; empty when nothing does."""
        missing = []
        if not self.current_statement():
            missing.append(str(_("Write the statement that people sign, in this language.")))
        if not self.current_notice():
            missing.append(str(_("Write the opt-in notice in this language.")))
        return missing

    @transaction.atomic
    def publish(self) -> bool:
        """Show the page in this language wherever the campaign is shown. Safe to call twice.

        Returns True when this call published it. Raises `CannotPublish` when something is missing.
        """
        if missing := self.missing_for_publication():
            raise CannotPublish(missing)
        unpublished = Translation.objects.filter(pk=self.pk, published_at=None)
        changed = unpublished.update(published_at=timezone.now())
        self.current_statement().freeze()
        self.current_notice().freeze()
        self.refresh_from_db(fields=["published_at"])
        return bool(changed)


class PageAddress(models.Model):
    """A slug that is, or was, the address of a campaign's page in one language.

    A trigger writes these rows whenever a campaign or a translation gets a slug, so that an address
    once public leads to its campaign for ever and never to another one.
    """

    slug = models.SlugField(max_length=80, unique=True)
    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="addresses")
    language = models.CharField(
        max_length=10, blank=True, help_text=_("Empty for the campaign's own language.")
    )
    created_at = models.DateTimeField(db_default=models.functions.Now())

    objects = CampaignScopedQuerySet.as_manager()

    class Meta:
        verbose_name_plural = _("page addresses")

    def __str__(self) -> str:
        return self.slug
