"""How a mailing gets from one state to the next: each step is a conditional update.

The database decides, so of two people who press at once, one does it and the other sees what the
first one did. Each step that was taken leaves an act.
"""

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.humanize.templatetags.humanize import intcomma
from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.db.models.functions import Coalesce, Now
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mailings.models.act import ActName


class MailingState(models.TextChoices):
    DRAFT = "draft", _("draft")
    PROOFED = "proofed", _("proofed")
    APPROVED = "approved", _("approved")
    SCHEDULED = "scheduled", _("scheduled")
    SENDING = "sending", _("sending")
    PAUSED = "paused", _("paused")
    SENT = "sent", _("sent")
    CANCELLED = "cancelled", _("cancelled")


# What may still be edited; an edit makes it a draft again.
IN_PREPARATION = [MailingState.DRAFT, MailingState.PROOFED, MailingState.APPROVED]
_NOT_OVER = [
    *IN_PREPARATION,
    MailingState.SCHEDULED,
    MailingState.SENDING,
    MailingState.PAUSED,
]
_NOT_ASKED: dict[str, Any] = {"asked_at": None, "asked_digest": None, "asked_count": None}
_NO_APPROVAL: dict[str, Any] = {
    **_NOT_ASKED,
    "approved_by": None,
    "approved_at": None,
    "approved_digest": None,
    "approved_count": None,
    "by_second_person": False,
    "written_by": [],
}


def _people(count: int | None) -> str:
    """How the log says for how many something was decided."""
    return "" if count is None else gettext("%s people") % intcomma(count)


class Steps(models.Model):
    """The state of a mailing, and its steps: each returns whether this very call took it."""

    state = models.CharField(
        max_length=10, choices=MailingState, default=MailingState.DRAFT, editable=False
    )
    revision = models.PositiveIntegerField(
        default=0, editable=False, help_text=_("Counts the edits; a claim names the one it saw.")
    )
    starts_at = models.DateTimeField(null=True, editable=False)
    snapshot_after = models.BigIntegerField(default=0, editable=False)
    started_at = models.DateTimeField(null=True, editable=False)
    paused_at = models.DateTimeField(null=True, editable=False)
    paused_for = models.DurationField(default=timedelta, editable=False)
    resumed_at = models.DateTimeField(null=True, editable=False)
    finished_at = models.DateTimeField(null=True, editable=False)
    pause_reason = models.CharField(max_length=200, blank=True, editable=False)
    open_wave = models.PositiveSmallIntegerField(
        db_default=0, editable=False, help_text=_("The last wave that may go out.")
    )
    wave_done_at = models.DateTimeField(
        null=True, editable=False, help_text=_("Since when the last open wave is out.")
    )
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        editable=False,
        help_text=_("Who wrote it last."),
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        editable=False,
    )
    approved_at = models.DateTimeField(null=True, editable=False)
    # What was approved, as a proof names it. Its words stand in other rows as well (an update, a
    # trial, a translation), whose edits do not move this one.
    approved_digest = models.BinaryField(null=True, editable=False)
    approved_count = models.PositiveIntegerField(
        null=True, editable=False, help_text=_("How many people who approved it was told of.")
    )
    by_second_person = models.BooleanField(
        default=False, editable=False, help_text=_("Approved by somebody who did not write it.")
    )
    asked_at = models.DateTimeField(
        null=True, editable=False, help_text=_("Since when it waits for a second person.")
    )
    # Empty where nobody asked and a digest waits by itself.
    asked_digest = models.BinaryField(null=True, editable=False)
    asked_count = models.PositiveIntegerField(
        null=True, editable=False, help_text=_("For how many people an approval was asked for.")
    )
    # Kept with the approval: none of these users can have been its second person.
    written_by = ArrayField(models.BigIntegerField(), default=list, editable=False)

    acts: Any
    proofs: Any

    class Meta:
        abstract = True

    def edit(self, *, by: Any, revision: int | None = None, **changes: Any) -> bool:
        """Write what was edited, which voids proof and approval.

        False when it has been scheduled meanwhile, or edited since `revision`.
        """
        return self._move(
            IN_PREPARATION,
            ActName.EDITED,
            by=by,
            revision=revision,
            **changes,
            state=MailingState.DRAFT,
            edited_by=by,
            **_NO_APPROVAL,
        )

    def mark_proofed(self, *, by: Any) -> bool:
        """A proof of this revision has reached its reader. False when it was edited meanwhile."""
        return self._move(
            [MailingState.DRAFT],
            ActName.PROOFED,
            by=by,
            revision=self.revision,
            state=MailingState.PROOFED,
            pause_reason="",
        )

    def ask_for_approval(self, *, by: Any, digest: bytes, count: int, of: str) -> bool:
        """Let it wait for a second person. False when it was edited, or asked about, meanwhile.

        `digest` and `count` are what is to be approved, as in `approve()`; `of` names who may.
        """
        return self._move(
            [MailingState.PROOFED, MailingState.APPROVED],
            ActName.ASKED,
            by=by,
            note=of,
            revision=self.revision,
            only={"asked_digest": self.asked_digest, "asked_count": self.asked_count},
            asked_at=Now(),
            asked_digest=digest,
            asked_count=count,
        )

    def wait_for_second(self) -> bool:
        """Let a digest, of which its people are told by themselves, wait for a second person."""
        waits = {"pk": self.pk, "state__in": IN_PREPARATION, "asked_at": None}
        return bool(type(self)._default_manager.filter(**waits).update(asked_at=Now()))

    def wait_no_more(self) -> bool:
        """It has come to need no second person, or has one."""
        waits = type(self)._default_manager.filter(pk=self.pk, asked_at__isnull=False)
        return bool(waits.update(**_NOT_ASKED))

    def is_asked_about(self, digest: bytes, count: int) -> bool:
        """Whether the approval of exactly this, for so many people, has been asked for."""
        asked = self.asked_digest
        return asked is not None and bytes(asked) == digest and self.asked_count == count

    def approve(
        self, *, by: Any, digest: bytes | None, count: int, written_by: Collection[int]
    ) -> bool:
        """Let what was proofed be scheduled, or what was approved be so for another number.

        `digest` names the texts and the audience that were approved, for `count` people, and stands
        for no others; `written_by` are the users who wrote any of that. False when it was edited,
        approved or scheduled meanwhile.
        """
        return self._move(
            [MailingState.PROOFED, MailingState.APPROVED],
            ActName.APPROVED,
            by=by,
            revision=self.revision,
            only={"approved_count": self.approved_count},
            state=MailingState.APPROVED,
            approved_by=by,
            approved_at=Now(),
            approved_digest=digest,
            approved_count=count,
            by_second_person=bool(by) and by.pk not in written_by,
            **_NOT_ASKED,
            written_by=sorted(written_by),
            pause_reason="",
            note=_people(count),
        )

    def is_approved_for_other_than(self, digest: bytes) -> bool:
        """Whether an approval stands that was given to something else."""
        approved = self.approved_digest
        stands = self.state == MailingState.APPROVED
        return stands and (approved is None or bytes(approved) != digest)

    def put_on_schedule(
        self,
        *,
        by: Any,
        starts_at: Any,
        seen: dict[str, Any],
        narrowed_by: dict[str, Any] | None,
        counted: int,
        seconded: bool,
    ) -> bool:
        """Let it go out at `starts_at`. False when it was edited or scheduled meanwhile.

        `seen` are the scope, the campaign and the segment that were counted and the digest that was
        approved, `narrowed_by` is what the segment says now, `counted` how many people the sender
        was told of. `seconded` asks for the approval of a second person.
        """
        return self._move(
            [MailingState.APPROVED],
            ActName.SCHEDULED,
            by=by,
            revision=self.revision,
            only=seen | (self._second_approval() if seconded else {}),
            state=MailingState.SCHEDULED,
            starts_at=starts_at,
            narrowed_by=narrowed_by,
            counted=counted,
            pause_reason="",
            note=_people(counted),
        )

    def _second_approval(self) -> dict[str, Any]:
        return {"by_second_person": True, "approved_count": self.approved_count}

    def go_by_itself(self) -> bool:
        """Let it go at once with nobody's word, as a schedule of its own promised."""
        return self._move(
            IN_PREPARATION,
            ActName.SCHEDULED,
            state=MailingState.SCHEDULED,
            starts_at=Now(),
            # A number that somebody saw when they sent it by hand, and took it back, is over.
            counted=None,
            pause_reason="",
            **_NO_APPROVAL,
        )

    def go_as_approved(self, *, digest: bytes) -> bool:
        """Let what a second person approved go at once. False when that is not what `digest` names.

        It is for the number of people that was approved.
        """
        return self._move(
            [MailingState.APPROVED],
            ActName.SCHEDULED,
            revision=self.revision,
            only=self._second_approval() | {"approved_digest": digest},
            state=MailingState.SCHEDULED,
            starts_at=Now(),
            counted=models.F("approved_count"),
            pause_reason="",
            note=_people(self.approved_count),
        )

    def go_live(self, *, by: Any, seconded: bool) -> bool:
        """Begin what goes to whoever joins, once it is approved. False when it was edited since.

        Its audience grows from here, so nothing is frozen and nothing waits. `seconded` asks for
        the approval of a second person, who is also the one who begins it.
        """
        return self._move(
            [MailingState.APPROVED],
            ActName.SCHEDULED,
            by=by,
            revision=self.revision,
            only={"approved_by": by} | (self._second_approval() if seconded else {}),
            state=MailingState.SENDING,
            started_at=Coalesce("started_at", Now()),
            # From one on it counts as begun for the caps.
            snapshot_after=1,
            pause_reason="",
        )

    def reword(self, *, by: Any) -> bool:
        """Make what goes to whoever joins a draft again. Those who wait for it get the new text."""
        return self._move(
            [MailingState.PAUSED],
            ActName.EDITED,
            by=by,
            only={"kind": "welcome"},
            state=MailingState.DRAFT,
            paused_at=None,
            edited_by=by,
            **_NO_APPROVAL,
        )

    def void(self, *, note: str) -> bool:
        """Make it a draft again because what it says has changed elsewhere, in its update say."""
        before = [MailingState.PROOFED, MailingState.APPROVED]
        return self._move(
            before, ActName.EDITED, note=note, state=MailingState.DRAFT, **_NO_APPROVAL
        )

    def pause(self, reason: str = "", *, by: Any = None) -> bool:
        """Stop after the message in hand. Safe to call twice; True when this call paused it."""
        return self._move(
            [MailingState.SENDING],
            ActName.PAUSED,
            by=by,
            note=reason,
            state=MailingState.PAUSED,
            paused_at=Now(),
            pause_reason=reason[:200],
        )

    def resume(self, *, by: Any = None) -> bool:
        """Go on with those who have not got it. True when this call resumed it."""
        return self._move(
            [MailingState.PAUSED],
            ActName.RESUMED,
            by=by,
            state=MailingState.SENDING,
            paused_for=models.F("paused_for") + (Now() - Coalesce("paused_at", Now())),
            paused_at=None,
            resumed_at=Now(),
            pause_reason="",
        )

    def unschedule(self, *, by: Any = None) -> bool:
        """Take it back while nobody has got it; its proof stands. True when this call did it."""
        return self._move(
            [MailingState.SCHEDULED], ActName.UNSCHEDULED, by=by, **self._taken_back()
        )

    def take_back_late(self) -> bool:
        """Take it back because its time has long passed. True when this call did it."""
        return self.take_back(
            reason=gettext("It was more than 60 minutes late, so nothing was sent.")
        )

    def take_back(self, *, reason: str) -> bool:
        """Take it back by itself, and say why. False when it has begun or is taken back already."""
        return self._move(
            [MailingState.SCHEDULED],
            ActName.UNSCHEDULED,
            note=reason,
            pause_reason=reason[:200],
            **self._taken_back(),
        )

    def _taken_back(self) -> dict[str, Any]:
        state = MailingState.PROOFED if self.proofs.exists() else MailingState.DRAFT
        return {"only": {"snapshot_after": 0}, "state": state, "starts_at": None, **_NO_APPROVAL}

    def cancel(self, *, by: Any = None) -> bool:
        """Send it to nobody else, for ever. True when this call cancelled it."""
        return self._move(
            _NOT_OVER, ActName.CANCELLED, by=by, state=MailingState.CANCELLED, finished_at=Now()
        )

    @transaction.atomic
    def _move(
        self,
        before: Sequence[str],
        act: ActName,
        *,
        by: Any = None,
        note: str = "",
        only: dict[str, Any] | None = None,
        revision: int | None = None,
        **changes: Any,
    ) -> bool:
        """Change the row if its state, as the database has it, is one of `before`.

        `only` and `revision` are what it must still hold. What was changed leaves an act.
        """
        asked = (only or {}) | ({} if revision is None else {"revision": revision})
        row = type(self)._default_manager.filter(pk=self.pk, state__in=before, **asked)
        if act == ActName.EDITED:
            changes["revision"] = models.F("revision") + 1
        moved = bool(row.update(**changes))
        if moved:
            self.acts.create(name=act, by=by, note=note[:200])
        self.refresh_from_db()
        return moved
