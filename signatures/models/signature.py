from collections.abc import Callable
from datetime import datetime
from typing import Self

from django.contrib.postgres.indexes import BrinIndex, GinIndex, OpClass
from django.db import models
from django.db.models.functions import Now
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign, ConsentNotice, Statement
from campaigns.models.scoping import CampaignScopedQuerySet, OrganizationScopedQuerySet
from campaigns.models.values import in_choices
from signatures.models.folding import folded, words_of
from signatures.models.supporter import Supporter, Suppression


class SignatureQuerySet(CampaignScopedQuerySet):
    def counted(self) -> Self:
        return self.filter(state=Signature.State.COUNTED)

    def with_disowned(self) -> Self:
        """Each with `is_disowned`, fetched along."""
        return self.annotate(is_disowned=_owner_said_not_me())

    def disowned(self) -> Self:
        """Those rejected by their owners."""
        return self.filter(_owner_said_not_me(), state=Signature.State.REJECTED)


def _owner_said_not_me() -> models.Exists:
    said = Suppression.objects.not_me(models.OuterRef("supporter__email_hash"))
    return models.Exists(said.filter(campaign_id=models.OuterRef("campaign_id")))


class SignatureState(models.TextChoices):
    PENDING = "pending", _("waits for confirmation")
    HELD = "held", _("held: waits for a sign of life")
    COUNTED = "counted", _("counted")
    WITHDRAWN = "withdrawn", _("withdrawn by the signer")
    REJECTED = "rejected", _("rejected")


class Signature(models.Model):
    """Who signed which statement: one row a person and campaign, by constraint."""

    State = SignatureState

    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, related_name="signatures", db_index=False
    )
    supporter = models.ForeignKey(Supporter, on_delete=models.PROTECT, related_name="signatures")
    statement = models.ForeignKey(
        Statement, on_delete=models.PROTECT, related_name="signatures", db_index=False
    )
    notice = models.ForeignKey(
        ConsentNotice,
        on_delete=models.PROTECT,
        related_name="signatures",
        db_index=False,
    )
    consents = models.BooleanField(_("opts in"), help_text=_("The choice beside the notice."))
    name = models.CharField(max_length=255)
    postal_code = models.CharField(max_length=20, blank=True)
    country = models.CharField(max_length=2, blank=True)
    comment = models.TextField(max_length=2000, blank=True)
    referrer_code = models.CharField(
        max_length=64,
        blank=True,
        help_text=_("`source` in the address that brought the visitor."),
    )
    answers = models.JSONField(
        default=dict, db_default={}, help_text=_("To the campaign's own questions, by their keys.")
    )
    shows_name = models.BooleanField(
        default=False, db_default=False, help_text=_("First name and place may stand on the page.")
    )
    sharer = models.ForeignKey(
        "self",
        null=True,
        on_delete=models.SET_NULL,
        related_name="brought",
        db_index=False,
        help_text=_("Whose shared link brought the visitor."),
    )
    mailing_number = models.BigIntegerField(
        null=True, help_text=_("The mailing whose link brought the visitor.")
    )
    network = models.BinaryField(
        max_length=16, null=True, help_text=_("Keyed hash of the network, to void a wave by.")
    )
    typist = models.BinaryField(
        max_length=16,
        null=True,
        editable=False,
        help_text=_("Known to the browser that typed it: it may say that the address was wrong."),
    )
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    created_at = models.DateTimeField(db_default=Now())
    confirmed_at = models.DateTimeField(null=True)
    counted_at = models.DateTimeField(null=True)

    objects = SignatureQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "supporter"], name="one_signature_a_person"
            ),
            in_choices("state", SignatureState, "signature_state_known"),
            models.CheckConstraint(
                condition=models.Q(counted_at__isnull=False) | ~models.Q(state="counted"),
                name="signature_counted_has_date",
            ),
        ]
        indexes = [
            models.Index(fields=["campaign", "-id"], name="signature_newest_first"),
            # Few rows beside the counted ones: each state is found without walking those.
            models.Index(
                fields=["campaign", "state", "-id"],
                condition=~models.Q(state="counted"),
                name="signature_uncounted",
            ),
            # What waits longest: for reminders, and for those who never confirm.
            models.Index(
                fields=["created_at"],
                condition=models.Q(state="pending"),
                name="signature_pending_since",
            ),
            BrinIndex(fields=["created_at"], name="signature_by_time"),
            models.Index(
                fields=["network", "created_at"],
                condition=models.Q(network__isnull=False),
                name="signature_by_network",
            ),
            models.Index(
                fields=["sharer"],
                condition=models.Q(sharer__isnull=False),
                name="signature_by_sharer",
            ),
            models.Index(
                OpClass(folded("name"), name="text_pattern_ops"), name="signature_by_folded_name"
            ),
            # What waits to be sorted in is never much: neither a signer nor a search pays for it.
            GinIndex(
                words_of("name"), gin_pending_list_limit=512, name="signature_by_words_of_name"
            ),
            # Sets of people, read in the order of their numbers and from these alone.
            models.Index(
                fields=["campaign", "supporter"],
                include=["counted_at"],
                condition=models.Q(state="counted"),
                name="signature_counted_people",
            ),
            models.Index(
                fields=["referrer_code", "supporter"],
                include=["campaign"],
                condition=models.Q(state="counted") & ~models.Q(referrer_code=""),
                name="signature_counted_by_code",
            ),
            models.Index(
                fields=["country", "supporter"],
                include=["campaign", "postal_code"],
                condition=models.Q(state="counted") & ~models.Q(country=""),
                name="signature_counted_by_place",
            ),
            # What a mailing brought.
            models.Index(
                fields=["mailing_number"],
                condition=models.Q(mailing_number__isnull=False),
                name="signature_by_mailing",
            ),
            # Whose names the campaign's page shows.
            models.Index(
                fields=["campaign", "-id"],
                condition=models.Q(shows_name=True, state="counted", confirmed_at__isnull=False),
                name="signature_names_shown",
            ),
        ]

    def __str__(self) -> str:
        return _("Signature %(pk)s") % {"pk": self.pk}

    @cached_property
    def is_disowned(self) -> bool:
        """Whether its owner said “not me”. What else is rejected, staff rejected."""
        said = Suppression.objects.not_me(bytes(self.supporter.email_hash))
        return said.filter(campaign_id=self.campaign_id).exists()

    @property
    def is_disclaimed(self) -> bool:
        """Whether who typed it has said that the address was wrong: nobody's, until its owner signs
        it under a name of their own."""
        return not self.name

    @property
    def state_in_full(self) -> str:
        """Its state in words, which tell who rejected it."""
        if self.state != SignatureState.REJECTED:
            return str(self.get_state_display())
        said, by_staff = _("rejected: its owner said “not me”"), _("rejected by staff")
        return str(said if self.is_disowned else by_staff)

    def answered(self) -> list[tuple[str, str]]:
        """Each question as it is worded now and its answer, in the campaign's order.

        Both in the words of the edition at hand. A question that is there no more goes by its key,
        and comes last.
        """
        given = dict(self.answers)
        asked = [
            (one.label, _in_words(given.pop(one.key), one.said))
            for one in self.campaign.questions
            if one.key in given
        ]
        return asked + [(key, _in_words(answer)) for key, answer in given.items()]


def _in_words(answer: str | bool, said: Callable[[str], str] = str) -> str:
    return str(_("Yes")) if answer is True else said(str(answer))


class CountShard(models.Model):
    """A share of a campaign's numbers of one day, so that two signers need not wait for one row.

    Moved in the transaction of each change of state. A single shard may go below zero; sums do not.
    """

    SHARDS = 16

    campaign = models.ForeignKey(
        Campaign, on_delete=models.CASCADE, related_name="count_shards", db_index=False
    )
    day = models.DateField()
    shard = models.PositiveSmallIntegerField()
    pending = models.IntegerField(default=0)
    held = models.IntegerField(default=0, db_default=0)
    counted = models.IntegerField(default=0)
    opted_in = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "day", "shard"], name="count_shard_once")
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id} {self.day} #{self.shard}"


class LetterQuerySet(OrganizationScopedQuerySet):
    organization_path = "signature__campaign__organization"

    def unsent(self) -> Self:
        return self.filter(sent_at=None, dropped_at=None)

    def bounced(self, *, campaign: Campaign, email_key: str, since: datetime) -> Self:
        """Letters to this address about the campaign, owed `since` then, that found no mailbox."""
        return self.filter(
            supporter__email_key=email_key,
            signature__campaign=campaign,
            created_at__gt=since,
            bounced_at__isnull=False,
        )


class LetterKind(models.TextChoices):
    CONFIRM = "confirm", _("confirm your signature")
    RECEIPT = "receipt", _("thank you for signing")
    ALREADY_SIGNED = "already_signed", _("you have already signed")
    REMINDER = "reminder", _("your signature still waits")
    WITHDRAWN = "withdrawn", _("your signature is withdrawn")
    DATA_LINK = "data_link", _("the link to your own data")
    STAY = "stay", _("do you want to stay")
    REJECTED = "rejected", _("your signature does not count")


class Letter(models.Model):
    """A transactional mail that is owed. PostgreSQL is the outbox; the tx worker drains it."""

    Kind = LetterKind

    kind = models.CharField(max_length=20, choices=Kind)
    supporter = models.ForeignKey(
        Supporter, on_delete=models.CASCADE, related_name="letters", db_index=False
    )
    signature = models.ForeignKey(Signature, on_delete=models.CASCADE, related_name="letters")
    created_at = models.DateTimeField(db_default=Now())
    due_at = models.DateTimeField(db_default=Now())
    claimed_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    dropped_at = models.DateTimeField(null=True)
    bounced_at = models.DateTimeField(
        null=True, help_text=_("When a server said that there is no such mailbox.")
    )
    reason = models.CharField(
        max_length=60,
        blank=True,
        help_text=_("Why it was dropped, or what the last try met."),
    )

    objects = LetterQuerySet.as_manager()

    class Meta:
        constraints = [
            in_choices("kind", LetterKind, "letter_kind_known"),
            models.CheckConstraint(
                condition=models.Q(sent_at=None) | models.Q(dropped_at=None),
                name="letter_ends_once",
            ),
            # A second request while one waits adds nothing.
            models.UniqueConstraint(
                fields=["signature", "kind"],
                condition=models.Q(sent_at=None, dropped_at=None),
                name="letter_waits_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=models.Q(sent_at=None, dropped_at=None),
                name="letter_due",
            ),
            models.Index(fields=["supporter", "-due_at"], name="letter_by_supporter"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.due_at:%Y-%m-%d %H:%M}"

    def bounce(self, moment: datetime) -> bool:
        """A server says that there is no such mailbox. True when it is said for the first time."""
        return bool(Letter.objects.filter(pk=self.pk, bounced_at=None).update(bounced_at=moment))
