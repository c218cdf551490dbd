import secrets
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from campaigns.models.organization import Organization
from campaigns.models.scoping import OrganizationScopedQuerySet

# Beside its own width, a picture is kept in these that are narrower.
NARROWER_WIDTHS = (480, 960)


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

    @property
    def url(self) -> str:
        """Where it stands, at full width; made from its name without a look at the disk."""
        return self.file.url

    @property
    def srcset(self) -> str:
        """Its widths as an `<img>` names them: `/media/…-480.webp 480w, /media/….webp 1600w`."""
        url = self.file.storage.url
        narrower = [f"{url(name)} {width}w" for width, name in self.narrower_names().items()]
        return ", ".join([*narrower, f"{self.url} {self.width}w"])

    def narrower_names(self) -> dict[int, str]:
        """Names in the storage of the same picture in smaller widths."""
        stem, _dot, kind = str(self.file.name).rpartition(".")
        return {w: f"{stem}-{w}.{kind}" for w in NARROWER_WIDTHS if w < self.width}

    def is_used(self) -> bool:
        """Whether a page shows it: as a logo, beside an ask or in a text."""
        shown = models.Q(image=self)
        for body in ("body", "translations__body", "updates__body", "updates__texts__body"):
            shown |= models.Q(**{f"{body}__contains": self.file.name})
        organization = self.organization
        return organization.logo_id == self.pk or organization.campaigns.filter(shown).exists()
