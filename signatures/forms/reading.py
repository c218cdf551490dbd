"""Reading a form: what is right, and the word for what is not. Forms show it, this decides it.

No Django form is needed to read one, so that the many visitors who make no mistake cost little.
Every text is measured before anything looks at it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from campaigns.models import Campaign, ConsentNotice, CustomField
from signatures.addresses import clean_address
from signatures.forms.postal_codes import WITHOUT_CODES, clean_postal_code
from signatures.forms.texts import clean_comment, clean_line, clean_name
from signatures.signing import Typed

NAME_LENGTH = 255
COMMENT_LENGTH = 2000
ANSWER_LENGTH = 500
# Longer than any address, so that a pasted `mailto:` and blanks around it can be taken away.
ADDRESS_LENGTH = 320

# No human sees this field, so whoever fills it in is none.
TRAP = "homepage"
_COUNTRIES = frozenset(code for code, _name in countries)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a campaign's form asks for besides name, address and consent."""

    postal_code: bool
    country: bool
    comment: bool
    to_show_name: bool
    default_country: str
    questions: tuple[CustomField, ...]

    @classmethod
    def by(cls, campaign: Campaign) -> "Asked":
        """Reads the campaign's own questions from the database."""
        return cls(
            postal_code=campaign.asks_postal_code,
            country=campaign.asks_country,
            comment=campaign.asks_comment,
            to_show_name=campaign.asks_to_show_name,
            default_country=campaign.default_country,
            questions=tuple(campaign.questions),
        )


def answer_field(question: CustomField) -> str:
    """The form field that carries the answer to a campaign's own question."""
    return f"answer-{question.key}"


class Reading:
    """What a form says, by field: `values` as they were understood, `errors` where they were not.

    `sent_as` gives the name under which a field was sent, where that is another.
    """

    def __init__(self, data: Mapping[str, str], sent_as: Callable[[str], str] = str) -> None:
        self._data, self._sent_as = data, sent_as
        self.values: dict[str, Any] = {}
        self.errors: dict[str, ValidationError] = {}

    def typed_text(self, field: str) -> str:
        """What was typed into a field, as it came."""
        return self._data.get(self._sent_as(field)) or ""

    def read(self, field: str, clean: Callable[[str], Any]) -> None:
        """Clean what was typed into a field; keep the result or the error."""
        try:
            self.values[field] = clean(self.typed_text(field))
        except ValidationError as error:
            self.errors[field] = error

    def read_typed(self, asked: Asked, kind: str) -> None:
        """Everything but address and versions. `kind` is that of the notice that was shown."""
        self.read("name", _name)
        country = asked.default_country
        if asked.country:
            self.read("country", _country)
            country = self.values.get("country", "")
        if asked.postal_code:
            self.read("postal_code", lambda typed: _postal_code(typed, country))
        if asked.comment:
            self.read("comment", _comment)
        for question in asked.questions:
            self.read(answer_field(question), partial(_answer, question))
        if asked.to_show_name:
            self.values["shows_name"] = self.typed_text("shows_name") == "on"
        if kind == ConsentNotice.Kind.UNTICKED_BOX:
            # Only what a browser sends for a tick is a yes.
            self.values["consent"] = self.typed_text("consent") == "on"
        elif kind == ConsentNotice.Kind.YES_NO:
            self.read("consent", _yes_or_no)

    def read_address(self) -> None:
        """The address that mail goes to."""
        self.read("email", _address)

    def as_form(self) -> dict[str, str]:
        """The values as a browser would send them, fit to be read again."""
        return {field: _as_sent(value) for field, value in self.values.items()}

    def typed(self, asked: Asked) -> Typed:
        """What a form without errors says, ready for `signing` and `confirming`."""
        values = self.values
        return Typed(
            name=values["name"],
            postal_code=values.get("postal_code", ""),
            country=values.get("country", ""),
            comment=values.get("comment", ""),
            answers={
                question.key: answer
                for question in asked.questions
                if (answer := values[answer_field(question)])
            },
            shows_name=values.get("shows_name", False),
            consents=values.get("consent", True) in (True, "yes"),
        )


def _as_sent(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "on" if value else ""
    return str(value.pk)


def _measured(
    clean: Callable[[str], str], typed: str, most: int, refusal: Any, **named: str
) -> str:
    """The text, cleaned; `refusal` says that more was typed than fits, of what is `named`.

    Measured before and after: composing characters can make a text longer.
    """
    text = typed if len(typed) > most else clean(typed)
    if len(text) > most:
        params = {"length": len(text), "most": most, **named}
        raise ValidationError(refusal, code="max_length", params=params)
    return text


def _name(typed: str) -> str:
    refusal = _("This name is too long: it has %(length)s characters, and %(most)s fit.")
    return _measured(clean_name, typed, NAME_LENGTH, refusal)


def _comment(typed: str) -> str:
    # A browser sends two characters for the end of a line, and its owner counts one.
    refusal = _("Your comment is too long: it has %(length)s characters, and %(most)s fit.")
    return _measured(clean_comment, typed.replace("\r\n", "\n"), COMMENT_LENGTH, refusal)


def _address(typed: str) -> str:
    if not typed.strip():
        raise ValidationError(_("Enter your email address."), code="required")
    if len(typed) > ADDRESS_LENGTH:
        raise ValidationError(_("This address is too long."), code="max_length")
    return clean_address(typed)


def _country(typed: str) -> str:
    if not typed:
        raise ValidationError(_("Choose your country."), code="required")
    code = typed.upper() if len(typed) == 2 else ""
    if code not in _COUNTRIES:
        raise ValidationError(_("Choose your country from the list."), code="invalid_choice")
    return code


def _postal_code(typed: str, country: str) -> str:
    if not typed.strip():
        if country in WITHOUT_CODES:
            return ""
        raise ValidationError(_("Enter your postal code."), code="required")
    return clean_postal_code(typed, country)


def _yes_or_no(typed: str) -> str:
    if typed not in ("yes", "no"):
        raise ValidationError(_("Choose yes or no."), code="required")
    return typed


def _answer(question: CustomField, typed: str) -> str | bool:
    if question.kind == CustomField.Kind.TICK:
        answer: str | bool = typed == "on"
    else:
        answer = _measured(
            clean_line, typed, ANSWER_LENGTH, _ANSWER_TOO_LONG, question=question.label
        )
    if question.required and not answer:
        raise _refused(question, _MISSING[CustomField.Kind(question.kind)], "required")
    if answer and question.kind == CustomField.Kind.CHOICE and answer not in question.options:
        raise _refused(question, _NO_OPTION, "invalid_choice")
    return answer


def _refused(question: CustomField, message: Any, code: str) -> ValidationError:
    """Names the question, for the list above the form holds errors of several."""
    return ValidationError(message, code=code, params={"question": question.label})


_ANSWER_TOO_LONG = _("Your answer to “%(question)s” is too long: %(most)s characters fit.")
_NO_OPTION = _("Choose one of the answers to “%(question)s”.")
_MISSING = {
    CustomField.Kind.TEXT: _("Answer “%(question)s”."),
    CustomField.Kind.CHOICE: _NO_OPTION,
    CustomField.Kind.TICK: _("Tick “%(question)s” to go on."),
}
