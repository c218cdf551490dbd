"""The form of a segment: its name, and a row of fields for each condition.

It works without a script: adding and taking away a row are buttons of the form, which comes back
with all that was typed.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_countries import countries

from campaigns.models import Campaign, CustomField, MailScope, Organization
from mailings.models import Mailing, Segment
from mailings.segments import BadRules, Condition, Rules
from mailings.segments.kinds import KINDS, Kind
from mailings.segments.rules import MOST_CONDITIONS
from signatures.models import Tag

# The newest so many of what one chooses among.
MOST_CHOICES = 300
AND, OR = "and", "or"
JOINS = [(AND, gettext_lazy("and")), (OR, gettext_lazy("or"))]
_EMPTY = ("", gettext_lazy("Choose …"))


class SegmentForm(forms.ModelForm):
    """What a segment is called, and how many of its people are meant at most."""

    class Meta:
        model = Segment
        fields = ["name", "most"]

    def __init__(self, *args: Any, organization: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.organization = organization
        self.fields["name"].widget.attrs["class"] = "vTextField"
        self.fields["count_in"] = forms.ModelChoiceField(
            label=_("Count among those who agreed to"),
            queryset=MailScope.objects.filter(organization=organization),
            empty_label=None,
            required=False,
            help_text=_("A mailing counts among those of its own kind of mail."),
        )

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        same = Segment.objects.filter(organization=self.instance.organization, name=name)
        if same.exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("There is a segment of this name already."))
        return name

    def scope(self) -> MailScope | None:
        """Among whose readers the segment is counted."""
        chosen = getattr(self, "cleaned_data", {}).get("count_in")
        scopes = self.fields["count_in"].queryset  # type: ignore[attr-defined]
        return chosen or scopes.filter(key="activism").first() or scopes.first()


class ConditionForm(forms.Form):
    """One condition: how it is joined to the one before, whether it is meant the other way round,
    and its values."""

    joins = forms.ChoiceField(label=gettext_lazy("Joined by"), choices=JOINS, required=False)
    negated = forms.BooleanField(label=gettext_lazy("the opposite"), required=False)

    def __init__(
        self,
        typed: dict[str, Any] | None = None,
        *,
        kind: Kind,
        organization: Organization,
        number: int,
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(typed, prefix=f"row-{number}", initial=initial)
        self.kind, self.number = kind, number
        for name in kind.asks:
            self.fields[name] = _FIELDS[name](organization)

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if not self.errors:
            values = {name: _plain(found[name]) for name in self.kind.asks}
            try:
                data = {"is": self.kind.key, **values, "not": found["negated"]}
                self.condition = Condition.read(data)
            except BadRules as error:
                raise forms.ValidationError(str(error)) from error
        return found

    @property
    def value_fields(self) -> list[Any]:
        """The fields of what the condition asks for."""
        return [self[name] for name in self.kind.asks]

    @property
    def is_joined_by_or(self) -> bool:
        return self.number > 0 and self["joins"].value() == OR


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


class Rows:
    """The rows of conditions on the page."""

    def __init__(self, forms_of_rows: list[ConditionForm]) -> None:
        self.forms = forms_of_rows

    @classmethod
    def of_rules(cls, rules: Rules, organization: Organization) -> "Rows":
        """Rows that say what the rules say."""
        joined = [
            (OR if position else AND, condition)
            for requirement in rules.requirements
            for position, condition in enumerate(requirement)
        ]
        return cls(
            [
                ConditionForm(
                    kind=condition.kind,
                    organization=organization,
                    number=number,
                    initial={
                        "joins": joins,
                        "negated": condition.negated,
                        **{name: _typed(value) for name, value in condition.values.items()},
                    },
                )
                for number, (joins, condition) in enumerate(joined)
            ]
        )

    @classmethod
    def of_post(
        cls, posted: Mapping[str, Any], organization: Organization, *, checked: bool = True
    ) -> "Rows":
        """The rows as they were typed, less the one whose button to take it away was pressed.

        Where they are not to be `checked`, they show what was typed and find no fault with it.
        """
        wanted = [
            number
            for number in range(MOST_CONDITIONS)
            if posted.get(f"row-{number}-kind") in KINDS and posted.get("remove") != str(number)
        ]
        rows = []
        for number, old in enumerate(wanted):
            begins = f"row-{old}-"
            said = {
                name.removeprefix(begins): value
                for name, value in posted.items()
                if name.startswith(begins)
            }
            typed = {f"row-{number}-{name}": value for name, value in said.items()}
            row = ConditionForm(
                typed if checked else None,
                kind=KINDS[said["kind"]],
                organization=organization,
                number=number,
                initial=said,
            )
            rows.append(row)
        return cls(rows)

    def add(self, kind: Kind, joins: str, organization: Organization) -> None:
        """One more row, empty; nothing where there are as many as there may be."""
        if len(self.forms) < MOST_CONDITIONS:
            initial = {"joins": OR if joins == OR else AND}
            row = ConditionForm(
                kind=kind, organization=organization, number=len(self.forms), initial=initial
            )
            self.forms.append(row)

    def is_valid(self) -> bool:
        """Whether every row is; each shows what it lacks."""
        invalid = [form for form in self.forms if not form.is_valid()]
        return not invalid

    def rules(self) -> Rules:
        """What valid rows say. Raises BadRules."""
        groups: list[list[Condition]] = []
        for form in self.forms:
            if groups and form.cleaned_data["joins"] == OR:
                groups[-1].append(form.condition)
            else:
                groups.append([form.condition])
        return Rules.read(Rules(tuple(map(tuple, groups))).data())


def _typed(value: Any) -> Any:
    return ", ".join(value) if isinstance(value, list) else value


class PrefixesField(forms.CharField):
    """How postal codes may begin, with commas between."""

    def to_python(self, value: Any) -> Any:
        typed = super().to_python(value) or ""
        return [part.strip() for part in typed.split(",") if part.strip()]


def _chosen(label: Any, choices: Callable[[Organization], Any]) -> Callable[[Organization], Any]:
    """A field that chooses one of an organization's things by its number."""

    def field(organization: Organization) -> forms.TypedChoiceField:
        return forms.TypedChoiceField(
            label=label, choices=[_EMPTY, *choices(organization)[:MOST_CHOICES]], coerce=int
        )

    return field


def _newest(model: Any, name: str) -> Callable[[Organization], Any]:
    def choices(organization: Organization) -> Any:
        own = model.objects.filter(organization=organization).order_by("-pk")
        return own.values_list("pk", name)

    return choices


def _questions(organization: Organization) -> list[tuple[int, str]]:
    asked = CustomField.objects.filter(campaign__organization=organization)
    return [
        (one.pk, f"{one.campaign.headline}: {one.label}")
        for one in asked.select_related("campaign").order_by("-campaign", "position")[:MOST_CHOICES]
    ]


_FIELDS: dict[str, Callable[[Organization], forms.Field]] = {
    "campaign": _chosen(gettext_lazy("Campaign"), _newest(Campaign, "headline")),
    "scope": _chosen(gettext_lazy("Kind of mail"), _newest(MailScope, "name")),
    "mailing": _chosen(gettext_lazy("Mailing"), _newest(Mailing, "subject")),
    "tag": _chosen(gettext_lazy("Tag"), _newest(Tag, "name")),
    "question": _chosen(gettext_lazy("Question"), _questions),
    "date": lambda own: forms.DateField(
        label=_("Date"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    ),
    "times": lambda own: forms.IntegerField(
        label=_("How often at least"), min_value=1, max_value=1000
    ),
    "days": lambda own: forms.IntegerField(
        label=_("In how many days"), min_value=1, max_value=3650
    ),
    "code": lambda own: forms.CharField(
        label=_("Source code"),
        max_length=64,
        help_text=_("What stands behind “source=” in the link."),
    ),
    "answer": lambda own: forms.CharField(
        label=_("Answer"), max_length=200, help_text=_("A box that is ticked: true")
    ),
    "country": lambda own: forms.ChoiceField(label=_("Country"), choices=[_EMPTY, *countries]),
    "language": lambda own: forms.ChoiceField(
        label=_("Language"),
        choices=[_EMPTY, *((code, _(name)) for code, name in settings.LANGUAGES)],
    ),
    "prefixes": lambda own: PrefixesField(
        label=_("Postal codes begin with"), max_length=500, help_text=_("With commas between.")
    ),
}
