from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, Self
from zoneinfo import ZoneInfo

from django.db import models, transaction
from django.db.models.functions import Coalesce, Least, Now
from django.utils import timezone, translation
from django.utils.text import get_text_list
from django.utils.translation import gettext_lazy as _

from campaigns.models.edits import Edited
from campaigns.models.organization import Organization
from campaigns.models.scoping import OrganizationScopedQuerySet
from campaigns.models.texts import PageTexts
from campaigns.models.values import in_choices, known_language, known_time_zone
from campaigns.text.alternatives import undescribed_pictures


class CampaignQuerySet(OrganizationScopedQuerySet):
    def public(self) -> Self:
        """Campaigns whose page anyone may read, the withdrawn ones included."""
        return self.exclude(state__in=UNPUBLISHED)

    def open(self) -> Self:
        """Campaigns that take signatures now.

        The database's clock decides, so that one past its closing time takes none even while
        nobody has closed it yet.
        """
        before_closing = models.Q(closes_at=None) | models.Q(closes_at__gt=Now())
        return self.filter(before_closing, state=CampaignState.OPEN)

    def due_to_open(self) -> Self:
        """Scheduled campaigns whose time to open has come."""
        return self.filter(state=CampaignState.SCHEDULED, opens_at__lte=Now())

    def due_to_close(self) -> Self:
        """Open campaigns whose closing time has passed."""
        return self.filter(state=CampaignState.OPEN, closes_at__lte=Now())


class CampaignState(models.TextChoices):
    DRAFT = "draft", _("draft")
    SCHEDULED = "scheduled", _("scheduled")
    OPEN = "open", _("open")
    CLOSED = "closed", _("closed")
    DELIVERED = "delivered", _("delivered")
    WON = "won", _("won")
    LOST = "lost", _("lost")
    WITHDRAWN = "withdrawn", _("withdrawn")


# Nobody sees the page of these yet.
UNPUBLISHED = [CampaignState.DRAFT, CampaignState.SCHEDULED]
# The page of these takes no signatures any more.
ENDED = [
    CampaignState.CLOSED,
    CampaignState.DELIVERED,
    CampaignState.WON,
    CampaignState.LOST,
    CampaignState.WITHDRAWN,
]


# The page of these says what came of it.
DECIDED = [CampaignState.WON, CampaignState.LOST]
# How long after the end a link in a mail still confirms what was typed before it.
LATE_CONFIRMATION = timedelta(days=7)


class CampaignProof(models.TextChoices):
    CONFIRM_FIRST = "confirm_first", _("confirm by mail first, then count")
    AT_ONCE = "at_once", _("count at once")


class Campaign(PageTexts, Edited):
    """A cause and its page. A `Statement` is signed, a `ConsentNotice` is agreed to."""

    State = CampaignState

    Proof = CampaignProof

    # The language of the translation whose texts this instance holds; empty for its own texts.
    edition: str = ""
    # That translation.
    translated_by: Any = None

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="campaigns"
    )
    language = models.CharField(max_length=10, default="en", validators=[known_language])
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT, editable=False)
    proof = models.CharField(max_length=20, choices=Proof, default=Proof.CONFIRM_FIRST)
    asks_postal_code = models.BooleanField(_("ask for the postal code"), default=False)
    asks_country = models.BooleanField(_("ask for the country"), default=False)
    asks_comment = models.BooleanField(_("ask for a comment"), default=False)
    asks_to_show_name = models.BooleanField(
        _("offer to show names"),
        default=False,
        help_text=_("A box, unticked: show my first name and place on this page."),
    )
    default_country = models.CharField(
        max_length=2,
        blank=True,
        help_text=_("Chosen beforehand, and whose postal codes are meant when none is asked for."),
    )
    signature_goal = models.PositiveIntegerField(
        null=True,
        blank=True,
        help_text=_("Empty: the next step of the ladder above the count."),
    )
    topics = models.ManyToManyField("campaigns.Topic", blank=True, related_name="campaigns")
    image = models.ForeignKey(
        "campaigns.Picture",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("Below the ask, and on the card that shares show."),
    )
    next_campaign = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("Offered once somebody has signed this one."),
    )
    time_zone = models.CharField(
        max_length=40,
        default="UTC",
        validators=[known_time_zone],
        help_text=_("In which it opens and closes: Europe/London, America/New_York."),
    )
    opens_at = models.DateTimeField(null=True, editable=False)
    closes_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)
    delivered_at = models.DateTimeField(null=True, editable=False)
    ended_at = models.DateTimeField(_("won, lost or withdrawn at"), null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        ordering = ["-published_at", "-pk"]
        constraints = [
            in_choices("state", CampaignState, "campaign_state_known"),
            in_choices("proof", CampaignProof, "campaign_proof_known"),
            models.CheckConstraint(
                condition=models.Q(state__in=UNPUBLISHED) | models.Q(published_at__isnull=False),
                name="campaign_public_has_date",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=ENDED) | models.Q(closed_at__isnull=False),
                name="campaign_closed_has_date",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=CampaignState.SCHEDULED)
                | models.Q(opens_at__isnull=False),
                name="campaign_scheduled_has_date",
            ),
        ]

    @property
    def is_open(self) -> bool:
        """Whether it takes signatures now; the database's clock decides about a closing time."""
        if self.state != self.State.OPEN or self.closes_at is None:
            return self.state == self.State.OPEN
        return Campaign.objects.open().filter(pk=self.pk).exists()

    @property
    def has_ended(self) -> bool:
        """Whether its page tells what came of it, and no form."""
        return self.state in ENDED

    @property
    def zone(self) -> ZoneInfo:
        """Where its times of opening and closing are meant."""
        return ZoneInfo(self.time_zone)

    @property
    def shown_targets(self) -> list[Any]:
        """The targets as this edition names them."""
        return self._as_said(self.targets.all(), "target_texts")

    @property
    def questions(self) -> list[Any]:
        """The form's own questions as this edition asks them; their answers are the original's."""
        return self._as_said(self.custom_fields.all(), "question_texts")

    @property
    def shown_corrections(self) -> list[Any]:
        """The corrections in this edition's language, as far as they are translated."""
        return self._as_said(self.corrections.all(), "correction_texts")

    def _as_said(self, rows: Iterable[Any], name: str) -> list[Any]:
        texts = getattr(self.translated_by, name).all() if self.translated_by else ()
        by_row = {text.row_id: text for text in texts}
        return [by_row[row.pk].in_place_of(row) if row.pk in by_row else row for row in rows]

    @property
    def addressees(self) -> str:
        """The targets in one phrase: `Amazon CEO Jeff Bezos`, `A, B and C`."""
        names = [target.named_in(self.language) for target in self.shown_targets]
        return get_text_list(names, str(_("and")))

    @property
    def lead_in_text(self) -> str:
        """The lead-in, in the page's own language, `{targets}` filled by literal replacement."""
        with translation.override(self.language):
            text = self.lead_in or str(_("The petition to {targets} reads:"))
            return text.replace("{targets}", self.addressees)

    @property
    def call_to_action_text(self) -> str:
        return self.call_to_action or str(_("Sign the petition"))

    def current_statement(self) -> Any:
        """The newest version of the text to sign in this edition, or None before there is one."""
        return self.statements.filter(language=self.edition).order_by("-version").first()

    def current_notice(self) -> Any:
        """The newest version of this edition's opt-in notice, or None before there is one."""
        return self.notices.filter(language=self.edition).order_by("-version").first()

    def statement_changes(self) -> list[tuple[Any, Any]]:
        """The versions of this edition's statement that replaced a public one, newest first.

        Each with the version before it.
        """
        shown = self.statements.filter(language=self.edition).exclude(frozen_at=None)
        return list(pairwise(shown.order_by("-version")))

    def missing_for_publication(self) -> list[str]:
        """What still keeps the page from being published, as sentences; empty when nothing does."""
        missing = []
        if not self.current_statement():
            missing.append(str(_("Write the statement that people sign.")))
        if not self.current_notice():
            missing.append(str(_("Add the opt-in notice that stands beside the button.")))
        if not self.targets.exists():
            missing.append(str(_("Name at least one target.")))
        if self.closes_at and self.closes_at <= timezone.now():
            missing.append(str(_("Its closing time has passed: choose a later one, or none.")))
        if undescribed_pictures(self.body) or (self.image and not self.image.alt.strip()):
            missing.append(str(_("Say what each picture shows, for those who cannot see it.")))
        return missing

    @transaction.atomic
    def publish(self) -> bool:
        """Open the page of a draft or scheduled campaign for signatures. Safe to call twice.

        Returns True when this call opened it. Raises `CannotPublish` when something is missing.
        """
        return self._open(of=UNPUBLISHED)

    @transaction.atomic
    def reopen(self) -> bool:
        """Take signatures again after the end, whatever the end was. Safe to call twice.

        Returns True when this call opened it. Raises `CannotPublish` when something is missing.
        """
        return self._open(of=ENDED)

    def _open(self, *, of: list[CampaignState]) -> bool:
        if missing := self.missing_for_publication():
            raise CannotPublish(missing)
        opened = self._move(
            self.State.OPEN,
            of=of,
            published_at=Coalesce("published_at", Now()),
            closed_at=None,
            ended_at=None,
        )
        if self.state == self.State.OPEN:
            self.current_statement().freeze()
            self.current_notice().freeze()
        return opened

    def schedule(self, opens_at: datetime) -> bool:
        """Let a draft open by itself at `opens_at`, or another time than before.

        Returns False for a page that is public already. Raises `CannotPublish` when something is
        missing, or when it would close before it opens.
        """
        missing = self.missing_for_publication()
        if self.closes_at and self.closes_at <= opens_at:
            missing.append(str(_("It would close before it opens: choose another time.")))
        if missing:
            raise CannotPublish(missing)
        return self._move(self.State.SCHEDULED, of=UNPUBLISHED, opens_at=opens_at)

    def unschedule(self) -> bool:
        """Make a scheduled campaign a draft again. Safe to call twice."""
        return self._move(self.State.DRAFT, of=[self.State.SCHEDULED])

    def close(self) -> bool:
        """Take no more signatures; the page stays. Safe to call twice.

        Past its closing time it has been closed since then.
        """
        # LEAST passes over an empty closing time.
        return self._move(
            self.State.CLOSED, of=[self.State.OPEN], closed_at=Least("closes_at", Now())
        )

    def deliver(self, *, outcome: str = "") -> bool:
        """The signatures have been handed over. Safe to call twice.

        An open campaign takes no more of them. `outcome` replaces what the page says came of it,
        unless empty; as in the three below.
        """
        of = [self.State.OPEN, self.State.CLOSED]
        return self._end(self.State.DELIVERED, of=of, outcome=outcome, delivered_at=Now())

    def win(self, *, outcome: str = "") -> bool:
        """What was asked for was granted. Safe to call twice; mends a campaign called lost."""
        return self._decide(self.State.WON, outcome)

    def lose(self, *, outcome: str = "") -> bool:
        """What was asked for was refused. Safe to call twice; mends a campaign called won."""
        return self._decide(self.State.LOST, outcome)

    def _decide(self, state: CampaignState, outcome: str) -> bool:
        of = {self.State.OPEN, self.State.CLOSED, self.State.DELIVERED, *DECIDED} - {state}
        return self._end(state, of=list(of), outcome=outcome, ended_at=Now())

    def withdraw(self, *, outcome: str = "") -> bool:
        """Take the page back: it says so, with a short note, and nothing else. Safe to call twice.

        Confirming a signature counts it no more.
        """
        of = [self.State.OPEN, *ENDED]
        of.remove(self.State.WITHDRAWN)
        return self._end(self.State.WITHDRAWN, of=of, outcome=outcome, ended_at=Now())

    def _end(
        self, state: CampaignState, *, of: list[CampaignState], outcome: str, **dates: Any
    ) -> bool:
        # What others have open shows another outcome than this one.
        said = {"outcome": outcome, "edits": models.F("edits") + 1} if outcome else {}
        closed_at = Coalesce("closed_at", Least("closes_at", Now()))
        return self._move(state, of=of, closed_at=closed_at, **dates, **said)

    def _move(self, state: CampaignState, *, of: list[CampaignState], **fields: Any) -> bool:
        """Claim the change from one of the states `of`; False when it is in none of them."""
        claimed = Campaign.objects.filter(pk=self.pk, state__in=of)
        changed = claimed.update(state=state, updated_at=Now(), **fields)
        self.refresh_from_db(fields=MOVED)
        return bool(changed)

    def takes_confirmation_of(self, typed_at: datetime) -> bool:
        """Whether a signature that was typed at `typed_at` still counts when it is confirmed now.

        What was typed before the end counts within seven days after it, won or lost; on a page that
        was withdrawn nothing counts any more.
        """
        end = self.closed_at if self.has_ended else self.closes_at
        if self.state == self.State.WITHDRAWN:
            return False
        return end is None or (typed_at <= end and timezone.now() <= end + LATE_CONFIRMATION)


# What a change of state writes.
MOVED = [
    *("state", "outcome", "edits", "updated_at", "opens_at"),
    *("published_at", "closed_at", "delivered_at", "ended_at"),
]


class CannotPublish(Exception):
    """The campaign lacks something that its page needs; `reasons` says what, in sentences."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = reasons
