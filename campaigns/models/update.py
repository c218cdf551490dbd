from typing import Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from campaigns.models.campaign import Campaign
from campaigns.models.scoping import CampaignScopedQuerySet, OrganizationScopedQuerySet
from campaigns.models.values import known_language


class UpdateQuerySet(CampaignScopedQuerySet):
    def published(self) -> Self:
        return self.filter(published_at__isnull=False)


class Update(models.Model):
    """A text of news on a campaign. It stands on the page once published, and can be mailed.

    In another language it is read by `campaigns.editions.update_in()`.
    """

    # The language of the text that this instance holds in place of its own; empty for its own.
    edition: str = ""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="updates")
    title = models.CharField(
        max_length=150, help_text=_("The news itself; also the subject of the mail.")
    )
    preheader = models.CharField(
        max_length=150,
        blank=True,
        help_text=_("50 to 90 characters that follow the subject."),
    )
    body = models.TextField()
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, editable=False
    )
    published_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = UpdateQuerySet.as_manager()

    class Meta:
        ordering = ["-published_at", "-pk"]
        permissions = [("publish_update", "Can put an update on the page")]

    def __str__(self) -> str:
        return self.title

    @property
    def language(self) -> str:
        """The language that its words are in: the campaign's, or that of this edition of it."""
        return self.edition or self.campaign.language

    @property
    def public_url(self) -> str:
        """Where the update stands on the campaign's page."""
        return f"{self.campaign.public_url}#{self.anchor}"

    def address_on(self, campaign: Campaign) -> str:
        """The full address of its own page, in the language of this edition of its campaign."""
        return settings.SITE_URL + self.path_on(campaign)

    def path_on(self, campaign: Campaign) -> str:
        """The path of the same page."""
        return reverse("update-page", args=[campaign.slug, self.pk])

    @property
    def anchor(self) -> str:
        """The update's own id on the page; its footnotes' ids begin with it too."""
        return f"update-{self.pk}"

    def publish(self) -> bool:
        """Show it on the campaign's page. Safe to call twice; True when this call did it."""
        changed = Update.objects.filter(pk=self.pk, published_at=None).update(published_at=Now())
        self.refresh_from_db(fields=["published_at"])
        return bool(changed)


class UpdateTextQuerySet(OrganizationScopedQuerySet):
    organization_path = "update__campaign__organization"


class UpdateText(models.Model):
    """An update in another language. It stands on the pages in that language once it says all."""

    update = models.ForeignKey(Update, on_delete=models.CASCADE, related_name="texts")
    language = models.CharField(max_length=10, validators=[known_language], editable=False)
    title = models.CharField(max_length=150, help_text=_("Also the subject of the mail."))
    preheader = models.CharField(max_length=150, blank=True)
    body = models.TextField()
    updated_at = models.DateTimeField(auto_now=True)

    objects = UpdateTextQuerySet.as_manager()

    class Meta:
        ordering = ["language"]
        constraints = [
            models.UniqueConstraint(fields=["update", "language"], name="update_language_once")
        ]

    def __str__(self) -> str:
        return f"{self.title or self.update.title} ({self.language})"

    @property
    def is_said(self) -> bool:
        """Whether it says all that an update needs."""
        return bool(self.title.strip() and self.body.strip())
