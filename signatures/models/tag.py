from django.conf import settings
from django.db import models
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _

from campaigns.models import Organization
from campaigns.models.scoping import OrganizationScopedQuerySet
from signatures.models.supporter import Supporter


class Tag(models.Model):
    """A word that an organization puts on people, to find them again: “volunteer”."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="tags")
    name = models.CharField(max_length=60)

    objects = OrganizationScopedQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                "organization",
                Lower("name"),
                name="tag_name_once",
                violation_error_message=_("There is a tag of this name already."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class TaggedSupporterQuerySet(OrganizationScopedQuerySet):
    organization_path = "tag__organization"


class TaggedSupporter(models.Model):
    """One person has one tag: once, by constraint."""

    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="tagged", db_index=False)
    supporter = models.ForeignKey(Supporter, on_delete=models.CASCADE, related_name="tagged")
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    added_at = models.DateTimeField(db_default=Now())

    objects = TaggedSupporterQuerySet.as_manager()

    class Meta:
        verbose_name = _("tag of a person")
        constraints = [models.UniqueConstraint(fields=["tag", "supporter"], name="tagged_once")]

    def __str__(self) -> str:
        return f"{self.tag} · {self.supporter_id}"
