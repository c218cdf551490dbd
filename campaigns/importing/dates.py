"""Finds a date however it is written: `May 22, 2018`, `22. Mai 2018`, `2018-05-22`, `(2018)`."""

import re
from dataclasses import dataclass
from datetime import date

# Names of months in the languages of Western Europe and in Polish, and how they are shortened.
MONTHS: tuple[tuple[str, ...], ...] = (
    (
        "january",
        "januar",
        "jänner",
        "enero",
        "janvier",
        "gennaio",
        "janeiro",
        "januari",
        "stycznia",
        "styczeń",
    ),
    (
        "february",
        "februar",
        "febrero",
        "février",
        "febbraio",
        "fevereiro",
        "februari",
        "lutego",
        "luty",
    ),
    ("march", "märz", "marzo", "mars", "março", "maart", "marca", "marzec"),
    ("april", "abril", "avril", "aprile", "kwietnia", "kwiecień"),
    ("may", "mai", "mayo", "maggio", "maio", "mei", "maj", "maja"),
    ("june", "juni", "junio", "juin", "giugno", "junho", "czerwca", "czerwiec"),
    ("july", "juli", "julio", "juillet", "luglio", "julho", "lipca", "lipiec"),
    ("august", "agosto", "août", "augustus", "augusti", "sierpnia", "sierpień"),
    (
        "september",
        "septiembre",
        "setiembre",
        "septembre",
        "settembre",
        "setembro",
        "września",
        "wrzesień",
    ),
    (
        "october",
        "oktober",
        "octubre",
        "octobre",
        "ottobre",
        "outubro",
        "października",
        "październik",
    ),
    ("november", "noviembre", "novembre", "novembro", "listopada", "listopad"),
    (
        "december",
        "dezember",
        "diciembre",
        "décembre",
        "dicembre",
        "dezembro",
        "grudnia",
        "grudzień",
    ),
)
SHORT = {
    "jan": 1,
    "ene": 1,
    "janv": 1,
    "feb": 2,
    "févr": 2,
    "mar": 3,
    "mär": 3,
    "mrz": 3,
    "apr": 4,
    "abr": 4,
    "avr": 4,
    "jun": 6,
    "jul": 7,
    "juil": 7,
    "aug": 8,
    "ago": 8,
    "sep": 9,
    "sept": 9,
    "oct": 10,
    "okt": 10,
    "nov": 11,
    "dec": 12,
    "dez": 12,
    "dic": 12,
    "déc": 12,
}
NUMBER = {name: at for at, names in enumerate(MONTHS, start=1) for name in names} | SHORT
MONTH = "|".join(sorted(map(re.escape, NUMBER), key=len, reverse=True))

DATE = re.compile(
    rf"""
    (?<![\w/.–-])(?:
        (?P<iso>[12][0-9]{{3}})[-/](?P<iso_month>[0-9]{{1,2}})[-/](?P<iso_day>[0-9]{{1,2}})
    |   (?P<slashed>[0-9]{{1,2}}(?:/[0-9]{{1,2}}/|-[0-9]{{1,2}}-)[0-9]{{2}})(?!/)
    |   (?P<joined>(?:19|20)[0-9]{{2}}-(?:0[1-9]|1[0-2]))
    |   (?P<first>[0-9]{{1,2}})(?P<between>[./-])\ ?(?P<second>[0-9]{{1,2}})
        (?P=between)\ ?(?P<last>[12][0-9]{{3}})
    |   (?:(?P<month_first>{MONTH})\.?\ (?P<day_last>[0-9]{{1,2}})(?:st|nd|rd|th)?(?:,\ ?|\ ,?)
        |  (?P<day_first>[0-9]{{1,2}})(?:st|nd|rd|th|er|º|\.)?(?:\ (?:de|of))?\ ?
           (?P<month_last>{MONTH})\b
           \.?,?\ (?:del?\ )?
        |  (?P<month>{MONTH})\b\.?,?\ (?:del?\ )?
        )?
        (?P<year>1[5-9][0-9]{{2}}|20[0-9]{{2}})
    )(?:\ r\b\.?)?(?![\w/-])
    """,
    re.VERBOSE | re.IGNORECASE,
)


@dataclass(frozen=True)
class FoundDate:
    """A date in a text: from `start` to `end`, as precise as it is known.

    `is_ambiguous` says that day and month may be the other way round.
    """

    start: int
    end: int
    day: date
    precision: str
    is_ambiguous: bool = False


def find_dates(text: str) -> list[FoundDate]:
    """Every date in `text`, in its order; a number that is no day of any calendar is none."""
    return [found for match in DATE.finditer(text) if (found := _read(match))]


def _read(match: re.Match[str]) -> FoundDate | None:
    parts = match.groupdict()
    named = parts["month_first"] or parts["month_last"] or parts["month"]
    precision, is_ambiguous = "day", False
    if parts["iso"]:
        year, month, day = (int(parts[name]) for name in ("iso", "iso_month", "iso_day"))
    elif parts["joined"]:
        year, month, day, precision = *map(int, parts["joined"].split("-")), 1, "month"
    elif parts["slashed"]:
        # `5/22/18`: the month first, and a year of this century if it has been.
        month, day, year = map(int, re.split("[/-]", parts["slashed"]))
        month, day = (day, month) if month > 12 else (month, day)
        year, is_ambiguous = year + (2000 if year < 50 else 1900), True
    elif parts["last"]:
        year, day, month = (int(parts[name]) for name in ("last", "first", "second"))
        is_ambiguous = parts["between"] != "." and day <= 12 and month <= 12 and day != month
        # With slashes the month comes first, as in the United States; who reads it is told.
        if parts["between"] != "." and (is_ambiguous or month > 12):
            day, month = month, day
    else:
        year, month, day = int(parts["year"]), NUMBER[named.lower()] if named else 1, 1
        precision = "month" if named else "year"
        if number := parts["day_last"] or parts["day_first"]:
            day, precision = int(number), "day"
    try:
        when = date(year, month, day)
    except ValueError:
        return None
    return FoundDate(match.start(), match.end(), when, precision, is_ambiguous)
