import secrets
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from campaigns.models.organization import Organization
from campaigns.models.scoping import OrganizationScopedQuerySet


def random_name(picture: Any, filename: str) -> str:
    """A name that nobody guesses and that says nothing of the file that was sent."""
    return f"pictures/{secrets.token_urlsafe(16)}.{filename.rpartition('.')[2].lower()}"


class Picture(models.Model):
    """An image of an organization's own, drawn anew by us before it is stored."""

    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="pictures"
    )
    file = models.FileField(upload_to=random_name, max_length=120)
    alt = models.CharField(
        _("text alternative"),
        max_length=300,
        help_text=_("What it shows, for those who cannot see it."),
    )
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = OrganizationScopedQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.alt
