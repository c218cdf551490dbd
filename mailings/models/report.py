from typing import Any

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from campaigns.models.scoping import OrganizationScopedQuerySet
from mailings.models.mailing import Mailing


class VisitCount(models.Model):
    """A share of how often the links of a mailing were followed: no row names anybody."""

    SHARDS = 16

    pk = models.CompositePrimaryKey("mailing_id", "shard")
    mailing = models.ForeignKey(
        Mailing, on_delete=models.CASCADE, related_name="visit_counts", db_index=False
    )
    shard = models.PositiveSmallIntegerField()
    visits = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.mailing_id}/{self.shard}: {self.visits}"


class MailingTallyQuerySet(OrganizationScopedQuerySet):
    organization_path = "mailing__organization"

    def of_list(self, mailing: Mailing) -> "MailingTallyQuerySet":
        """What the mailing is compared with: the same kind of mailing to the same list."""
        alike = self.filter(mailing__scope=mailing.scope_id, mailing__kind=mailing.kind)
        return alike.filter(mailing__state=Mailing.State.SENT).exclude(mailing=mailing)


class MailingTally(models.Model):
    """What a mailing did, summed up: one row each, renewed while something can still change."""

    mailing = models.OneToOneField(
        Mailing, primary_key=True, on_delete=models.CASCADE, related_name="tally"
    )
    as_of = models.DateTimeField(db_default=Now())
    mailed = models.PositiveIntegerField(_("mailed"), default=0)
    delivered = models.PositiveIntegerField(_("delivered"), default=0)
    bounced = models.PositiveIntegerField(_("came back"), default=0)
    complained = models.PositiveIntegerField(_("complained"), default=0)
    kept_back = models.PositiveIntegerField(_("kept back"), default=0)
    visits = models.PositiveIntegerField(_("visits"), default=0)
    clicked = models.PositiveIntegerField(_("followed a link"), null=True)
    signed = models.PositiveIntegerField(_("signed"), default=0)
    shared = models.PositiveIntegerField(_("signed by their shares"), default=0)
    new_people = models.PositiveIntegerField(_("new people"), default=0)
    left = models.PositiveIntegerField(_("left"), default=0)

    objects = MailingTallyQuerySet.as_manager()

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        ordering = ["-mailing_id"]

    def __str__(self) -> str:
        return str(self.mailing)

    def per_thousand(self, name: str) -> float | None:
        """So many of `name` for a thousand mails; None where nothing was mailed, or counted."""
        value: Any = getattr(self, name)
        return 1000 * value / self.mailed if self.mailed and value is not None else None

    @property
    def signed_per_thousand(self) -> float | None:
        return self.per_thousand("signed")
