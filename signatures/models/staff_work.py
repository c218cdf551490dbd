"""What staff do to signatures: each act with who, when and why; none of it can be done silently."""

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign
from campaigns.models.scoping import CampaignScopedQuerySet, OrganizationScopedQuerySet
from campaigns.models.values import in_choices
from signatures.models.signature import Signature, SignatureState


class StateChangeQuerySet(CampaignScopedQuerySet):
    def unfinished(self) -> Self:
        """Waves of which signatures are still to be moved, or to be moved back."""
        return self.filter(finished_at=None)


class StateChange(models.Model):
    """Staff moved signatures of a campaign into another state, one or a wave, for a reason.

    A wave is worked off in batches: until it is `finished_at`, a worker carries it on. Undoing it
    begins the same work backwards.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="state_changes")
    to_state = models.CharField(max_length=10, choices=SignatureState)
    reason = models.CharField(max_length=300)
    criteria = models.JSONField(
        default=dict, blank=True, help_text=_("Network, domain and time that chose them.")
    )
    changed = models.PositiveIntegerField(default=0)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    changed_at = models.DateTimeField(db_default=Now())
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    undone_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(
        null=True, help_text=_("Empty while signatures are still to be moved, or moved back.")
    )

    objects = StateChangeQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [in_choices("to_state", SignatureState, "state_change_state_known")]
        indexes = [
            models.Index(
                fields=["id"], condition=models.Q(finished_at=None), name="state_change_unfinished"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_to_state_display()}: {self.changed}"

    def begin_undo(self, user: Any) -> bool:
        """Turn the change round, if nobody has yet; `state_changing.carry_on()` then works it off.

        Returns whether this call turned it.
        """
        standing = StateChange.objects.filter(pk=self.pk, undone_at=None)
        turned = standing.update(undone_at=Now(), undone_by=user, finished_at=None)
        self.refresh_from_db()
        return bool(turned)


class StateChangeEntryQuerySet(OrganizationScopedQuerySet):
    organization_path = "change__campaign__organization"


class StateChangeEntry(models.Model):
    """One signature that a change moved, and where it stood before, so that it can go back."""

    change = models.ForeignKey(
        StateChange, on_delete=models.CASCADE, related_name="entries", db_index=False
    )
    signature = models.ForeignKey(Signature, on_delete=models.CASCADE, related_name="changes")
    from_state = models.CharField(max_length=10, choices=SignatureState)

    objects = StateChangeEntryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["change", "signature"], name="state_change_moves_once"),
            in_choices("from_state", SignatureState, "state_change_entry_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.signature_id}: {self.from_state}"


class ExportFormat(models.TextChoices):
    CSV = "csv", _("CSV")
    XLSX = "xlsx", _("Excel (XLSX)")


def token_digest(token: str) -> bytes:
    """What is kept of a download link's token: it cannot be turned back into the link."""
    return hashlib.sha256(token.encode(errors="surrogatepass")).digest()


class ExportQuerySet(CampaignScopedQuerySet):
    def open_to(self, user: Any, token: str) -> Self:
        """The export that this token still opens to this user: theirs, unused, not expired."""
        return self.visible_to(user).filter(
            asked_by=user.pk,
            token_hash=token_digest(token),
            started_at=None,
            expires_at__gt=Now(),
        )


class Export(models.Model):
    """Signatures that somebody took out of the house: who, which, in what form and what for.

    The download is streamed and stored nowhere; its link is known by its hash alone, is its owner's
    alone, works once and not for long.
    """

    Format = ExportFormat

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="exports")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    purpose = models.CharField(max_length=300)
    format = models.CharField(max_length=4, choices=Format, default=Format.CSV)
    criteria = models.JSONField(default=dict, blank=True)
    token_hash = models.BinaryField(max_length=32, unique=True)
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    rows = models.PositiveIntegerField(null=True)

    objects = ExportQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [in_choices("format", ExportFormat, "export_format_known")]

    def __str__(self) -> str:
        return f"{self.get_format_display()}: {self.purpose}"

    def use_token(self, token: str) -> None:
        """Let this token, of which only the hash is kept, open the download."""
        self.token_hash = token_digest(token)

    def begin(self) -> bool:
        """Use the link up. Of any number at once, one caller gets True and may stream."""
        unused = Export.objects.filter(pk=self.pk, started_at=None, expires_at__gt=Now())
        return bool(unused.update(started_at=Now()))

    def finish(self, rows: int, *, whole: bool) -> None:
        """Write down how many rows left the house, and whether that was all of them."""
        ended = {"finished_at": Now()} if whole else {}
        Export.objects.filter(pk=self.pk).update(rows=rows, **ended)


@dataclass(frozen=True)
class OnPaper:
    """What a page says of a campaign's batches: how many signatures, who counted them, up to when.

    `counted_by` names a few, whose batches are the newest; `others` counts those beside them.
    """

    total: int
    counted_by: list[str]
    others: int
    until: date


class PaperBatchQuerySet(CampaignScopedQuerySet):
    # So many of those who collected are named.
    MOST_NAMED = 3

    def total(self) -> int:
        """How many signatures the batches hold together."""
        return self.aggregate(total=models.Sum("signatures"))["total"] or 0

    def in_short(self) -> OnPaper | None:
        """The batches as a page tells of them, for one query; None without any."""
        by_name = (
            self.order_by()
            .values("collected_by")
            .annotate(number=models.Sum("signatures"), until=models.Max("collected_on"))
        )
        found = list(by_name.order_by("-until", "collected_by"))
        if not found:
            return None
        return OnPaper(
            total=sum(one["number"] for one in found),
            counted_by=[one["collected_by"] for one in found[: self.MOST_NAMED]],
            others=len(found[self.MOST_NAMED :]),
            until=found[0]["until"],
        )


class PaperBatch(models.Model):
    """Signatures collected on paper: counted by hand, shown beside the others, never among them."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="paper_batches")
    signatures = models.PositiveIntegerField(
        validators=[MinValueValidator(1, _("Count at least one signature."))]
    )
    collected_on = models.DateField()
    place = models.CharField(max_length=120, blank=True)
    collected_by = models.CharField(
        max_length=120, help_text=_("Who stands for the number, as the page names them.")
    )
    note = models.CharField(max_length=300, blank=True, help_text=_("For staff."))
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    added_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = PaperBatchQuerySet.as_manager()

    class Meta:
        ordering = ["-collected_on", "-pk"]
        verbose_name_plural = _("paper batches")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(signatures__gt=0),
                name="paper_batch_has_signatures",
                violation_error_message=_("Count at least one signature."),
            ),
            # In the zones that are ahead of UTC it is already the next day.
            models.CheckConstraint(
                condition=models.Q(
                    collected_on__lte=models.Func(
                        "added_at",
                        template="(%(expressions)s AT TIME ZONE 'UTC')::date + 1",
                        output_field=models.DateField(),
                    )
                ),
                name="paper_batch_was_collected",
                violation_error_message=_("Signatures cannot be counted before they were given."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.signatures} · {self.collected_on}"

    def clean(self) -> None:
        """Raises ValidationError for a day that has not come yet where the campaign is.

        Of a batch that was recorded before, what was collected later is another batch.
        """
        if not self.collected_on or self.campaign_id is None:
            return
        recorded = timezone.now() if self._state.adding else self.added_at
        today = recorded.astimezone(self.campaign.zone).date()
        if self.collected_on <= today:
            return
        why = _("This day has not come yet: signatures count once they were given.")
        if not self._state.adding:
            why = _("It was recorded on %(day)s; record what was collected later as another batch.")
        raise ValidationError({"collected_on": why % {"day": date_format(today)}})
