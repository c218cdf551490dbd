"""The delivery ledger: who is owed a mailing, in what order, and what became of each mail.

Rows are narrow and hold no personal data. `seq` numbers the recipients of a mailing in a lane;
a chunk is a range of them, leased to one connection at a time, whose durable cursor says how far it
got. "In flight" is no state of a row: it is `seq = chunk.cursor`. No index may mention a
recipient's status, not even in a predicate, or every update would cost an index write.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from mailings.models.mailing import Mailing
from signatures.models import Subscription, Supporter


class LaneSequence(models.Model):
    """The last sequence number given out in a lane of a mailing."""

    pk = models.CompositePrimaryKey("mailing_id", "lane")
    mailing = models.ForeignKey(Mailing, on_delete=models.CASCADE, related_name="+")
    lane = models.PositiveSmallIntegerField()
    last_seq = models.IntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.mailing_id}/{self.lane}: {self.last_seq}"


class SkipReason(models.IntegerChoices):
    """Why somebody in the frozen audience did not get it; stands where a server's reply would."""

    CAPPED = 1, _("has had enough mail for now")


class Recipient(models.Model):
    """One person is owed one mailing: once, by constraint."""

    class Status(models.IntegerChoices):
        PENDING = 0, _("pending")
        SENT = 3, _("sent")
        FAILED = 4, _("failed")
        DEFERRED = 5, _("deferred")
        SKIPPED = 6, _("skipped")
        UNKNOWN = 7, _("unknown")
        # What is heard of a mail afterwards.
        DELIVERED = 8, _("delivered")
        BOUNCED = 9, _("bounced")
        COMPLAINED = 10, _("complained")

    pk = models.CompositePrimaryKey("mailing_id", "lane", "seq")
    mailing = models.ForeignKey(
        Mailing, on_delete=models.CASCADE, related_name="recipients", db_index=False
    )
    lane = models.PositiveSmallIntegerField()
    seq = models.IntegerField()
    subscription = models.ForeignKey(
        Subscription,
        on_delete=models.DO_NOTHING,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    supporter = models.ForeignKey(
        Supporter,
        on_delete=models.DO_NOTHING,
        related_name="mailings_received",
        db_index=False,
        db_constraint=False,
    )
    status = models.PositiveSmallIntegerField(choices=Status, default=Status.PENDING)
    items = models.IntegerField(
        null=True, help_text=_("Of a digest: the items that are news to this person, a bit each.")
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    code = models.PositiveSmallIntegerField(
        null=True,
        help_text=_(
            "The mail server's last reply; 550 or 450 where the mail came back. Of who was skipped,"
            " the reason."
        ),
    )
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            # Supporter first: the same index answers "what did this person get?".
            models.UniqueConstraint(fields=["supporter", "mailing"], name="mailing_once_a_person"),
            models.CheckConstraint(
                condition=models.Q(status__in=[0, 3, 4, 5, 6, 7, 8, 9, 10]),
                name="recipient_status_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mailing_id}/{self.lane}/{self.seq}: {self.get_status_display()}"


class Deferral(models.Model):
    """When a recipient refused for now is tried again, and with which variant of the mail."""

    pk = models.CompositePrimaryKey("mailing_id", "lane", "seq")
    mailing = models.ForeignKey(Mailing, on_delete=models.CASCADE, related_name="+", db_index=False)
    lane = models.PositiveSmallIntegerField()
    seq = models.IntegerField()
    next_attempt_at = models.DateTimeField()
    variant = models.PositiveSmallIntegerField(db_default=0)

    class Meta:
        indexes = [
            models.Index(fields=["mailing", "lane", "next_attempt_at"], name="deferral_due"),
        ]

    def __str__(self) -> str:
        return f"{self.mailing_id}/{self.lane}/{self.seq}: {self.next_attempt_at}"


class Chunk(models.Model):
    """A range of sequence numbers under one lease; `token` fences off a holder come too late.

    It goes out when its wave is open, and everyone in it gets one variant of the mail.
    """

    class State(models.IntegerChoices):
        OPEN = 0, _("open")
        LEASED = 1, _("leased")
        DONE = 2, _("done")

    pk = models.CompositePrimaryKey("mailing_id", "lane", "lo")
    mailing = models.ForeignKey(
        Mailing, on_delete=models.CASCADE, related_name="chunks", db_index=False
    )
    lane = models.PositiveSmallIntegerField()
    lo = models.IntegerField()
    hi = models.IntegerField()
    state = models.PositiveSmallIntegerField(choices=State, default=State.OPEN)
    token = models.BigIntegerField(null=True)
    lease_until = models.DateTimeField(null=True)
    cursor = models.IntegerField(default=0)
    wave = models.PositiveSmallIntegerField(db_default=0)
    variant = models.PositiveSmallIntegerField(db_default=0)

    class Meta:
        indexes = [
            models.Index(
                fields=["mailing", "lane", "state", "wave", "lo"],
                condition=models.Q(state__lt=2),
                name="chunk_open_by_wave",
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(lo__lte=models.F("hi")), name="chunk_range")
        ]

    def __str__(self) -> str:
        return f"{self.mailing_id}/{self.lane}/{self.lo}–{self.hi}: {self.get_state_display()}"
