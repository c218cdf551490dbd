from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from campaigns.models.scoping import OrganizationScopedQuerySet
from campaigns.models.values import in_choices, known_language

HEX_COLOUR = r"^#[0-9A-Fa-f]{6}$"
hex_colour = RegexValidator(r"\A#[0-9A-Fa-f]{6}\Z", _("Write the colour as # and six digits."))


class OrganizationQuerySet(OrganizationScopedQuerySet):
    organization_path = ""


class Organization(models.Model):
    """Who asks: sender of every mail, owner of every campaign. Names are never re-cased."""

    name = models.CharField(max_length=120)
    short_name = models.CharField(
        max_length=60,
        blank=True,
        help_text=_("As it stands in running text; empty for the name."),
    )
    slug = models.SlugField(unique=True)
    language = models.CharField(max_length=10, default="en", validators=[known_language])
    website = models.URLField(blank=True)
    privacy_url = models.URLField(_("privacy notice"), blank=True)
    contact_address = models.EmailField(blank=True, help_text=_("Shown in every page's footer."))
    postal_address = models.TextField(
        max_length=300, blank=True, help_text=_("Required by law in every bulk mail.")
    )
    from_name = models.CharField(
        max_length=120,
        blank=True,
        help_text=_("Who mails come from; empty for the name."),
    )
    from_address = models.EmailField(
        blank=True, help_text=_("Empty for the server's own sender address.")
    )
    reply_to = models.EmailField(blank=True)
    mails_a_day = models.PositiveSmallIntegerField(
        _("bulk mails a day"),
        null=True,
        blank=True,
        default=1,
        help_text=_("The most that one person gets within 24 hours; empty: no limit."),
    )
    mails_a_week = models.PositiveSmallIntegerField(
        _("bulk mails a week"),
        null=True,
        blank=True,
        default=3,
        help_text=_("The most that one person gets within seven days; empty: no limit."),
    )
    signal_color = models.CharField(
        _("signal colour"),
        max_length=7,
        default="#FFD21F",
        validators=[hex_colour],
        help_text=_("The one strong colour: behind the sign button and cited evidence."),
    )
    link_color = models.CharField(
        _("link colour"), max_length=7, default="#0B4FA8", validators=[hex_colour]
    )
    logo = models.ForeignKey(
        "campaigns.Picture", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    checks_links = models.BooleanField(
        _("check the links of sources"),
        default=False,
        help_text=_(
            "Once a week this server asks whether each source still stands, and the Internet "
            "Archive whether it has a copy."
        ),
    )
    embedding_sites = models.TextField(
        max_length=2000,
        blank=True,
        help_text=_("Other sites that may send signatures here, one a line: https://example.org"),
    )
    typed_count_above = models.PositiveIntegerField(
        _("type the number above"),
        default=1_000,
        help_text=_("Who mails more people than this types their number before it goes."),
    )
    second_person_above = models.PositiveIntegerField(
        _("second person above"),
        null=True,
        blank=True,
        default=10_000,
        help_text=_(
            "A mailing to more people than this is approved by somebody who did not write it;"
            " empty: never."
        ),
    )
    asks_the_silent = models.BooleanField(
        _("ask the silent"),
        default=False,
        db_default=False,
        help_text=_(
            "Who has done nothing for a year, though mail went to them, is asked whether they want"
            " to stay; who does not answer within a month gets no more."
        ),
    )
    counts_clicks = models.BooleanField(
        _("count who follows links"),
        default=False,
        db_default=False,
        help_text=_(
            "Of those whose opt-in notice says so, and of nobody else, it is kept which links of"
            " our mails they follow. Openings are never counted."
        ),
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = OrganizationQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            # A colour that is none would break every page of the organization.
            models.CheckConstraint(
                condition=models.Q(signal_color__regex=HEX_COLOUR)
                & models.Q(link_color__regex=HEX_COLOUR),
                name="organization_colours",
                violation_error_message=_("Write each colour as # and six digits: #d0021b."),
            ),
            # None at all would be a list that never gets what it was promised.
            models.CheckConstraint(
                condition=(models.Q(mails_a_day=None) | models.Q(mails_a_day__gt=0))
                & (models.Q(mails_a_week=None) | models.Q(mails_a_week__gt=0)),
                name="organization_caps",
                violation_error_message=_(
                    "Let people get at least one mail a day and one a week; empty: no limit."
                ),
            ),
        ]
        permissions = [("safeguard_organization", "Can change what a send to many people asks for")]

    def __str__(self) -> str:
        return self.name

    @property
    def display_short_name(self) -> str:
        return self.short_name or self.name

    @property
    def sender(self) -> tuple[str, str]:
        """(display name, address) that mails of this organization come from."""
        return (
            self.from_name or self.name,
            self.from_address or settings.DEFAULT_FROM_EMAIL,
        )

    def provide_scopes(self) -> None:
        """The kinds of mail that most begin with, when it has none yet. Safe to call twice."""
        if self.scopes.exists():
            return
        with translation.override(self.language):
            for key, name in (("activism", _("Activism")), ("offers", _("Offers"))):
                self.scopes.get_or_create(
                    key=key, defaults={"name": str(name), "cadence": Cadence.MONTHLY}
                )


class Membership(models.Model):
    """A member of staff works for an organization and sees what is its own."""

    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="memberships"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships"
    )

    objects = OrganizationScopedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "user"], name="membership_once")
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.organization}"


class Cadence(models.TextChoices):
    NONE = "none", _("no promise")
    WEEKLY = "weekly", _("weekly")
    MONTHLY = "monthly", _("monthly")
    QUARTERLY = "quarterly", _("quarterly")


class MailScope(models.Model):
    """A kind of mail that people agree to, such as activism or offers, with its promised rhythm."""

    Cadence = Cadence

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="scopes")
    key = models.SlugField(max_length=40)
    name = models.CharField(max_length=80)
    cadence = models.CharField(max_length=10, choices=Cadence, default=Cadence.MONTHLY)

    objects = OrganizationScopedQuerySet.as_manager()

    class Meta:
        ordering = ["organization", "key"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "key"], name="scope_key_once"),
            in_choices("cadence", Cadence, "scope_cadence_known"),
        ]

    def __str__(self) -> str:
        return f"{self.name} · {self.organization.display_short_name}"

    @property
    def is_agreed_to(self) -> bool:
        """Whether a notice that people have been shown names it; then its name holds."""
        return self.pk is not None and self.notices.exclude(frozen_at=None).exists()
