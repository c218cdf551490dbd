from typing import Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from campaigns.models.scoping import OrganizationScopedQuerySet
from mailings.models.mailing import LATEST_START, Mailing


class CatchUpQuerySet(OrganizationScopedQuerySet):
    organization_path = "mailing__organization"

    def open(self) -> Self:
        """Those that wait or run."""
        return self.filter(finished_at=None)

    def due(self) -> Self:
        """Those whose hold is over."""
        return self.open().filter(starts_at__lte=Now())

    def give_up_when_late(self) -> int:
        """End those that nobody began in time, as no mailing begins late; returns how many."""
        late = self.due().filter(starts_at__lte=Now() - LATEST_START, snapshot_after=0)
        return late.update(finished_at=Now(), ended=CatchUp.Ended.LATE)


class CatchUpEnd(models.TextChoices):
    DONE = "done", _("done")
    TAKEN_BACK = "taken_back", _("taken back")
    LATE = "late", _("more than 60 minutes late, so nobody was added")
    CANCELLED = "cancelled", _("the mailing was cancelled")
    GROWN = "grown", _("it had grown, or come to need a second person, so nobody was added")


class CatchUp(models.Model):
    """A sent mailing goes to those of its audience who have not got it: they joined later, or had
    had enough mail. It walks the audience once more; nobody is in it twice, by constraint."""

    Ended = CatchUpEnd

    mailing = models.ForeignKey(Mailing, on_delete=models.CASCADE, related_name="catch_ups")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    asked_at = models.DateTimeField(db_default=Now())
    counted = models.PositiveIntegerField(
        null=True, help_text=_("How many people who asked for it was told of.")
    )
    starts_at = models.DateTimeField()
    snapshot_after = models.BigIntegerField(default=0)
    added = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)
    ended = models.CharField(max_length=10, choices=CatchUpEnd, blank=True)

    objects = CatchUpQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["mailing"],
                condition=models.Q(finished_at=None),
                name="one_open_catch_up_a_mailing",
            ),
            models.CheckConstraint(
                condition=models.Q(finished_at=None, ended="")
                | models.Q(finished_at__isnull=False, ended__in=CatchUpEnd.values),
                name="catch_up_ended_how",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mailing} · {self.asked_at:%Y-%m-%d %H:%M}"

    def end(self, how: str) -> None:
        """Nobody else is added, for the reason given."""
        CatchUp.objects.open().filter(pk=self.pk).update(finished_at=Now(), ended=how)

    def take_back(self) -> bool:
        """End it while nobody has been added. True when this call did it."""
        waiting = CatchUp.objects.open().filter(pk=self.pk, snapshot_after=0)
        taken = waiting.update(finished_at=Now(), ended=CatchUpEnd.TAKEN_BACK)
        self.refresh_from_db()
        return bool(taken)
