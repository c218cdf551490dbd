"""A segment as one sentence: “People who signed A and joined after 1 May 2026.”"""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.conf import settings
from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.models import Organization
from mailings.segments.rules import BadRules, Condition, Rules
from mailings.segments.sets import Own


def sentence_of(rules: Rules, organization: Organization, most: int | None = None) -> str:
    """The rules in words, with the names of what they speak of."""
    own = Own(organization)
    requirements = [_requirement(group, own) for group in rules.requirements]
    if not requirements:
        said = _("Everyone")
    elif len(requirements) == 1 or all(len(group) == 1 for group in rules.requirements):
        said = _("People who %s") % _joined(requirements, _("%(first)s and %(second)s"))
    else:
        bracketed = [
            f"({words})" if len(group) > 1 else words
            for words, group in zip(requirements, rules.requirements, strict=True)
        ]
        said = _("People who %s") % _joined(bracketed, _("%(first)s and %(second)s"))
    if most is None:
        return said + "."
    limit = ngettext("at most %(number)s of them", "at most %(number)s of them", most)
    return _("%(people)s; %(limit)s, chosen by lot and the same each time.") % {
        "people": said,
        "limit": limit % {"number": intcomma(most)},
    }


def _requirement(group: tuple[Condition, ...], own: Own) -> str:
    words = [_condition(condition, own) for condition in group]
    return _joined(words, _("%(first)s or %(second)s"))


def _joined(parts: list[str], pattern: str) -> str:
    said = parts[0]
    for part in parts[1:]:
        said = pattern % {"first": said, "second": part}
    return said


def _condition(condition: Condition, own: Own) -> str:
    kind = condition.kind
    words = kind.words_not if condition.negated else kind.words
    return str(words) % {name: _shown(own, name, condition.values[name]) for name in kind.asks}


def _shown(own: Own, name: str, value: Any) -> str:
    show = _NAMES.get(name)
    if show is None:
        return str(value)
    try:
        return show(own, value)
    except BadRules:
        return _("(there no more)")


_NAMES: dict[str, Callable[[Own, Any], str]] = {
    "campaign": lambda own, pk: own.campaign(pk).headline,
    "scope": lambda own, pk: own.scope(pk).name,
    "mailing": lambda own, pk: own.mailing(pk).subject,
    "tag": lambda own, pk: own.tag(pk).name,
    "question": lambda own, pk: own.question(pk).label,
    "date": lambda own, day: date_format(date.fromisoformat(day), "DATE_FORMAT"),
    "language": lambda own, code: str(_(dict(settings.LANGUAGES)[code])),
    "times": lambda own, number: ngettext("%s time", "%s times", number) % intcomma(number),
    "days": lambda own, number: ngettext("%s day", "%s days", number) % intcomma(number),
    "prefixes": lambda own, prefixes: str(_(" or ")).join(prefixes),
}
