from collections.abc import Collection
from datetime import timedelta
from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from campaigns.models.scoping import OrganizationScopedQuerySet
from mailings.models.act import ActName
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
    had enough mail. It walks the audience once more; nobody is in it twice, by constraint.

    Where one person may not decide over so many, it has no time to start until another has approved
    it. These two are never one, and never both of them wrote what it says.
    """

    Ended = CatchUpEnd

    mailing = models.ForeignKey(Mailing, on_delete=models.CASCADE, related_name="catch_ups")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    asked_at = models.DateTimeField(db_default=Now())
    counted = models.PositiveIntegerField(
        null=True, help_text=_("How many people who asked for it was told of.")
    )
    needs_second = models.BooleanField(default=False, db_default=False)
    seconded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    by_second_person = models.BooleanField(
        default=False, db_default=False, help_text=_("Approved by somebody who did not ask for it.")
    )
    # Kept with the approval: the two who decided are not both among these users.
    written_by = ArrayField(models.BigIntegerField(), default=list, db_default=[])
    starts_at = models.DateTimeField(
        null=True, help_text=_("Empty while it waits for a second person.")
    )
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
            models.CheckConstraint(
                condition=models.Q(starts_at=None, needs_second=True, snapshot_after=0)
                | models.Q(starts_at__isnull=False, needs_second=False)
                | models.Q(starts_at__isnull=False, by_second_person=True),
                name="catch_up_waits_for_its_second",
            ),
            models.CheckConstraint(
                condition=~models.Q(by_second_person=True, seconded_by=models.F("asked_by")),
                name="catch_up_second_person_is_another",
            ),
            models.CheckConstraint(
                condition=~models.Q(
                    by_second_person=True,
                    written_by__contains=[models.F("asked_by"), models.F("seconded_by")],
                ),
                name="catch_up_one_of_two_wrote_nothing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mailing} · {self.asked_at:%Y-%m-%d %H:%M}"

    @property
    def waits(self) -> bool:
        """Whether it waits for a second person."""
        return self.finished_at is None and self.starts_at is None

    @transaction.atomic
    def second(self, *, by: Any, hold: timedelta, written_by: Collection[int]) -> bool:
        """Let it begin after the hold, as its second person. True when this call did it.

        `written_by` are the users who wrote any of what it says.
        """
        waiting = CatchUp.objects.open().filter(pk=self.pk, starts_at=None).exclude(asked_by=by)
        seconded = waiting.update(
            seconded_by=by,
            by_second_person=True,
            written_by=sorted(written_by),
            starts_at=Now() + hold,
        )
        if seconded:
            self.mailing.acts.create(name=ActName.SECONDED, by=by)
        self.refresh_from_db()
        return bool(seconded)

    def end(self, how: str) -> None:
        """Nobody else is added, for the reason given."""
        CatchUp.objects.open().filter(pk=self.pk).update(finished_at=Now(), ended=how)

    @transaction.atomic
    def take_back(self, *, by: Any = None) -> bool:
        """End it while nobody has been added. True when this call did it."""
        waiting = CatchUp.objects.open().filter(pk=self.pk, snapshot_after=0)
        taken = waiting.update(finished_at=Now(), ended=CatchUpEnd.TAKEN_BACK)
        if taken:
            self.mailing.acts.create(name=ActName.TAKEN_BACK, by=by)
        self.refresh_from_db()
        return bool(taken)
