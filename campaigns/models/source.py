from datetime import datetime, timedelta
from typing import Any, Self

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns.models.campaign import UNPUBLISHED, Campaign
from campaigns.models.scoping import CampaignScopedQuerySet
from campaigns.models.values import in_choices, web_address

# A check that found a source standing holds for a week; one that did not is repeated the next day.
CHECK_EVERY = timedelta(days=7)
CHECK_AGAIN = timedelta(days=1)
# How long claimed sources stay with a worker of which nothing is heard.
CHECK_LEASE = timedelta(minutes=15)
# Fails within this time count once: three clicks on a button are not three days.
FAIL_COUNTS_EVERY = timedelta(hours=20)
ROTTEN_AT = 3
# There, but for subscribers, for people, for another country, or not so often.
CLOSED = frozenset({401, 402, 403, 407, 429, 451})
# Drafts are checked only while somebody works on them.
RECENTLY = timedelta(days=30)


class SourceDatePrecision(models.TextChoices):
    DAY = "day", _("day")
    MONTH = "month", _("month")
    YEAR = "year", _("year")


class SourceProblem(models.TextChoices):
    """Why a check ended without an answer."""

    ADDRESS = "address", _("not an address that this server may ask")
    NAME = "name", _("no such host")
    NAME_SERVER = "name-server", _("the name server did not answer")
    NETWORK = "network", _("could not be reached from here")
    REFUSED = "refused", _("refused the connection")
    CERTIFICATE = "certificate", _("the certificate is not valid")
    TIME = "time", _("took too long")
    REDIRECTS = "redirects", _("redirects without end")
    ANSWER = "answer", _("did not answer as a web server does")


class SourceVerdict(models.TextChoices):
    """What a check says about a source."""

    STANDS = "stands", _("stands")
    CLOSED = "closed", _("there, but not open to everyone")
    FAILS = "fails", _("did not answer")
    UNKNOWN = "unknown", _("could not be asked")


class SourceQuerySet(CampaignScopedQuerySet):
    def rotten(self) -> Self:
        """Sources that have been gone for some checks in a row."""
        return self.filter(fail_count__gte=ROTTEN_AT)

    def public(self) -> Self:
        """Sources of pages that anyone may read."""
        return self.exclude(campaign__state__in=UNPUBLISHED)

    def checkable(self) -> Self:
        """Sources that may be checked: of organizations that agreed, on pages that matter."""
        matters = ~models.Q(campaign__state__in=UNPUBLISHED) | models.Q(
            campaign__updated_at__gt=timezone.now() - RECENTLY
        )
        return self.filter(matters, campaign__organization__checks_links=True).exclude(url="")

    def due(self) -> Self:
        """Sources to check now."""
        is_time = models.Q(check_due_at=None) | models.Q(check_due_at__lte=timezone.now())
        return self.checkable().filter(is_time)

    def make_due(self) -> int:
        """Have those that may be checked go first in the next round; returns how many they are."""
        return Source.objects.filter(pk__in=self.checkable().values("pk")).update(check_due_at=None)

    @transaction.atomic
    def claim_due(self, most: int) -> list[Any]:
        """Up to `most` due sources, the longest waiting first, for this caller alone."""
        waiting = self.due().order_by(models.F("check_due_at").asc(nulls_first=True), "pk")
        claimed: list[Any] = list(waiting.select_for_update(skip_locked=True, of=("self",))[:most])
        Source.objects.filter(pk__in=[source.pk for source in claimed]).update(
            check_due_at=timezone.now() + CHECK_LEASE
        )
        return claimed


class Source(models.Model):
    """A published work that a text cites by key. Its number derives from the order of first use."""

    DatePrecision = SourceDatePrecision
    Problem = SourceProblem
    Verdict = SourceVerdict

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="sources")
    key = models.SlugField(max_length=60, help_text=_("Names the source in the text: wong-2018."))
    author = models.CharField(max_length=200, blank=True, help_text=_("A person or organization."))
    title = models.CharField(max_length=500, help_text=_("As it was published, without quotes."))
    publisher = models.CharField(max_length=200, blank=True)
    published_on = models.DateField(null=True, blank=True)
    date_precision = models.CharField(
        max_length=5, choices=DatePrecision, default=DatePrecision.DAY
    )
    url = models.URLField(_("address"), max_length=2000, blank=True, validators=[web_address])
    archive_url = models.URLField(
        _("archived copy"), max_length=2000, blank=True, validators=[web_address]
    )
    accessed_on = models.DateField(null=True, blank=True)
    check_due_at = models.DateTimeField(
        null=True, editable=False, help_text=_("Empty: with the next round.")
    )
    checked_at = models.DateTimeField(null=True, editable=False)
    last_ok_at = models.DateTimeField(null=True, editable=False)
    http_status = models.PositiveSmallIntegerField(null=True, editable=False)
    fail_count = models.PositiveSmallIntegerField(
        default=0, editable=False, help_text=_("Checks in a row that found it gone.")
    )
    check_problem = models.CharField(
        max_length=80,
        blank=True,
        editable=False,
        choices=SourceProblem,
        help_text=_("What the last check met."),
    )
    archive_suggestion = models.URLField(
        _("archived copy that was found"),
        max_length=2000,
        blank=True,
        db_default="",
        editable=False,
        help_text=_("Stands on no page until somebody accepts it."),
    )
    position = models.PositiveSmallIntegerField(default=0)

    objects = SourceQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "key"], name="source_key_once"),
            in_choices("date_precision", SourceDatePrecision, "source_precision_known"),
        ]

    def __str__(self) -> str:
        return f"{self.key}: {self.title}"

    @property
    def is_standing(self) -> bool:
        """Whether the last check found it, open to everyone."""
        return self.checked_at is not None and self.checked_at == self.last_ok_at

    @property
    def is_closed(self) -> bool:
        """Whether the last check was turned away where a reader might be let in."""
        return self.http_status in CLOSED

    @property
    def is_rotten(self) -> bool:
        """Whether readers are shown the archived copy first."""
        return self.fail_count >= ROTTEN_AT

    def record_check(
        self, verdict: SourceVerdict, *, status: int | None = None, problem: str = ""
    ) -> bool:
        """Store what a check found. Returns False when the address was changed meanwhile."""
        now = timezone.now()
        found: dict[str, object] = {
            "checked_at": now,
            "check_due_at": now + self._rest_after(verdict),
            "http_status": status,
            "check_problem": problem,
            "fail_count": self._fails_after(verdict, now),
        }
        if verdict == SourceVerdict.STANDS:
            found["last_ok_at"] = now
        asked = Source.objects.filter(pk=self.pk, url=self.url)
        if not asked.update(**found):
            return False
        for name, value in found.items():
            setattr(self, name, value)
        return True

    def _rest_after(self, verdict: SourceVerdict) -> timedelta:
        return CHECK_AGAIN if verdict == SourceVerdict.FAILS else CHECK_EVERY

    def _fails_after(self, verdict: SourceVerdict, now: datetime) -> int:
        if verdict in (SourceVerdict.STANDS, SourceVerdict.CLOSED):
            return 0
        counted_today = (
            self.fail_count and self.checked_at and now - self.checked_at < FAIL_COUNTS_EVERY
        )
        return self.fail_count + (verdict == SourceVerdict.FAILS and not counted_today)

    def forget_checks(self) -> None:
        """In memory: the address is another one, so what was found about it holds no more."""
        self.check_due_at = self.checked_at = self.last_ok_at = self.http_status = None
        self.fail_count, self.check_problem, self.archive_suggestion = 0, "", ""

    def suggest_copy(self, address: str) -> None:
        """Keep the address of an archived copy for staff to look at; empty changes nothing."""
        if address:
            Source.objects.filter(pk=self.pk, url=self.url).update(archive_suggestion=address)
            self.archive_suggestion = address

    def accept_suggestion(self) -> bool:
        """Show the archived copy that was found. Returns False when there is none; safe twice."""
        accepted = Source.objects.filter(pk=self.pk, archive_url="").exclude(archive_suggestion="")
        changed = accepted.update(
            archive_url=models.F("archive_suggestion"), archive_suggestion=models.Value("")
        )
        self.refresh_from_db(fields=["archive_url", "archive_suggestion"])
        return bool(changed)
