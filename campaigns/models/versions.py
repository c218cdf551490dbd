"""Texts that people agree to: versioned, and frozen by the database once they are shown."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns.models.campaign import Campaign
from campaigns.models.organization import MailScope
from campaigns.models.scoping import CampaignScopedQuerySet
from campaigns.models.values import in_choices


class Version(models.Model):
    """A numbered version of a text of a campaign. A trigger refuses a change once it is frozen."""

    version = models.PositiveSmallIntegerField(default=1)
    language = models.CharField(
        max_length=10,
        blank=True,
        help_text=_("Of which translation it is; empty for the campaign's own language."),
    )
    frozen_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = CampaignScopedQuerySet.as_manager()

    class Meta:
        abstract = True

    def freeze(self) -> None:
        """From now on nobody changes this version. Safe to call twice; free when frozen."""
        if self.frozen_at is None:
            self.frozen_at = timezone.now()
            type(self).objects.filter(pk=self.pk, frozen_at=None).update(frozen_at=self.frozen_at)


class Statement(Version):
    """The text that is signed, without its quotation marks."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="statements")
    text = models.TextField(max_length=2000)
    reason = models.CharField(
        max_length=300, blank=True, help_text=_("Why it replaced the version before, for staff.")
    )
    change_note = models.CharField(
        max_length=300, blank=True, help_text=_("What changed, as the page tells everyone.")
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, editable=False
    )

    class Meta:
        ordering = ["campaign", "language", "version"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "language", "version"], name="statement_language_version_once"
            ),
        ]

    def __str__(self) -> str:
        return _("Statement, version %(version)s") % {"version": self.version}


class ConsentNoticeKind(models.TextChoices):
    IMPLICIT = "implicit", _("implicit: signing agrees to it")
    UNTICKED_BOX = "unticked_box", _("a box, unticked")
    YES_NO = "yes_no", _("yes or no, neither chosen")


class ConsentNotice(Version):
    """The opt-in text beside the sign button, verbatim, and what agreeing to it means."""

    Kind = ConsentNoticeKind

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="notices")
    text = models.TextField(max_length=1000)
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.UNTICKED_BOX)
    scopes = models.ManyToManyField(MailScope, related_name="notices")
    tells_of_clicks = models.BooleanField(
        default=False,
        db_default=False,
        help_text=_("The text says that it is kept which links of our mails somebody follows."),
    )

    class Meta:
        ordering = ["campaign", "language", "version"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "language", "version"], name="notice_language_version_once"
            ),
            in_choices("kind", ConsentNoticeKind, "notice_kind_known"),
        ]

    def __str__(self) -> str:
        return _("Notice, version %(version)s") % {"version": self.version}
