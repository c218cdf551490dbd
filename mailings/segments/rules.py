"""The rules of a segment as data: requirements that all hold, each met by any of its conditions.

Every combination of and, or and not can be written so. As JSON:

    {"version": 1, "all": [[{"is": "signed", "campaign": 7}, {"is": "tagged", "tag": 3}],
                           [{"is": "joined", "date": "2026-05-01", "not": true}]]}

Nothing in it ever becomes a part of a statement in SQL: values are parameters, keys are looked up.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Self

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mailings.segments.kinds import KINDS, Kind

VERSION = 1
MOST_REQUIREMENTS = 10
MOST_CONDITIONS = 30
MOST_PREFIXES = 100
_BIGINT = 2**63 - 1


class BadRules(ValueError):
    """Rules that are none, or that speak of what is not there; the text says what to do."""


@dataclass(frozen=True)
class Condition:
    """One condition: `kind` with its values, or the opposite of that."""

    kind: Kind
    values: dict[str, Any] = field(default_factory=dict)
    negated: bool = False

    @classmethod
    def read(cls, data: Any) -> Self:
        """A condition from data. Raises BadRules."""
        if not isinstance(data, dict) or data.get("is") not in KINDS:
            raise BadRules(_("There is no such condition."))
        kind = KINDS[data["is"]]
        if set(data) - {"is", "not", *kind.asks} or data.get("not", False) not in (True, False):
            raise BadRules(_("The condition “%s” has parts that it cannot have.") % kind.label)
        values = {name: _VALUES[name](data.get(name)) for name in kind.asks}
        return cls(kind, values, data.get("not", False))

    def data(self) -> dict[str, Any]:
        """What `read()` reads."""
        return {"is": self.kind.key, **self.values} | ({"not": True} if self.negated else {})


@dataclass(frozen=True)
class Rules:
    """Requirements, each a choice of conditions. None at all describes everyone."""

    requirements: tuple[tuple[Condition, ...], ...] = ()

    @classmethod
    def read(cls, data: Any) -> Self:
        """Rules from data, of whatever origin. Raises BadRules."""
        if not isinstance(data, dict) or data.get("version") != VERSION or set(data) != _PARTS:
            raise BadRules(_("These rules were written by another version of this program."))
        groups = data["all"]
        if not isinstance(groups, list) or not all(isinstance(g, list) and g for g in groups):
            raise BadRules(_("A requirement needs at least one condition."))
        if len(groups) > MOST_REQUIREMENTS or sum(map(len, groups)) > MOST_CONDITIONS:
            most = ngettext("%d condition", "%d conditions", MOST_CONDITIONS) % MOST_CONDITIONS
            raise BadRules(_("These are more than %s: make it two segments.") % most)
        return cls(tuple(tuple(map(Condition.read, group)) for group in groups))

    def data(self) -> dict[str, Any]:
        """What `read()` reads."""
        groups = [[condition.data() for condition in group] for group in self.requirements]
        return {"version": VERSION, "all": groups}


_PARTS = {"version", "all"}


def _number(least: int, most: int, sentence: Any) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise BadRules(sentence() % {"least": least, "most": most})
        return value

    return read


def _text(most: int, sentence: Any) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        fits = isinstance(value, str) and 0 < len(value.strip()) <= most and "\x00" not in value
        if not fits:
            raise BadRules(sentence() % {"most": most})
        return str(value.strip())

    return read


def _day(value: Any) -> str:
    try:
        return date.fromisoformat(value).isoformat()
    except (TypeError, ValueError) as error:
        raise BadRules(_("Write the date as year, month and day: 2026-05-01.")) from error


def _country(value: Any) -> str:
    if not (isinstance(value, str) and len(value) == 2 and value.isascii() and value.isalpha()):
        raise BadRules(_("Write the country as two letters: US."))
    return value.upper()


def _language(value: Any) -> str:
    if value not in dict(settings.LANGUAGES):
        raise BadRules(_("Choose a language."))
    return str(value)


def _prefixes(value: Any) -> list[str]:
    fits = isinstance(value, list) and 0 < len(value) <= MOST_PREFIXES
    if not fits or not all(isinstance(one, str) and 0 < len(one) <= 20 for one in value):
        raise BadRules(_("Write how the postal codes begin, with commas between: 90, 91."))
    return [one.upper() for one in value]


def _choose(sentence: Callable[[], str]) -> Callable[[Any], int]:
    return _number(1, _BIGINT, sentence)


_VALUES: dict[str, Callable[[Any], Any]] = {
    "campaign": _choose(lambda: _("Choose a campaign.")),
    "scope": _choose(lambda: _("Choose a kind of mail.")),
    "mailing": _choose(lambda: _("Choose a mailing.")),
    "tag": _choose(lambda: _("Choose a tag.")),
    "question": _choose(lambda: _("Choose a question.")),
    "date": _day,
    "times": _number(1, 1000, lambda: _("Write how often, from %(least)d to %(most)d.")),
    "days": _number(1, 3650, lambda: _("Write how many days, from %(least)d to %(most)d.")),
    "code": _text(64, lambda: _("Write the source code, with %(most)d letters at most.")),
    "answer": _text(200, lambda: _("Write the answer, with %(most)d letters at most.")),
    "country": _country,
    "language": _language,
    "prefixes": _prefixes,
}
