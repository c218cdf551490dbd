from django.db import models

from campaigns.models.organization import Organization
from campaigns.models.scoping import OrganizationScopedQuerySet


class Topic(models.Model):
    """What campaigns of an organization are about; each has a page that lists them."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="topics")
    name = models.CharField(max_length=80)
    slug = models.SlugField(max_length=60)

    objects = OrganizationScopedQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "slug"], name="topic_slug_once")
        ]

    def __str__(self) -> str:
        return self.name
