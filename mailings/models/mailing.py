"""A mailing, and what it says once that is settled."""

import hashlib
import json
from datetime import timedelta
from typing import Any, Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign, MailScope, Organization, Update
from campaigns.models.scoping import OrganizationScopedQuerySet
from campaigns.models.values import in_choices
from mailings.models.schedule import DigestSchedule
from mailings.models.segment import Segment
from mailings.models.states import IN_PREPARATION, MailingState, Steps
from mailings.models.wording import Wording


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

    def telling(self, update: Update | None) -> Self:
        """Mailings that have brought this update to people, or are about to; the newest first."""
        begun = self.filter(updates=update) if update else self.none()
        return begun.exclude(started_at=None, state__in=[*IN_PREPARATION, MailingState.CANCELLED])

    def waiting_for_second(self) -> Self:
        """Mailings that were asked about, or wait by themselves, and that nobody has approved."""
        many = models.Q(asked_count=None) | models.Q(
            asked_count__gt=models.F("organization__second_person_above")
        )
        return self.filter(
            many,
            asked_at__isnull=False,
            state__in=IN_PREPARATION,
            organization__second_person_above__isnull=False,
        )

    def sending(self) -> Self:
        """Mailings that a worker may be sending right now."""
        return self.filter(state=Mailing.State.SENDING)

    def ask_again_when_late(self) -> int:
        """Take scheduled mailings that nobody began in time back; returns how many.

        What was right an hour ago may not be any more: a server restored from an old copy must
        not mail what the people who run it have long forgotten. One whose audience is being
        frozen has begun.
        """
        late: Any = self.due().filter(starts_at__lte=Now() - LATEST_START, snapshot_after=0)
        return sum(mailing.take_back_late() for mailing in late)


LATEST_START = timedelta(minutes=60)


class MailingKind(models.TextChoices):
    UPDATE = "update", _("update")
    ASK = "ask", _("ask")
    DIGEST = "digest", _("digest")
    WELCOME = "welcome", _("welcome")


class Mailing(Wording, Steps):
    """One send of an update, an ask, a digest or a step of a welcome series, under one scope.

    States: draft → proofed → approved → scheduled → sending ⇄ paused → sent, or cancelled. The
    audience is frozen page by page while the mailing is scheduled; the last page turns it to
    sending. Each change of state is one conditional update and leaves an act.
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
    from_name = models.CharField(
        _("from"),
        max_length=80,
        blank=True,
        help_text=_("The person who writes; the organization follows: “Ada Lovelace, Example”."),
    )
    schedule = models.ForeignKey(
        DigestSchedule,
        null=True,
        on_delete=models.PROTECT,
        related_name="mailings",
        editable=False,
    )
    period = models.DateField(null=True, editable=False, help_text=_("The digest's due date."))
    last_lot = models.BigIntegerField(
        null=True, editable=False, help_text=_("The last one in, where a part is drawn by lot.")
    )
    counted = models.PositiveIntegerField(
        null=True, editable=False, help_text=_("How many people who scheduled it was told of.")
    )
    audience_size = models.PositiveIntegerField(
        default=0, editable=False, help_text=_("People in the frozen audience.")
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        editable=False,
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    objects = MailingQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["schedule", "period"], name="digest_once_a_period"),
            models.CheckConstraint(
                condition=models.Q(
                    kind=MailingKind.DIGEST, schedule__isnull=False, period__isnull=False
                )
                | ~models.Q(kind=MailingKind.DIGEST) & models.Q(schedule=None, period=None),
                name="mailing_digest_has_period",
            ),
            # Else an edit of the segment could widen what was counted, typed and approved.
            models.CheckConstraint(
                condition=models.Q(segment=None)
                | models.Q(narrowed_by__isnull=False)
                | models.Q(state__in=[*IN_PREPARATION, MailingState.CANCELLED]),
                name="mailing_segment_is_kept",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind=MailingKind.ASK) | models.Q(campaign__isnull=False),
                name="mailing_ask_has_campaign",
            ),
            models.CheckConstraint(
                condition=~models.Q(by_second_person=True, approved_by=models.F("edited_by")),
                name="mailing_second_person_is_another",
            ),
            models.CheckConstraint(
                condition=~models.Q(
                    by_second_person=True, written_by__contains=[models.F("approved_by")]
                ),
                name="mailing_second_person_wrote_nothing",
            ),
            models.CheckConstraint(
                condition=models.Q(by_second_person=False) | models.Q(approved_count__isnull=False),
                name="mailing_approved_for_a_number",
            ),
            models.CheckConstraint(
                condition=models.Q(asked_digest=None, asked_count=None)
                | models.Q(
                    asked_at__isnull=False, asked_digest__isnull=False, asked_count__isnull=False
                ),
                name="mailing_asked_for_a_number",
            ),
            in_choices("kind", MailingKind, "mailing_kind_known"),
            in_choices("state", MailingState, "mailing_state_known"),
        ]
        permissions = [
            ("approve_mailing", "Can approve a mailing as the second person"),
            ("send_mailing", "Can send, pause and cancel a mailing"),
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def language(self) -> str:
        """The language of the mail: the campaign's, or the organization's for a round-up."""
        return self.campaign.language if self.campaign else self.organization.language

    @property
    def is_editable(self) -> bool:
        return self.state in IN_PREPARATION

    @property
    def zone(self) -> ZoneInfo:
        """Where its times are meant: the time zone of the campaign, else UTC."""
        return self.campaign.zone if self.campaign else ZoneInfo("UTC")

    @property
    def sender(self) -> tuple[str, str]:
        """(display name, address) that it comes from."""
        name, address = self.organization.sender
        return f"{self.from_name}, {name}" if self.from_name else name, address

    @property
    def signers_only(self) -> int | None:
        """The campaign whose signers alone get it, or None."""
        return None if self.kind == self.Kind.ASK else self.campaign_id

    @property
    def signers_left_out(self) -> int | None:
        """The campaign whose signers do not get it, since they did what it asks; or None."""
        return self.campaign_id if self.kind == self.Kind.ASK else None

    def narrowed(self) -> tuple[dict[str, Any] | None, int | None]:
        """The rules of its segment and the most people of it: now, or when it was scheduled."""
        kept = self.narrowed_by
        if self.is_editable:
            kept = self.segment.as_data() if self.segment else None
        return (kept["rules"], kept["most"]) if kept else (None, None)

    def tell_anew(self, *, subject: str) -> None:
        """Say other news than before, under `subject`: an edit, though nobody made it."""
        self.subject, self.revision = subject, models.F("revision") + 1
        self.save(update_fields=["subject", "revision"])
        self.refresh_from_db(fields=["revision"])

    def about(self) -> list[int]:
        """Ids of the campaigns it speaks of. Who muted all of them does not get it."""
        asked = [self.signers_left_out] if self.signers_left_out else []
        news = self.items if self.kind == self.Kind.DIGEST else self.updates
        return sorted({*asked, *news.values_list("campaign_id", flat=True)})


class MailingContent(models.Model):
    """What a mailing says in one language and variant, compiled once: a MIME skeleton with holes.

    Written when the mailing is scheduled and never after. Variant 0 is the mailing's own.
    """

    mailing = models.ForeignKey(Mailing, on_delete=models.CASCADE, related_name="contents")
    language = models.CharField(max_length=10)
    variant = models.PositiveSmallIntegerField(db_default=0, default=0)
    skeleton = models.BinaryField(help_text=_("The bytes without their holes."))
    layout = models.JSONField(help_text=_("Where the holes are."))
    digest = models.BinaryField(max_length=32)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["mailing", "language", "variant"], name="content_once_a_variant"
            )
        ]

    def __str__(self) -> str:
        return f"{self.mailing} ({self.language}, {self.variant})"


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
    checks = models.JSONField(
        default=list, help_text=_("What its examination found: a state and a sentence each.")
    )

    class Meta:
        ordering = ["-sent_at"]
        indexes = [models.Index(fields=["mailing", "digest"], name="proof_of_content")]

    def __str__(self) -> str:
        return f"{self.mailing} · {self.sent_at:%Y-%m-%d %H:%M}"
