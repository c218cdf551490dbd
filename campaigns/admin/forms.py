"""What organizers type about a campaign, cleaned: quotation marks, line ends, bodies, versions."""

import re
from typing import Any

from django import forms
from django.contrib.auth.models import AbstractBaseUser
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from campaigns.addresses import is_taken
from campaigns.admin.drafting import DraftedForm
from campaigns.admin.editor import BodyField
from campaigns.admin.times import ZonedDateTimeField, in_both_zones, zone_choices, zone_named
from campaigns.admin.together import TogetherForm
from campaigns.models import (
    Campaign,
    ConsentNotice,
    MailScope,
    Organization,
    Statement,
    Update,
)
from campaigns.models.campaign import ENDED

# A statement is stored without the quotation marks that somebody may paste around it.
QUOTED = re.compile(r"""\A(?:"([^"]*)"|“([^“”]*)”|„([^„“]*)“|«([^«»]*)»)\Z""")
AREA = {"class": "vLargeTextField"}
ADDRESS_TAKEN = _("This address is taken, now or by a page that has moved on. Choose another.")
# What a campaign may choose among the things of its organization alone.
OWNED = ["notice_scopes", "topics", "image", "next_campaign"]


class VerbatimField(forms.CharField):
    """A text that is compared with an earlier version: its line ends are those of the database."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).replace("\r\n", "\n")


class CampaignForm(TogetherForm):
    """A campaign with the current versions of its statement and its notice."""

    # Whoever fills it in; the admin sets it on the class it makes for a request.
    user: AbstractBaseUser

    body = BodyField(label=_("Letter"), required=False)
    statement_text = VerbatimField(
        label=_("Statement"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs=AREA | {"rows": 4}),
        help_text=_("The text that people sign, without quotation marks."),
    )
    statement_reason = forms.CharField(
        label=_("Why it changes"),
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text=_("For staff; asked for when the statement above becomes another."),
    )
    statement_change_note = forms.CharField(
        label=_("What the page says of it"),
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text=_("Public and dated: “The text was changed on …: …”. The earlier text stays."),
    )
    notice_text = VerbatimField(
        label=_("Notice"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs=AREA | {"rows": 2}),
        help_text=_("Stands beside the button, word for word."),
    )
    notice_kind = forms.ChoiceField(
        label=_("How people choose"),
        choices=ConsentNotice.Kind.choices,
        initial=ConsentNotice.Kind.UNTICKED_BOX,
    )
    notice_scopes = forms.ModelMultipleChoiceField(
        label=_("Kinds of mail"),
        queryset=MailScope.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("What somebody who agrees will get."),
    )
    notice_tells_of_clicks = forms.BooleanField(
        label=_("It says that you see who follows which link"),
        required=False,
        help_text=_(
            "Tick it where the text of the notice says so. Of nobody else are clicks counted, and"
            " of nobody at all where the organization has not switched that on."
        ),
    )

    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=zone_choices,
        initial="UTC",
        help_text=_("Where the times of opening and closing are meant."),
    )
    closes_at = ZonedDateTimeField(
        label=_("Closes at"),
        required=False,
        help_text=_("By itself, at this time in the zone above; empty to close it by hand."),
    )
    default_country = forms.ChoiceField(
        label=_("Country chosen beforehand"),
        choices=lambda: [("", "–"), *countries],
        required=False,
        help_text=_("And the one whose postal codes are meant where no country is asked for."),
    )

    class Meta:
        model = Campaign
        exclude: list[str] = []
        widgets = {
            "ask": forms.Textarea(attrs=AREA | {"rows": 3}),
            "outcome": forms.Textarea(attrs=AREA | {"rows": 3}),
            "topics": forms.CheckboxSelectMultiple,
        }
        labels = {"slug": _("Address")}
        help_texts = {
            "slug": _(
                "The last part of the page's address. One that was public leads to it for ever."
            )
        }
        error_messages = {"slug": {"unique": ADDRESS_TAKEN}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "notice_scopes" not in self.fields:
            return  # somebody who may look and not touch
        saved = self.instance.pk is not None
        self._choose_among_own(saved)
        self._show_times_there()
        self.statement = self.instance.current_statement() if saved else None
        self.notice = self.instance.current_notice() if saved else None
        self._fill_in_versions()

    def _choose_among_own(self, saved: bool) -> None:
        """What belongs to an organization is offered to the campaigns of that one."""
        scopes: Any = self.fields["notice_scopes"]
        scopes.queryset = MailScope.objects.visible_to(self.user).select_related("organization")
        scopes.help_text = format_html(
            "{} {}",
            scopes.help_text,
            _where_scopes_are_made(self.instance.organization if saved else None),
        )
        if saved:
            for name in self.fields.keys() & OWNED:
                choice: Any = self.fields[name]
                choice.queryset = choice.queryset.filter(organization=self.instance.organization_id)

        following: Any = self.fields.get("next_campaign")
        if following:
            going_on = ~models.Q(state__in=ENDED) | models.Q(pk=self.instance.next_campaign_id)
            following.queryset = following.queryset.filter(going_on).exclude(pk=self.instance.pk)

    def _show_times_there(self) -> None:
        zones: Any = self.fields["time_zone"]
        zones.choices = [*zone_choices(), *_unlisted(self.instance.time_zone)]
        field: Any = self.fields["closes_at"]
        field.zone = zone_named(self.data.get("time_zone") or self.instance.time_zone)
        if self.instance.closes_at:
            shown = in_both_zones(self.instance.closes_at, self.instance.zone)
            field.help_text = _("Saved: %(shown)s. Empty to close it by hand.") % {"shown": shown}

    def _fill_in_versions(self) -> None:
        if self.statement:
            self.initial["statement_text"] = self.statement.text
            self._explain("statement_text", self.statement)
        if self.notice:
            self.initial["notice_text"] = self.notice.text
            self.initial["notice_kind"] = self.notice.kind
            self.initial["notice_scopes"] = list(self.notice.scopes.all())
            self.initial["notice_tells_of_clicks"] = self.notice.tells_of_clicks
            self._explain("notice_text", self.notice)

    def _explain(self, name: str, version: Statement | ConsentNotice) -> None:
        self.fields[name].required = True
        if version.frozen_at:
            self.fields[name].help_text = _(
                "Version %(now)s, frozen: people rely on it. Another text becomes version "
                "%(next)s; whoever signed before keeps what they signed."
            ) % {"now": version.version, "next": version.version + 1}

    def clean_statement_text(self) -> str:
        text = self.cleaned_data["statement_text"]
        quoted = QUOTED.match(text)
        return next(filter(None, quoted.groups()), "").strip() if quoted else text

    def clean_slug(self) -> str:
        """Free, whoever may have it: the answer is the same for a page that nobody may see yet."""
        slug = self.cleaned_data["slug"]
        if slug != self.instance.slug and is_taken(slug, by=self.instance):
            raise forms.ValidationError(ADDRESS_TAKEN, code="unique")
        return slug

    def clean_outcome(self) -> str:
        """What was won may be worded anew, and not taken away."""
        outcome: str = self.cleaned_data["outcome"]
        was_said = self.instance.state == Campaign.State.WON and self.initial.get("outcome")
        if was_said and not outcome:
            raise forms.ValidationError(_("Say what was won: it stands first on the page."))
        return outcome

    def clean_closes_at(self) -> Any:
        closes_at = self.cleaned_data["closes_at"]
        if closes_at and closes_at != self.instance.closes_at and closes_at <= timezone.now():
            raise forms.ValidationError(_("This time has passed. To end it now, close it below."))
        return closes_at

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        self._ask_why_the_statement_changes(cleaned)
        organization = cleaned.get("organization") or getattr(self.instance, "organization", None)
        scopes = cleaned.get("notice_scopes") or []
        for name in OWNED:
            chosen: Any = cleaned.get(name) or []
            rows: Any = [chosen] if isinstance(chosen, models.Model) else chosen
            if organization and any(row.organization_id != organization.pk for row in rows):
                self.add_error(name, _("Choose among the organization's own."))
        if cleaned.get("notice_text") and not scopes and "notice_scopes" not in self.errors:
            choose = gettext("Choose what somebody who agrees will get.")
            where = _where_scopes_are_made(organization)
            self.add_error("notice_scopes", format_html("{} {}", choose, where))
        return cleaned

    def _ask_why_the_statement_changes(self, cleaned: dict[str, Any]) -> None:
        before, text = self.statement, cleaned.get("statement_text")
        if not (before and before.frozen_at) or text in (None, before.text):
            return
        if not cleaned.get("statement_reason"):
            self.add_error("statement_reason", _("Say why the text that people signed changes."))
        if not cleaned.get("statement_change_note"):
            self.add_error("statement_change_note", _("Say what changed, for everyone to read."))


def _where_scopes_are_made(organization: Organization | None) -> SafeString:
    """The way out for whoever has none to choose among."""
    address = (
        reverse("admin:campaigns_organization_change", args=[organization.pk])
        if organization
        else reverse("admin:campaigns_organization_changelist")
    )
    said = gettext('“Kinds of mail” are made on <a href="{}">the page of the organization</a>.')
    return format_html(said, address)


def _unlisted(zone: str) -> list[tuple[str, str]]:
    """A choice for a stored zone that is none of the common names, such as `GB`."""
    return [] if zone in dict(zone_choices()) else [(zone, zone)]


class UpdateForm(DraftedForm):
    """An update; subject and preheader count their characters while somebody types."""

    body = BodyField(label=_("Text"))

    class Meta:
        model = Update
        exclude: list[str] = []
        widgets = {
            "title": forms.TextInput(attrs={"class": "vTextField", "data-count": "50"}),
            "preheader": forms.TextInput(attrs={"class": "vTextField", "data-count": "90"}),
        }
