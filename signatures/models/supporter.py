from typing import Any, Self

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign, ConsentNotice, MailScope
from campaigns.models.scoping import OrganizationScopedQuerySet
from campaigns.models.values import in_choices


class SupporterQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> Self:
        """The people who signed a campaign of one of the user's organizations."""
        if user.is_active and user.is_superuser:
            return self
        own = Campaign.objects.visible_to(user)
        signed = apps.get_model("signatures", "Signature").objects.filter(
            supporter=models.OuterRef("pk"), campaign__in=own
        )
        return self.filter(models.Exists(signed))


class Supporter(models.Model):
    """A person, that is: one mailbox. Name and place are what its owner confirmed."""

    email = models.CharField(max_length=254, help_text=_("As typed; mail goes here."))
    email_key = models.CharField(max_length=254, unique=True, editable=False)
    email_hash = models.BinaryField(max_length=32, unique=True, editable=False)
    name = models.CharField(max_length=255, blank=True)
    postal_code = models.CharField(max_length=20, blank=True)
    country = models.CharField(max_length=2, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    erased_at = models.DateTimeField(
        null=True, editable=False, help_text=_("From then on the row names nobody.")
    )

    objects = SupporterQuerySet.as_manager()

    class Meta:
        indexes = [
            # Spellings of one mailbox, for the limits of its letters (`letters.rationing`); who
            # types no “+” is not in it.
            models.Index(
                models.Func(
                    "email_key",
                    models.Value(r"\+[^@]*@"),
                    models.Value("@"),
                    function="regexp_replace",
                ),
                condition=models.Q(email_key__contains="+"),
                name="supporter_by_mailbox",
            ),
        ]

    def __str__(self) -> str:
        return self.email


class ConsentEventQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> Self:
        """What was said about mail of one of the user's organizations."""
        if user.is_active and user.is_superuser:
            return self
        own = MailScope.objects.visible_to(user).values_list("pk", flat=True)
        return self.filter(scope_ids__overlap=list(own))


class ConsentEventChoice(models.TextChoices):
    AGREED = "agreed", _("agreed")
    DECLINED = "declined", _("declined")
    LEFT = "left", _("left")


class ConsentEvent(models.Model):
    """What somebody agreed to or took back, when and where. No row is ever changed."""

    Choice = ConsentEventChoice

    supporter = models.ForeignKey(
        Supporter,
        on_delete=models.PROTECT,
        related_name="consent_events",
        db_index=False,
    )
    notice = models.ForeignKey(
        ConsentNotice,
        null=True,
        on_delete=models.PROTECT,
        related_name="consent_events",
    )
    choice = models.CharField(max_length=10, choices=Choice)
    scope_ids = ArrayField(models.BigIntegerField(), help_text=_("Kinds of mail it was about."))
    via = models.CharField(max_length=40, help_text=_("The page or link where it was said."))
    at = models.DateTimeField(db_default=Now())

    objects = ConsentEventQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["supporter", "at"], name="consent_event_by_supporter"),
            # Who left, and by which mailing.
            models.Index(
                fields=["via"], condition=models.Q(choice="left"), name="consent_event_ways_out"
            ),
        ]
        constraints = [in_choices("choice", ConsentEventChoice, "consent_choice_known")]

    def __str__(self) -> str:
        return f"{self.choice} · {self.at:%Y-%m-%d}"


class SubscriptionQuerySet(OrganizationScopedQuerySet):
    organization_path = "scope__organization"

    def live(self) -> Self:
        """Standing consents."""
        return self.filter(unsubscribed_at=None)

    def mailable(self) -> Self:
        """Standing consents of people who asked for no pause, and whose address nothing blocks."""
        blocked = Suppression.objects.blocking_bulk().filter(
            email_hash=models.OuterRef("supporter__email_hash")
        )
        awake = models.Q(rests_until=None) | models.Q(rests_until__lte=Now())
        return self.live().filter(awake, ~models.Exists(blocked))

    def asked_to_stay(self, letter: Any) -> Self:
        """What this letter asks about: standing consents of its reader that wait for an answer."""
        return self.live().filter(
            supporter_id=letter.supporter_id,
            scope__organization_id=letter.signature.campaign.organization_id,
            asked_to_stay_at__isnull=False,
        )


class Subscription(models.Model):
    """Standing consent of one person to one kind of mail, and the signature that began it."""

    supporter = models.ForeignKey(
        Supporter,
        on_delete=models.CASCADE,
        related_name="subscriptions",
        db_index=False,
    )
    scope = models.ForeignKey(
        MailScope,
        on_delete=models.PROTECT,
        related_name="subscriptions",
        db_index=False,
    )
    signature = models.ForeignKey(
        "signatures.Signature", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    subscribed_at = models.DateTimeField(db_default=Now())
    unsubscribed_at = models.DateTimeField(null=True, blank=True)
    rests_until = models.DateTimeField(
        null=True, blank=True, help_text=_("The reader asked for a pause; nothing goes out until.")
    )

    asked_to_stay_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text=_("Silent for long, so they were asked whether they want to stay."),
    )

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["supporter", "scope"], name="subscription_once")
        ]
        indexes = [
            # The walk that freezes an audience, page by page.
            models.Index(
                fields=["scope", "id"],
                include=["supporter"],
                condition=models.Q(unsubscribed_at=None),
                name="subscription_live_walk",
            ),
            # Who joined of late, for whom there is a welcome.
            models.Index(
                fields=["scope", "subscribed_at"],
                condition=models.Q(unsubscribed_at=None),
                name="subscription_newcomers",
            ),
            # The same people in the order of their numbers, to be joined with other sets.
            models.Index(
                fields=["scope", "supporter"],
                include=["subscribed_at", "rests_until"],
                condition=models.Q(unsubscribed_at=None),
                name="subscription_live_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.supporter} · {self.scope}"


class CampaignMute(models.Model):
    """“Nothing more about this campaign”, said by somebody who stays subscribed."""

    supporter = models.ForeignKey(
        Supporter, on_delete=models.CASCADE, related_name="mutes", db_index=False
    )
    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="mutes")
    muted_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["supporter", "campaign"], name="mute_once")]

    def __str__(self) -> str:
        return f"{self.supporter} · {self.campaign}"


class SuppressionQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> Self:
        """Blocks of the addresses of people whom the user may see."""
        if user.is_active and user.is_superuser:
            return self
        people = Supporter.objects.visible_to(user)
        return self.filter(models.Exists(people.filter(email_hash=models.OuterRef("email_hash"))))

    def suppress(
        self, email_hash: bytes | memoryview, reason: str, *, campaign_id: int | None = None
    ) -> None:
        """Block an address, again if the block was lifted. Safe to call twice."""
        self.update_or_create(
            email_hash=bytes(email_hash),
            reason=reason,
            campaign_id=campaign_id,
            defaults={"lifted_at": None},
        )

    def not_me(self, email_hash: bytes | models.OuterRef) -> Self:
        """What an address said “not me” to; it stays said when the block is lifted."""
        return self.filter(email_hash=email_hash, reason=Suppression.Reason.NOT_ME)

    def blocking_bulk(self) -> Self:
        """Blocks that keep every bulk mail from an address."""
        return self.filter(lifted_at=None)

    def blocking_letters(self) -> Self:
        """Blocks that keep every letter from an address, whatever the campaign."""
        reasons = [Suppression.Reason.HARD_BOUNCE, Suppression.Reason.COMPLAINT]
        return self.filter(lifted_at=None, reason__in=reasons)


class SuppressionReason(models.TextChoices):
    NOT_ME = "not_me", _("said “not me”")
    HARD_BOUNCE = "hard_bounce", _("address does not exist")
    SOFT_BOUNCE = "soft_bounce", _("mail kept coming back")
    COMPLAINT = "complaint", _("complained")
    ERASED = "erased", _("erased")


class Suppression(models.Model):
    """A block of an address, known by its keyed hash alone, so that it outlives an erasure.

    `lifted_at` ends what it means for bulk mail. A “not me” keeps letters about its campaign away
    for ever, lifted or not.
    """

    Reason = SuppressionReason

    email_hash = models.BinaryField(max_length=32)
    reason = models.CharField(max_length=20, choices=Reason)
    campaign = models.ForeignKey(
        Campaign, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    created_at = models.DateTimeField(db_default=Now())
    lifted_at = models.DateTimeField(null=True, blank=True)

    objects = SuppressionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["email_hash", "reason", "campaign"],
                nulls_distinct=False,
                name="suppression_once",
            ),
            in_choices("reason", SuppressionReason, "suppression_reason_known"),
            models.CheckConstraint(
                condition=models.Q(reason="not_me", campaign__isnull=False)
                | ~models.Q(reason="not_me"),
                name="suppression_not_me_names_campaign",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_reason_display()} · {self.created_at:%Y-%m-%d}"


class KeyFingerprint(models.Model):
    """Which key this database was filled with. Another key would forget everyone who left."""

    purpose = models.CharField(max_length=20, primary_key=True)
    fingerprint = models.CharField(max_length=16)
    created_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.purpose}: {self.fingerprint}"
