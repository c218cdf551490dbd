"""What organizers type about a campaign, cleaned: quotation marks, line ends, bodies, versions."""

import re
from typing import Any

from django import forms
from django.contrib.auth.models import AbstractBaseUser
from django.utils.translation import gettext_lazy as _

from campaigns.admin.editor import BodyField
from campaigns.models import Campaign, ConsentNotice, MailScope, Statement, Update

# A statement is stored without the quotation marks that somebody may paste around it.
QUOTED = re.compile(r"""\A(?:"([^"]*)"|“([^“”]*)”|„([^„“]*)“|«([^«»]*)»)\Z""")
AREA = {"class": "vLargeTextField"}


class VerbatimField(forms.CharField):
    """A text that is compared with an earlier version: its line ends are those of the database."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).replace("\r\n", "\n")


class CampaignForm(forms.ModelForm):
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

    class Meta:
        model = Campaign
        exclude: list[str] = []
        widgets = {"ask": forms.Textarea(attrs=AREA | {"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "notice_scopes" not in self.fields:
            return  # somebody who may look and not touch
        saved = self.instance.pk is not None
        self.statement = self.instance.current_statement() if saved else None
        self.notice = self.instance.current_notice() if saved else None
        scopes = MailScope.objects.visible_to(self.user).select_related("organization")
        if saved:
            scopes = scopes.filter(organization=self.instance.organization_id)
        self.fields["notice_scopes"].queryset = scopes  # type: ignore[attr-defined]
        self._fill_in_versions()

    def _fill_in_versions(self) -> None:
        if self.statement:
            self.initial["statement_text"] = self.statement.text
            self._explain("statement_text", self.statement)
        if self.notice:
            self.initial["notice_text"] = self.notice.text
            self.initial["notice_kind"] = self.notice.kind
            self.initial["notice_scopes"] = list(self.notice.scopes.all())
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

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        organization = cleaned.get("organization") or getattr(self.instance, "organization", None)
        scopes = cleaned.get("notice_scopes") or []
        if organization and any(scope.organization_id != organization.pk for scope in scopes):
            self.add_error("notice_scopes", _("Choose among the organization's own."))
        if cleaned.get("notice_text") and not scopes and "notice_scopes" not in self.errors:
            self.add_error("notice_scopes", _("Choose what somebody who agrees will get."))
        return cleaned


class UpdateForm(forms.ModelForm):
    """An update; subject and preheader count their characters while somebody types."""

    body = BodyField(label=_("Text"))

    class Meta:
        model = Update
        exclude: list[str] = []
        widgets = {
            "title": forms.TextInput(attrs={"class": "vTextField", "data-count": "50"}),
            "preheader": forms.TextInput(attrs={"class": "vTextField", "data-count": "90"}),
        }
