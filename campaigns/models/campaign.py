from typing import Any, Self

from django.conf import settings
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.text import get_text_list
from django.utils.translation import gettext_lazy as _

from campaigns.models.organization import Organization
from campaigns.models.scoping import CampaignScopedQuerySet, OrganizationScopedQuerySet
from campaigns.models.values import in_choices, known_language, known_time_zone, web_address


class CampaignQuerySet(OrganizationScopedQuerySet):
    def public(self) -> Self:
        """Campaigns whose page anyone may read, the withdrawn ones included."""
        return self.exclude(state__in=UNPUBLISHED)

    def open(self) -> Self:
        """Campaigns that take signatures."""
        return self.filter(state=Campaign.State.OPEN)


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


class CampaignProof(models.TextChoices):
    CONFIRM_FIRST = "confirm_first", _("confirm by mail first, then count")
    AT_ONCE = "at_once", _("count at once")


class Campaign(models.Model):
    """A cause and its page. A `Statement` is signed, a `ConsentNotice` is agreed to."""

    State = CampaignState

    Proof = CampaignProof

    # The language of the translation whose texts this instance holds; empty for its own texts.
    edition: str = ""

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="campaigns"
    )
    slug = models.SlugField(max_length=80, unique=True)
    headline = models.CharField(max_length=200)
    call_to_action = models.CharField(
        max_length=60,
        blank=True,
        help_text=_("On the button; empty for “Sign the petition”."),
    )
    lead_in = models.CharField(
        max_length=200,
        blank=True,
        help_text=_("Above the statement; empty for “The petition to {targets} reads:”."),
    )
    lead_line = models.CharField(max_length=300, blank=True)
    body = models.TextField(blank=True)
    ask = models.TextField(
        max_length=600,
        blank=True,
        help_text=_("One or two sentences; stands where “ask” is put."),
    )
    closing = models.CharField(max_length=300, blank=True)
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
    share_title = models.CharField(
        max_length=200,
        blank=True,
        help_text=_("On shared links; empty for “Sign the petition: {headline}”."),
    )
    share_text = models.CharField(
        max_length=300, blank=True, help_text=_("Under the title; empty for the statement.")
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
    outcome = models.TextField(
        max_length=1000, blank=True, help_text=_("What came of it, first on the page.")
    )
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

    def __str__(self) -> str:
        return self.headline

    def get_absolute_url(self) -> str:
        return reverse("campaign-page", args=[self.slug])

    @property
    def public_url(self) -> str:
        """The page's full address, built from SITE_URL and never from a request header."""
        return settings.SITE_URL + self.get_absolute_url()

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    @property
    def addressees(self) -> str:
        """The targets in one phrase: `Amazon CEO Jeff Bezos`, `A, B and C`."""
        return get_text_list([str(target) for target in self.targets.all()], str(_("and")))

    @property
    def lead_in_text(self) -> str:
        """The lead-in with `{targets}` filled by literal replacement."""
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

    def missing_for_publication(self) -> list[str]:
        """What still keeps the page from being published, as sentences; empty when nothing does."""
        missing = []
        if not self.current_statement():
            missing.append(str(_("Write the statement that people sign.")))
        if not self.current_notice():
            missing.append(str(_("Add the opt-in notice that stands beside the button.")))
        if not self.targets.exists():
            missing.append(str(_("Name at least one target.")))
        return missing

    @transaction.atomic
    def publish(self) -> bool:
        """Open the page for signatures. Safe to call twice.

        Returns True when this call opened it. Raises `CannotPublish` when something is missing.
        """
        if missing := self.missing_for_publication():
            raise CannotPublish(missing)
        now = timezone.now()
        opened = Campaign.objects.filter(pk=self.pk).exclude(state=self.State.OPEN)
        changed = opened.update(
            state=self.State.OPEN,
            published_at=models.functions.Coalesce("published_at", now),
            closed_at=None,
        )
        self.current_statement().freeze()
        self.current_notice().freeze()
        self.refresh_from_db(fields=["state", "published_at", "closed_at"])
        return bool(changed)

    def close(self) -> bool:
        """Take no more signatures; the page stays. Safe to call twice."""
        changed = Campaign.objects.filter(pk=self.pk, state=self.State.OPEN).update(
            state=self.State.CLOSED, closed_at=timezone.now()
        )
        self.refresh_from_db(fields=["state", "closed_at"])
        return bool(changed)


class CannotPublish(Exception):
    """The campaign lacks something that its page needs; `reasons` says what, in sentences."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = reasons


class Target(models.Model):
    """The decision-maker addressed: a person with a title and an organization."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="targets")
    name = models.CharField(max_length=120)
    title = models.CharField(max_length=120, blank=True)
    organization = models.CharField(max_length=120, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    objects = CampaignScopedQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return " ".join(part for part in (self.organization, self.title, self.name) if part)


class Ally(models.Model):
    """An organization that stands with the campaign. An ally receives no data."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="allies")
    name = models.CharField(max_length=120)
    url = models.URLField(blank=True, validators=[web_address])
    position = models.PositiveSmallIntegerField(default=0)

    objects = CampaignScopedQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        verbose_name_plural = _("allies")

    def __str__(self) -> str:
        return self.name


class Tally(models.Model):
    """The count that pages show: its own row, so that saving a campaign never writes it."""

    campaign = models.OneToOneField(
        Campaign, on_delete=models.CASCADE, primary_key=True, related_name="tally"
    )
    counted = models.PositiveIntegerField(default=0)
    as_of = models.DateTimeField(db_default=models.functions.Now())

    objects = CampaignScopedQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.campaign}: {self.counted}"


class TallyHour(models.Model):
    """The count as it stood at the end of an hour: the public history of a campaign."""

    campaign = models.ForeignKey(
        Campaign, on_delete=models.CASCADE, related_name="tally_hours", db_index=False
    )
    hour = models.DateTimeField(help_text=_("When the hour began."))
    counted = models.PositiveIntegerField()

    objects = CampaignScopedQuerySet.as_manager()

    class Meta:
        ordering = ["campaign", "hour"]
        constraints = [models.UniqueConstraint(fields=["campaign", "hour"], name="tally_hour_once")]

    def __str__(self) -> str:
        return f"{self.campaign_id} {self.hour:%Y-%m-%d %H}h: {self.counted}"
