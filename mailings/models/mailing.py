import hashlib
import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Coalesce, Now
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign, MailScope, Organization, Update
from campaigns.models.scoping import OrganizationScopedQuerySet
from campaigns.models.values import in_choices
from mailings.models.segment import Segment


class DigestScheduleQuerySet(OrganizationScopedQuerySet):
    organization_path = "scope__organization"

    def due(self) -> Self:
        """Schedules that have to be woken. A scope without a cadence promises nothing."""
        promised = self.filter(active=True).exclude(scope__cadence=MailScope.Cadence.NONE)
        return promised.filter(due_at__lte=Now())


class DigestSchedule(models.Model):
    """When the round-up of one scope goes out. Beat wakes it; the database decides."""

    scope = models.OneToOneField(MailScope, on_delete=models.CASCADE, related_name="schedule")
    active = models.BooleanField(default=True)
    due_at = models.DateTimeField(help_text=_("When the next digest goes, if there is news."))

    objects = DigestScheduleQuerySet.as_manager()

    class Meta:
        verbose_name = _("digest schedule")

    def __str__(self) -> str:
        return f"{self.scope}: {self.scope.get_cadence_display()}"


class MailingQuerySet(OrganizationScopedQuerySet):
    def due(self) -> Self:
        """Scheduled mailings whose time has come."""
        return self.filter(state=Mailing.State.SCHEDULED, starts_at__lte=Now())

    def recent(self) -> Self:
        """Mailings that somebody may have got within the last seven days, or is still to get."""
        begun = self.filter(snapshot_after__gt=0)
        return begun.filter(
            models.Q(finished_at=None) | models.Q(finished_at__gt=Now() - timedelta(days=7))
        )

    def sending(self) -> Self:
        """Mailings that a worker may be sending right now."""
        return self.filter(state=Mailing.State.SENDING)

    def ask_again_when_late(self) -> int:
        """Turn scheduled mailings that nobody began in time back to drafts; returns how many.

        What was right an hour ago may not be any more: a server restored from an old copy must
        not mail what the people who run it have long forgotten. One whose audience is being
        frozen has begun.
        """
        late = self.due().filter(starts_at__lte=Now() - LATEST_START, snapshot_after=0)
        return late.update(
            state=Mailing.State.DRAFT,
            starts_at=None,
            pause_reason=_("It was more than 60 minutes late, so nothing was sent."),
        )


LATEST_START = timedelta(minutes=60)


class MailingKind(models.TextChoices):
    UPDATE = "update", _("update")
    DIGEST = "digest", _("digest")


class MailingState(models.TextChoices):
    DRAFT = "draft", _("draft")
    SCHEDULED = "scheduled", _("scheduled")
    SENDING = "sending", _("sending")
    PAUSED = "paused", _("paused")
    SENT = "sent", _("sent")
    CANCELLED = "cancelled", _("cancelled")


class Mailing(models.Model):
    """One send of an update or a digest, under exactly one scope.

    States: draft → scheduled → sending ⇄ paused → sent, or cancelled. The audience is frozen page
    by page while the mailing is scheduled; the last page turns it to sending.
    """

    Kind = MailingKind

    State = MailingState

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="mailings", editable=False
    )
    scope = models.ForeignKey(MailScope, on_delete=models.PROTECT, related_name="mailings")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.UPDATE, editable=False)
    campaign = models.ForeignKey(
        Campaign,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="mailings",
        help_text=_("Only those who signed it get it; empty: everyone in the scope."),
    )
    segment = models.ForeignKey(
        Segment,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="mailings",
        help_text=_("Only those of them whom it describes get it."),
    )
    narrowed_by = models.JSONField(
        null=True, editable=False, help_text=_("The segment as it was when this was scheduled.")
    )
    updates = models.ManyToManyField(Update, related_name="mailings", blank=True)
    subject = models.CharField(max_length=150)
    preheader = models.CharField(max_length=150, blank=True)
    schedule = models.ForeignKey(
        DigestSchedule,
        null=True,
        on_delete=models.PROTECT,
        related_name="mailings",
        editable=False,
    )
    period = models.DateField(null=True, editable=False, help_text=_("The digest's due date."))
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT, editable=False)
    starts_at = models.DateTimeField(null=True, editable=False)
    snapshot_after = models.BigIntegerField(default=0, editable=False)
    last_lot = models.BigIntegerField(
        null=True, editable=False, help_text=_("The last one in, where a part is drawn by lot.")
    )
    audience_size = models.PositiveIntegerField(
        default=0, editable=False, help_text=_("People in the frozen audience.")
    )
    started_at = models.DateTimeField(null=True, editable=False)
    paused_at = models.DateTimeField(null=True, editable=False)
    paused_for = models.DurationField(default=timedelta, editable=False)
    resumed_at = models.DateTimeField(null=True, editable=False)
    finished_at = models.DateTimeField(null=True, editable=False)
    pause_reason = models.CharField(max_length=200, blank=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        editable=False,
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = MailingQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["schedule", "period"], name="digest_once_a_period"),
            models.CheckConstraint(
                condition=models.Q(
                    kind=MailingKind.DIGEST, schedule__isnull=False, period__isnull=False
                )
                | models.Q(kind=MailingKind.UPDATE, schedule=None, period=None),
                name="mailing_digest_has_period",
            ),
            # Else an edit of the segment could widen what was counted, typed and approved.
            models.CheckConstraint(
                condition=models.Q(segment=None)
                | models.Q(narrowed_by__isnull=False)
                | models.Q(state__in=[MailingState.DRAFT, MailingState.CANCELLED]),
                name="mailing_segment_is_kept",
            ),
            in_choices("kind", MailingKind, "mailing_kind_known"),
            in_choices("state", MailingState, "mailing_state_known"),
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def language(self) -> str:
        """The language of the mail: the campaign's, or the organization's for a round-up."""
        return self.campaign.language if self.campaign else self.organization.language

    @property
    def is_editable(self) -> bool:
        return self.state == self.State.DRAFT

    def narrowed(self) -> tuple[dict[str, Any] | None, int | None]:
        """The rules of its segment and the most people of it: now, or when it was scheduled."""
        kept = self.narrowed_by
        if self.is_editable:
            kept = self.segment.as_data() if self.segment else None
        return (kept["rules"], kept["most"]) if kept else (None, None)

    def about(self) -> list[int]:
        """Ids of the campaigns it speaks of. Who muted all of them does not get it."""
        return sorted(set(self.updates.values_list("campaign_id", flat=True)))

    def pause(self, reason: str = "") -> bool:
        """Stop after the message in hand. Safe to call twice; True when this call paused it."""
        return self._move(
            [self.State.SENDING],
            state=self.State.PAUSED,
            paused_at=Now(),
            pause_reason=reason[:200],
        )

    def resume(self) -> bool:
        """Go on with those who have not got it. True when this call resumed it."""
        return self._move(
            [self.State.PAUSED],
            state=self.State.SENDING,
            paused_for=models.F("paused_for") + (Now() - Coalesce("paused_at", Now())),
            paused_at=None,
            resumed_at=Now(),
            pause_reason="",
        )

    def unschedule(self) -> bool:
        """Back to a draft while nobody has got it. True when this call did it."""
        return self._move(
            [self.State.SCHEDULED], snapshot_after=0, state=self.State.DRAFT, starts_at=None
        )

    def cancel(self) -> bool:
        """Send it to nobody else, for ever. True when this call cancelled it."""
        before = [self.State.DRAFT, self.State.SCHEDULED, self.State.SENDING, self.State.PAUSED]
        return self._move(before, state=self.State.CANCELLED, finished_at=Now())

    def _move(
        self, before: Sequence[str], *, snapshot_after: int | None = None, **changes: Any
    ) -> bool:
        """Change the row if its state, as the database has it, is one of `before`."""
        row = Mailing.objects.filter(pk=self.pk, state__in=before)
        if snapshot_after is not None:
            row = row.filter(snapshot_after=snapshot_after)
        moved = bool(row.update(**changes))
        self.refresh_from_db()
        return moved


class MailingContent(models.Model):
    """What a mailing says in one language, compiled once: a MIME skeleton with holes.

    Written when the mailing is scheduled and never after.
    """

    mailing = models.ForeignKey(Mailing, on_delete=models.CASCADE, related_name="contents")
    language = models.CharField(max_length=10)
    skeleton = models.BinaryField(help_text=_("The bytes without their holes."))
    layout = models.JSONField(help_text=_("Where the holes are."))
    digest = models.BinaryField(max_length=32)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mailing", "language"], name="content_language_once")
        ]

    def __str__(self) -> str:
        return f"{self.mailing} ({self.language})"


def content_digest(skeleton: bytes, layout: dict[str, Any]) -> bytes:
    """32 bytes that change whenever the compiled mail does."""
    return hashlib.sha256(skeleton + json.dumps(layout, sort_keys=True).encode()).digest()


class Proof(models.Model):
    """A proof that reached its reader. It stands for one exact content, so an edit voids it."""

    mailing = models.ForeignKey(Mailing, on_delete=models.CASCADE, related_name="proofs")
    digest = models.BinaryField(max_length=32)
    sent_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    sent_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-sent_at"]
        indexes = [models.Index(fields=["mailing", "digest"], name="proof_of_content")]

    def __str__(self) -> str:
        return f"{self.mailing} · {self.sent_at:%Y-%m-%d %H:%M}"
