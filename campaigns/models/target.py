"""Whom a campaign addresses, and who stands with it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from campaigns.models.campaign import Campaign
from campaigns.models.scoping import CampaignScopedQuerySet
from campaigns.models.values import web_address


class Target(models.Model):
    """The decision-maker addressed: a person with a title and an organization."""

    # The words of a translation for all of it.
    phrase: str = ""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="targets")
    name = models.CharField(max_length=120)
    title = models.CharField(max_length=120, blank=True)
    organization = models.CharField(max_length=120, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    objects = CampaignScopedQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        parts = (self.organization, self.title, self.name)
        return self.phrase or " ".join(part for part in parts if part)

    def named_in(self, language: str) -> str:
        """As a text in `language` names it: an English article stands in English texts alone."""
        name = str(self)
        if self.phrase:
            return name
        is_english = language.partition("-")[0] == "en"
        return name if is_english or name[:4].lower() != "the " else name[4:]


class Ally(models.Model):
    """An organization that stands with the campaign. An ally receives no data."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="allies")
    name = models.CharField(max_length=120)
    url = models.URLField(blank=True, validators=[web_address])
    position = models.PositiveSmallIntegerField(default=0)

    objects = CampaignScopedQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        verbose_name_plural = _("allies")

    def __str__(self) -> str:
        return self.name
