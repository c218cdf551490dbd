"""What organizers are told by mail: kept until it has left, once to each for each occasion."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from campaigns.models import Organization
from campaigns.models.values import in_choices


class OrganizerNoticeQuerySet(models.QuerySet):
    def due(self) -> Self:
        """Notices that are to be sent now and that nobody has in hand."""
        free = models.Q(claimed_until=None) | models.Q(claimed_until__lt=Now())
        return self.filter(free, sent_at=None, given_up=False, due_at__lte=Now())


class OrganizerNoticeKind(models.TextChoices):
    PROMISE = "promise", _("promise")
    CLOSING = "closing", _("last mail of a campaign")
    TRIAL = "trial", _("trial")
    WELCOME = "welcome", _("welcome")
    APPROVAL = "approval", _("approval")


class OrganizerNotice(models.Model):
    """One mail to one organizer. `key` names the occasion: no occasion is told twice to anyone."""

    Kind = OrganizerNoticeKind

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=OrganizerNoticeKind)
    key = models.CharField(max_length=80)
    subject = models.CharField(max_length=150)
    text = models.TextField()
    path = models.CharField(
        max_length=200, help_text=_("Where in the admin something can be done.")
    )
    created_at = models.DateTimeField(db_default=Now())
    due_at = models.DateTimeField(db_default=Now())
    claimed_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    given_up = models.BooleanField(default=False)

    objects = OrganizerNoticeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "kind", "key"], name="told_once"),
            in_choices("kind", OrganizerNoticeKind, "notice_to_organizers_kind_known"),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=models.Q(sent_at=None, given_up=False),
                name="notice_to_send",
            )
        ]

    def __str__(self) -> str:
        return f"{self.subject} → {self.user}"
