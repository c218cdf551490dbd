"""A campaign in another language, and every address that its page has ever had."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from campaigns.models.campaign import Campaign
from campaigns.models.scoping import CampaignScopedQuerySet
from campaigns.models.values import known_language


class Translation(models.Model):
    """The texts of a campaign in another language, at an address of their own, with one count.

    Its statement and its notice are versions of that language. An empty field falls back to what
    the product says in that language, never to a text in another one.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="translations")
    language = models.CharField(max_length=10, validators=[known_language])
    slug = models.SlugField(max_length=80, unique=True)
    headline = models.CharField(max_length=200)
    call_to_action = models.CharField(max_length=60, blank=True)
    lead_in = models.CharField(max_length=200, blank=True)
    lead_line = models.CharField(max_length=300, blank=True)
    body = models.TextField(blank=True)
    ask = models.TextField(max_length=600, blank=True)
    closing = models.CharField(max_length=300, blank=True)
    share_title = models.CharField(max_length=200, blank=True)
    share_text = models.CharField(max_length=300, blank=True)
    outcome = models.TextField(max_length=1000, blank=True)
    published_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = CampaignScopedQuerySet.as_manager()

    class Meta:
        ordering = ["campaign", "language"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "language"], name="translation_once")
        ]

    def __str__(self) -> str:
        return f"{self.headline} ({self.language})"


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
