"""What a page says, in whichever language: declared once for campaigns and their translations."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class PageTexts(models.Model):
    """The texts of one page at one address. An empty one is filled by the product's own words."""

    slug = models.SlugField(_("address"), max_length=80, unique=True)
    headline = models.CharField(max_length=200)
    call_to_action = models.CharField(
        max_length=60,
        blank=True,
        help_text=_("On the button; empty for “Sign the petition”."),
    )
    lead_in = models.CharField(
        max_length=200,
        blank=True,
        help_text=_("Above the statement; empty for “The petition to {targets} reads:”."),
    )
    lead_line = models.CharField(max_length=300, blank=True)
    body = models.TextField(_("letter"), blank=True)
    ask = models.TextField(
        max_length=600,
        blank=True,
        help_text=_("One or two sentences; stands where “ask” is put."),
    )
    closing = models.CharField(max_length=300, blank=True)
    share_title = models.CharField(
        max_length=200,
        blank=True,
        help_text=_("On shared links; empty for “Sign the petition: {headline}”."),
    )
    share_text = models.CharField(
        max_length=300, blank=True, help_text=_("Under the title; empty for the statement.")
    )
    outcome = models.TextField(
        max_length=1000, blank=True, help_text=_("What came of it, first on the page.")
    )

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.headline

    def get_absolute_url(self) -> str:
        return reverse("campaign-page", args=[self.slug])

    @property
    def public_url(self) -> str:
        """The page's full address, built from SITE_URL and never from a request header."""
        return settings.SITE_URL + self.get_absolute_url()


# What a translation says in place of its campaign, its address among it.
TRANSLATED = [field.name for field in PageTexts._meta.local_fields]
