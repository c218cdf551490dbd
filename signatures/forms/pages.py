"""Forms of the public pages: what they look like, and what was typed. `reading` decides."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from campaigns.models import Campaign, ConsentNotice, CustomField
from signatures.forms.reading import (
    ADDRESS_LENGTH,
    ANSWER_LENGTH,
    COMMENT_LENGTH,
    NAME_LENGTH,
    Asked,
    Reading,
    answer_field,
)
from signatures.signing import Typed

# A browser cuts off without a word what is too long for it. So it gets twice the room that there
# is, and `reading` says what is too much, with all that was typed still there.
ROOM = 2
YES_NO = [("yes", _("Yes")), ("no", _("No"))]


class Tick(forms.CheckboxInput):
    """A box that is ticked or not. Only what a browser sends for a tick is a yes."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> bool:
        return data.get(name) == "on"


class ReadForm(forms.Form):
    """A form whose fields say how they look. What is typed into them is read by `Reading`."""

    def read(self, reading: Reading) -> None:
        """Read every field of this form."""
        raise NotImplementedError

    def _clean_fields(self) -> None:
        self.reading = Reading(self.data, self.add_prefix)
        self.read(self.reading)
        self.cleaned_data = self.reading.values
        for name, error in self.reading.errors.items():
            if name in self.fields:
                self.add_error(name, error)


class AddressForm(ReadForm):
    """“Wrong address? Fix it” on the page after signing."""

    email = forms.CharField(
        label=_("Email address"),
        max_length=ADDRESS_LENGTH,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
    )

    def read(self, reading: Reading) -> None:
        reading.read_address()


class TypedForm(ReadForm):
    """Name and place as a signer types them, with the fields that the campaign asks for."""

    name = forms.CharField(
        label=_("Full name"),
        max_length=NAME_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "name", "spellcheck": "false"}),
    )
    postal_code = forms.CharField(
        label=_("Postal code"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "postal-code"}),
    )
    country = forms.ChoiceField(
        label=_("Country"),
        widget=forms.Select(attrs={"autocomplete": "country"}),
    )
    comment = forms.CharField(
        label=_("Comment"),
        required=False,
        max_length=ROOM * COMMENT_LENGTH,
        help_text=format_lazy(_("At most {most} characters."), most=COMMENT_LENGTH),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    shows_name = forms.BooleanField(
        label=_("Show my first name and place on this page"), required=False, widget=Tick
    )
    consent = forms.Field(required=False)

    def __init__(self, *args: Any, campaign: Campaign, notice: ConsentNotice, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.campaign, self.notice = campaign, notice
        self.asked = Asked.by(campaign)
        asked = {
            "postal_code": self.asked.postal_code,
            "country": self.asked.country,
            "comment": self.asked.comment,
            "shows_name": self.asked.to_show_name,
            "consent": notice.kind != ConsentNotice.Kind.IMPLICIT,
        }
        for field in [name for name, is_asked in asked.items() if not is_asked]:
            del self.fields[field]
        country = self.fields.get("country")
        if isinstance(country, forms.ChoiceField):
            # Asked for when the form is shown: names and their order are of the page's language.
            country.choices = _countries
            country.initial = self.asked.default_country
        if notice.kind == ConsentNotice.Kind.UNTICKED_BOX:
            self.fields["consent"] = forms.BooleanField(required=False, widget=Tick)
        elif notice.kind == ConsentNotice.Kind.YES_NO:
            self.fields["consent"] = forms.ChoiceField(choices=YES_NO, widget=forms.RadioSelect)
        for question in self.asked.questions:
            self.fields[answer_field(question)] = _field_of(question)
        answers = [answer_field(question) for question in self.asked.questions]
        place = ["name", "email", "country", "postal_code"]
        self.order_fields([*place, *answers, "comment", "shows_name", "consent"])

    def questions(self) -> Iterator[BoundField]:
        """The campaign's own questions, in its order."""
        return (self[answer_field(question)] for question in self.asked.questions)

    def read(self, reading: Reading) -> None:
        reading.read_typed(self.asked, self.notice.kind)

    def typed(self) -> Typed:
        """What the valid form says, ready for `signing` and `confirming`."""
        return self.reading.typed(self.asked)

    @staticmethod
    def initial_from(typed: Typed, notice: ConsentNotice) -> dict[str, Any]:
        """Initial values that show what was typed before, the choice included."""
        boxed = notice.kind == ConsentNotice.Kind.UNTICKED_BOX
        choice = typed.consents if boxed else ("yes" if typed.consents else "no")
        answers = {f"answer-{key}": answer for key, answer in typed.answers.items()}
        return asdict(typed) | answers | {"consent": choice}


def _countries() -> list[tuple[str, str]]:
    return [("", "–"), *countries]


def _field_of(question: CustomField) -> forms.Field:
    texts: dict[str, Any] = {
        "label": question.label,
        "help_text": question.help,
        "required": question.required,
    }
    if question.kind == CustomField.Kind.TICK:
        return forms.BooleanField(**texts, widget=Tick)
    if question.kind == CustomField.Kind.CHOICE:
        return forms.ChoiceField(**texts, choices=[("", "–"), *question.shown_options])
    return forms.CharField(**texts, max_length=ROOM * ANSWER_LENGTH)


class SignForm(TypedForm):
    """The form on the campaign page. It brings back which versions it showed.

    The choice is read as the notice that was shown asked for it, though another may be current.
    """

    email = AddressForm.base_fields["email"]

    def __init__(self, data: Mapping[str, str] | None = None, *, campaign: Campaign, **kwargs: Any):
        self.shown = shown_version(campaign, "notices", (data or {}).get("notice"))
        notice = self.shown or campaign.current_notice()
        super().__init__(data, campaign=campaign, notice=notice, **kwargs)
        for version in ("statement", "notice"):
            self.fields[version] = forms.CharField(required=False, widget=forms.HiddenInput)

    def read(self, reading: Reading) -> None:
        super().read(reading)
        reading.read_address()
        reading.read("statement", lambda pk: self._version("statements", pk))
        reading.read("notice", lambda _pk: self.shown or changed())

    def _version(self, texts: str, pk: str) -> Any:
        return shown_version(self.campaign, texts, pk) or changed()

    def as_typed(self) -> dict[str, str]:
        """What was typed, by field name, fit to fill this form again."""
        return {name: self.data.get(name, "") for name in self.fields if name in self.data}


def shown_version(campaign: Campaign, texts: str, pk: str | None) -> Any:
    """The version of a text that a form says it showed; absent means the current one.

    `texts` is `statements` or `notices`. None when this edition of the campaign has no such one.
    """
    versions = getattr(campaign, texts).filter(language=campaign.edition)
    if not pk:
        return versions.order_by("-version").first()
    is_id = pk.isascii() and pk.isdecimal() and int(pk[:20]) < 2**63
    return versions.filter(pk=pk).first() if is_id else None


def changed() -> Any:
    """Raises ValidationError: the form names a version that is none of this page."""
    raise ValidationError(
        _("This page has changed since you opened it. Please check it and sign again.")
    )
