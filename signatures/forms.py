"""Forms of the public pages: they clean and normalise, and decide nothing."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from campaigns.models import Campaign, ConsentNotice, Statement
from signatures.addresses import clean_address
from signatures.signing import Typed
from signatures.texts import clean_comment, clean_name, clean_postal_code

_TEXTS = ("name", "email", "postal_code", "country", "comment")
YES_NO = [("yes", _("Yes")), ("no", _("No"))]


class Tick(forms.CheckboxInput):
    """A box that is ticked or not. Only what a browser sends for a tick is a yes."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> bool:
        return data.get(name) == "on"


class TypedForm(forms.Form):
    """Name and place as a signer types them, with the fields that the campaign asks for."""

    name = forms.CharField(
        label=_("Full name"),
        max_length=255,
        strip=False,
        error_messages={"required": _("Enter your name.")},
        widget=forms.TextInput(attrs={"autocomplete": "name", "spellcheck": "false"}),
    )
    postal_code = forms.CharField(
        label=_("Postal code"),
        max_length=20,
        error_messages={"required": _("Enter your postal code.")},
        widget=forms.TextInput(attrs={"autocomplete": "postal-code"}),
    )
    country = forms.ChoiceField(
        label=_("Country"),
        error_messages={
            "required": _("Choose your country."),
            "invalid_choice": _("Choose your country from the list."),
        },
        widget=forms.Select(attrs={"autocomplete": "country"}),
    )
    comment = forms.CharField(
        label=_("Comment"),
        required=False,
        max_length=2000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    consent = forms.Field(required=False)

    def __init__(self, *args: Any, campaign: Campaign, notice: ConsentNotice, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.campaign = campaign
        asked = {
            "postal_code": campaign.asks_postal_code,
            "country": campaign.asks_country,
            "comment": campaign.asks_comment,
        }
        for field in [name for name, is_asked in asked.items() if not is_asked]:
            del self.fields[field]
        country = self.fields.get("country")
        if isinstance(country, forms.ChoiceField):
            country.choices = [("", "–"), *countries]
        self._add_consent(notice.kind)

    def _add_consent(self, kind: str) -> None:
        kinds = ConsentNotice.Kind
        if kind == kinds.IMPLICIT:
            del self.fields["consent"]
        elif kind == kinds.UNTICKED_BOX:
            self.fields["consent"] = forms.BooleanField(required=False, widget=Tick)
        else:
            self.fields["consent"] = forms.ChoiceField(
                choices=YES_NO,
                widget=forms.RadioSelect,
                error_messages={
                    "required": _("Choose yes or no."),
                    "invalid_choice": _("Choose yes or no."),
                },
            )

    def clean_name(self) -> str:
        return self._cleaned("name", clean_name)

    def clean_postal_code(self) -> str:
        return self._cleaned("postal_code", clean_postal_code)

    def clean_comment(self) -> str:
        return self._cleaned("comment", clean_comment)

    def _cleaned(self, name: str, clean: Callable[[str], str]) -> str:
        """Cleaned, and measured once more: composing characters can make a text longer."""
        text = clean(self.cleaned_data[name])
        field = self.fields[name]
        assert isinstance(field, forms.CharField)
        if field.max_length and len(text) > field.max_length:
            raise ValidationError(_("This text is too long."), code="max_length")
        return text

    def typed(self) -> Typed:
        """What the valid form says, ready for `signing` and `confirming`."""
        data = self.cleaned_data
        return Typed(
            name=data["name"],
            postal_code=data.get("postal_code", ""),
            country=data.get("country", ""),
            comment=data.get("comment", ""),
            consents=data["consent"] in (True, "yes") if "consent" in data else True,
        )

    @staticmethod
    def initial_from(typed: Typed, notice: ConsentNotice) -> dict[str, Any]:
        """Initial values that show what was typed before, the choice included."""
        boxed = notice.kind == ConsentNotice.Kind.UNTICKED_BOX
        choice = typed.consents if boxed else ("yes" if typed.consents else "no")
        return asdict(typed) | {"consent": choice}


class SignForm(TypedForm):
    """The form on the campaign page. It brings back which versions it showed.

    The choice is read as the notice that was shown asked for it, though another may be current.
    """

    email = forms.CharField(
        label=_("Email address"),
        max_length=254,
        strip=False,
        error_messages={
            "required": _("Enter your email address."),
            "max_length": _("This address is too long."),
        },
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
    )
    statement = forms.CharField(required=False, widget=forms.HiddenInput)
    notice = forms.CharField(required=False, widget=forms.HiddenInput)

    field_order = ["name", "email", "postal_code", "country", "comment", "consent"]

    def __init__(self, data: Mapping[str, str] | None = None, *, campaign: Campaign, **kwargs: Any):
        self.shown = shown_version(campaign, "notices", (data or {}).get("notice"))
        notice = self.shown or campaign.current_notice()
        super().__init__(data, campaign=campaign, notice=notice, **kwargs)

    def clean_email(self) -> str:
        return clean_address(self.cleaned_data["email"])

    def clean_statement(self) -> Statement:
        return _or_changed(shown_version(self.campaign, "statements", self.data.get("statement")))

    def clean_notice(self) -> ConsentNotice:
        return _or_changed(self.shown)

    def as_typed(self) -> dict[str, str]:
        """What was typed, by field name, fit to fill this form again."""
        return {name: self.data.get(name, "") for name in self.fields if name in self.data}

    def as_cleaned(self) -> dict[str, str]:
        """The same of a valid form, as it was understood."""
        data = self.cleaned_data
        texts = {name: data[name] for name in _TEXTS if name in data}
        versions = {name: str(data[name].pk) for name in ("statement", "notice")}
        consent = data.get("consent", "")
        return texts | versions | {"consent": "on" if consent is True else consent or ""}


def shown_version(campaign: Campaign, texts: str, pk: str | None) -> Any:
    """The version of a text that a form says it showed; absent means the current one.

    `texts` is `statements` or `notices`. None when this edition of the campaign has no such version.
    """
    versions = getattr(campaign, texts).filter(language=campaign.edition)
    if not pk:
        return versions.order_by("-version").first()
    is_id = pk.isascii() and pk.isdecimal() and int(pk[:20]) < 2**63
    return versions.filter(pk=pk).first() if is_id else None


def _or_changed(version: Any) -> Any:
    if version is None:
        raise ValidationError(
            _("This page has changed since you opened it. Please check it and sign again.")
        )
    return version


class AddressForm(forms.Form):
    """“Wrong address? Fix it” on the page after signing."""

    email = SignForm.base_fields["email"]

    def clean_email(self) -> str:
        return clean_address(self.cleaned_data["email"])
