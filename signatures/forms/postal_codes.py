"""Postal codes, by the rule of a country.

A rule is asked of the letters and digits alone and says how the parts are set: what is typed as
`sw1a1aa` is kept as `SW1A 1AA`. Rules are wide: whether a code is in use is not asked, and a
country without a rule takes anything that looks like a code.
"""

import re
import unicodedata
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

MAX_LENGTH = 20


class Rule(NamedTuple):
    """The parts of a code as groups of `pattern`, how `setting` joins them, and an example."""

    pattern: re.Pattern[str]
    setting: str
    example: str


def _rule(pattern: str, setting: str, example: str) -> Rule:
    return Rule(re.compile(pattern), setting, example)


def _digits(number: int, example: str, prefix: str = "") -> Rule:
    """So many digits; the country's letters before them, as on an envelope, are left out."""
    return _rule(rf"{prefix and f'(?:{prefix})?'}([0-9]{{{number}}})", "{}", example)


_THREE_AND_TWO = r"([0-9]{3})([0-9]{2})"

RULES = {
    "AR": _rule(r"([A-Z]?[0-9]{4}(?:[A-Z]{3})?)", "{}", "C1425CLA"),
    "AT": _digits(4, "1010", "AT?"),
    "AU": _digits(4, "2000"),
    "BE": _digits(4, "1000", "BE?"),
    "BG": _digits(4, "1000", "BG"),
    "BR": _rule(r"([0-9]{5})([0-9]{3})", "{}-{}", "01310-100"),
    "CA": _rule(r"([A-Z][0-9][A-Z])([0-9][A-Z][0-9])", "{} {}", "K1A 0B1"),
    "CH": _digits(4, "3000", "CH"),
    "CN": _digits(6, "100000"),
    "CY": _digits(4, "1010", "CY"),
    "CZ": _rule(r"(?:CZ)?" + _THREE_AND_TWO, "{} {}", "110 00"),
    "DE": _digits(5, "10115", "DE?"),
    "DK": _digits(4, "1050", "DK"),
    "EE": _digits(5, "10111", "EE"),
    "ES": _digits(5, "28013", "ES?"),
    "FI": _digits(5, "00100", "FIN?"),
    "FR": _digits(5, "75001", "FR?"),
    "GB": _rule(r"(GIR|[A-Z]{1,2}[0-9][0-9A-Z]?)([0-9][A-Z]{2})", "{} {}", "SW1A 1AA"),
    "GR": _rule(r"(?:GR)?" + _THREE_AND_TWO, "{} {}", "104 31"),
    "HR": _digits(5, "10000", "HR"),
    "HU": _digits(4, "1051", "HU?"),
    "IE": _rule(r"([A-Z][0-9][0-9W])([0-9A-Z]{4})", "{} {}", "D02 X285"),
    "IL": _rule(r"([0-9]{5}(?:[0-9]{2})?)", "{}", "9414105"),
    "IN": _digits(6, "110001"),
    "IT": _digits(5, "00184", "IT?"),
    "JP": _rule(r"([0-9]{3})([0-9]{4})", "{}-{}", "100-0001"),
    "KR": _digits(5, "04524"),
    "LT": _digits(5, "01100", "LT"),
    "LU": _digits(4, "1111", "LU?"),
    "LV": _rule(r"(?:LV)?([0-9]{4})", "LV-{}", "LV-1050"),
    "MT": _rule(r"([A-Z]{3})([0-9]{2,4})", "{} {}", "VLT 1117"),
    "MX": _digits(5, "06000"),
    "NL": _rule(r"(?:NL)?([1-9][0-9]{3})([A-Z]{2})", "{} {}", "1011 AB"),
    "NO": _digits(4, "0150", "NO?"),
    "NZ": _digits(4, "6011"),
    "PL": _rule(r"(?:PL)?([0-9]{2})([0-9]{3})", "{}-{}", "00-950"),
    "PT": _rule(r"(?:PT)?([0-9]{4})([0-9]{3})", "{}-{}", "1000-001"),
    "RO": _digits(6, "010011", "RO"),
    "SE": _rule(r"(?:SE?)?" + _THREE_AND_TWO, "{} {}", "111 20"),
    "SI": _digits(4, "1000", "SI"),
    "SK": _rule(r"(?:SK)?" + _THREE_AND_TWO, "{} {}", "811 01"),
    "TR": _digits(5, "06100"),
    "UA": _digits(5, "01001", "UA"),
    "US": _rule(r"([0-9]{5})([0-9]{4})?", "{}-{}", "94105"),
    "ZA": _digits(4, "8001"),
}

# Where there are none, the field may stay empty whatever the campaign asks.
WITHOUT_CODES = frozenset(
    """
    AE AG AO AW BF BI BJ BO BS BW BZ CD CF CG CI CK CM DJ DM ER FJ GA GD GH GM GN GQ GY HK KI
    KM KN KP LC ML MO MR MW NR NU PA QA RW SB SC SL SR ST SY TD TF TG TK TL TO TV UG VU YE ZW
    """.split()  # noqa: SIM905
)

_LIKE_A_CODE = re.compile(r"(?=.*[0-9A-Z])[0-9A-Z -]+")
_BETWEEN = re.compile(r"[\s.\-\u2010-\u2015\u2212]+")


def clean_postal_code(typed: str, country: str = "") -> str:
    """The code as it is written in `country` (ISO 3166 alpha-2; empty: not known).

    Full-width digits become plain, letters capital, dashes and blanks as the rule sets them. Raises
    ValidationError with an example for what cannot be a code there.
    """
    if len(typed) > MAX_LENGTH:
        raise ValidationError(_("This postal code is too long."), code="max_length")
    code = unicodedata.normalize("NFKC", typed).strip().upper()
    if rule := RULES.get(country):
        if found := rule.pattern.fullmatch(_BETWEEN.sub("", code)):
            return rule.setting.format(*(part or "" for part in found.groups())).rstrip("-")
        raise _not_a_code(rule.example)
    code = _BETWEEN.sub(lambda gap: "-" if gap[0].strip(" ") else " ", code)
    if not _LIKE_A_CODE.fullmatch(code) or len(code) > MAX_LENGTH:
        raise _not_a_code("94105", "SW1A 1AA")
    return code


def _not_a_code(*examples: str) -> ValidationError:
    words = {"example": str(_(" or ")).join(examples)}
    return ValidationError(_("Enter a postal code, like %(example)s."), "invalid", words)
