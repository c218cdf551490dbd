"""Which rows a member of staff may see.

The rule lives in the queryset, so that a forgotten view is empty and not open.
"""

from typing import Any, ClassVar, Self

from django.db import models


class OrganizationScopedQuerySet(models.QuerySet):
    """Rows that belong to an organization, reached over `organization_path`."""

    organization_path: ClassVar[str] = "organization"

    def visible_to(self, user: Any) -> Self:
        """The rows of the organizations that `user` is a member of; a superuser sees every row."""
        if user.is_active and user.is_superuser:
            return self
        path = self.organization_path
        lookup = f"{path}__memberships__user" if path else "memberships__user"
        return self.filter(**{lookup: user.pk}) if user.pk and user.is_active else self.none()


class CampaignScopedQuerySet(OrganizationScopedQuerySet):
    """Rows that hang off a campaign."""

    organization_path = "campaign__organization"
