import hashlib
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign, MailScope, Organization, Update
from campaigns.models.choices import in_choices
from campaigns.models.scoping import OrganizationScopedQuerySet


class DigestSchedule(models.Model):
    """When the round-up of one scope goes out. Beat wakes it; the database decides."""

    scope = models.OneToOneField(
        MailScope, on_delete=models.CASCADE, related_name="schedule"
    )
    active = models.BooleanField(default=True)
    due_at = models.DateTimeField(
        help_text=_("When the next digest goes, if there is news.")
    )

    objects = OrganizationScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("digest schedule")

    def __str__(self) -> str:
        return f"{self.scope}: {self.scope.get_cadence_display()}"


class MailingQuerySet(OrganizationScopedQuerySet):
    def due(self) -> Self:
        """Scheduled mailings whose time has come."""
        return self.filter(state=Mailing.State.SCHEDULED, starts_at__lte=Now())

    def in_flight(self) -> Self:
        """Mailings that a worker may be sending right now."""
        return self.filter(state=Mailing.State.SENDING)


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
    scope = models.ForeignKey(
        MailScope, on_delete=models.PROTECT, related_name="mailings"
    )
    kind = models.CharField(
        max_length=10, choices=Kind, default=Kind.UPDATE, editable=False
    )
    campaign = models.ForeignKey(
        Campaign,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="mailings",
        help_text=_(
            "Goes only to those who signed it; empty for everyone in the scope."
        ),
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
    period = models.DateField(
        null=True, editable=False, help_text=_("The digest's due date.")
    )
    state = models.CharField(
        max_length=10, choices=State, default=State.DRAFT, editable=False
    )
    starts_at = models.DateTimeField(null=True, editable=False)
    snapshot_after = models.BigIntegerField(default=0, editable=False)
    started_at = models.DateTimeField(null=True, editable=False)
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
            models.UniqueConstraint(
                fields=["schedule", "period"], name="digest_once_a_period"
            ),
            in_choices("kind", MailingKind, "mailing_kind_known"),
            in_choices("state", MailingState, "mailing_state_known"),
        ]

    def __str__(self) -> str:
        return self.subject


class MailingContent(models.Model):
    """What a mailing says in one language, compiled once: a MIME skeleton with holes."""

    mailing = models.ForeignKey(
        Mailing, on_delete=models.CASCADE, related_name="contents"
    )
    language = models.CharField(max_length=10)
    skeleton = models.BinaryField(help_text=_("As postroom.skeleton dumps it."))
    digest = models.BinaryField(max_length=32, help_text=_("SHA-256 of the skeleton."))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["mailing", "language"], name="content_language_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.mailing} ({self.language})"


def content_digest(skeleton: bytes) -> bytes:
    """32 bytes that change whenever the compiled mail does."""
    return hashlib.sha256(skeleton).digest()


class Proof(models.Model):
    """A proof that reached its reader. It stands for one exact content, so an edit voids it."""

    mailing = models.ForeignKey(
        Mailing, on_delete=models.CASCADE, related_name="proofs"
    )
    digest = models.BinaryField(max_length=32)
    sent_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    sent_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-sent_at"]

    def __str__(self) -> str:
        return f"{self.mailing} · {self.sent_at:%Y-%m-%d %H:%M}"
