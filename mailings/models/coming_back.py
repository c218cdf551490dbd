"""What comes back after a mail has left: stored first, applied after, kept for a while.

Events name messages by numbers alone. A mail that came in is kept as it came until it has been
read, and no longer than staff need it.
"""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from campaigns.models import Organization
from campaigns.models.scoping import OrganizationScopedQuerySet
from campaigns.models.values import in_choices
from signatures.models import Supporter


class MailEventKind(models.TextChoices):
    DELIVERED = "delivered", _("delivered")
    HARD = "hard", _("no such mailbox")
    REFUSED = "refused", _("refused for its text or its sender")
    SOFT = "soft", _("not delivered")
    COMPLAINED = "complained", _("complained")
    UNSUBSCRIBED = "unsubscribed", _("unsubscribed")


class MailEventQuerySet(models.QuerySet):
    def waiting(self) -> Self:
        """Events that have not been applied."""
        return self.filter(applied_at=None)


class MailEvent(models.Model):
    """One thing that a provider or a mail server says of one message of ours: once, by constraint.

    `mailing_number` and `supporter_number`, or `letter_number`, were in the message's own key,
    whose MAC was checked before the row was written. An event of a message that is none of ours
    has no numbers and changes nothing.
    """

    Kind = MailEventKind

    provider = models.CharField(max_length=20)
    digest = models.BinaryField(
        max_length=32, unique=True, help_text=_("Of the provider's own number for the event.")
    )
    kind = models.CharField(max_length=12, choices=Kind)
    mailing_number = models.BigIntegerField(null=True)
    supporter_number = models.BigIntegerField(null=True)
    letter_number = models.BigIntegerField(null=True)
    status = models.CharField(max_length=12, blank=True, help_text=_("RFC 3463, as 5.1.1"))
    happened_at = models.DateTimeField()
    received_at = models.DateTimeField(db_default=Now())
    due_at = models.DateTimeField(db_default=Now())
    applied_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=20, blank=True)

    objects = MailEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery event")
        constraints = [in_choices("kind", MailEventKind, "mail_event_kind_known")]
        indexes = [
            models.Index(
                fields=["due_at", "id"],
                condition=models.Q(applied_at=None),
                name="mail_event_waiting",
            ),
            # What is old enough to be deleted, in the order in which it came.
            models.Index(fields=["received_at"], name="mail_event_received"),
        ]

    def __str__(self) -> str:
        return f"{self.provider}: {self.get_kind_display()}"


class ArrivedMailKind(models.TextChoices):
    BOUNCE = "bounce", _("delivery report")
    COMPLAINT = "complaint", _("complaint")
    UNSUBSCRIBE = "unsubscribe", _("unsubscribe")
    AUTOMATIC = "automatic", _("automatic answer")
    REPLY = "reply", _("reply")
    UNREADABLE = "unreadable", _("cannot be read")


class ArrivedMail(models.Model):
    """A mail that came in by the door, as it came. The same mail twice is one row."""

    Kind = ArrivedMailKind

    digest = models.BinaryField(max_length=32, unique=True)
    recipient = models.CharField(max_length=320, blank=True)
    raw = models.BinaryField(help_text=_("Its first megabyte; empty once it is no longer needed."))
    arrived_at = models.DateTimeField(db_default=Now(), db_index=True)
    kind = models.CharField(max_length=12, choices=Kind, blank=True)
    supporter_number = models.BigIntegerField(
        null=True,
        db_index=True,
        help_text=_("Whom it is from or about, so that it goes with them."),
    )
    read_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("mail that came in")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(read_at=None, kind="")
                | models.Q(read_at__isnull=False, kind__in=ArrivedMailKind.values),
                name="arrived_mail_read_has_kind",
            )
        ]
        indexes = [
            models.Index(
                fields=["id"], condition=models.Q(read_at=None), name="arrived_mail_unread"
            )
        ]

    def __str__(self) -> str:
        return f"{self.arrived_at:%Y-%m-%d %H:%M} {self.kind}"


class ReplyQuerySet(OrganizationScopedQuerySet):
    organization_path = "organization"

    def open(self) -> Self:
        """Replies that nobody has dealt with."""
        return self.filter(done_at=None)


class Reply(models.Model):
    """What somebody wrote back, for the organization that had written to them.

    Most are known by the message that they answer. One that names none is shown to the one
    organization whose supporter its sender says to be, or to the only one there is; else it belongs
    to none, and superusers alone see it. It is deleted with its person, and after a time.
    """

    arrived = models.OneToOneField(ArrivedMail, on_delete=models.CASCADE, related_name="reply")
    organization = models.ForeignKey(
        Organization, null=True, on_delete=models.CASCADE, related_name="replies"
    )
    supporter = models.ForeignKey(
        Supporter, null=True, on_delete=models.CASCADE, related_name="replies"
    )
    mailing_number = models.BigIntegerField(null=True, help_text=_("The mailing it answers."))
    sender = models.CharField(max_length=320, help_text=_("As the mail says; anybody can say it."))
    subject = models.CharField(max_length=300, blank=True)
    text = models.TextField(blank=True)
    arrived_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = ReplyQuerySet.as_manager()

    class Meta:
        verbose_name = _("reply")
        verbose_name_plural = _("replies")
        ordering = ["-arrived_at"]

    def __str__(self) -> str:
        return self.subject or str(_("(no subject)"))

    def finish(self, user: Any) -> bool:
        """Somebody has dealt with it. True when this call said so first."""
        waiting = Reply.objects.open().filter(pk=self.pk)
        return bool(waiting.update(done_at=Now(), done_by=user))
