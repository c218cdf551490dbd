"""Citations: how a source is written in a list of sources, and how such a line is read.

The rule is `{author}, "{title}{comma}" {publisher, }{AP date}.` where the comma is left out after a
title that ends in `.`, `?` or `!`. Dates follow the Associated Press: `Sept. 28, 2017`, `March 16,
2018`, `September 2017`, `2017`.

A reference is a citation in a plain text, with where it was found behind it:
`{citation} {address} (archived {address}) (accessed {AP date})`.
"""

import re
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, NamedTuple, Protocol

MAX_CITATION = 2000

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
# AP style shortens some months, and only beside a day.
SHORT_MONTHS = (
    *("Jan.", "Feb.", "March", "April", "May", "June"),
    *("July", "Aug.", "Sept.", "Oct.", "Nov.", "Dec."),
)


class Work(Protocol):
    """What a citation needs to know; `campaigns.models.Source` and `Citation` both offer it."""

    @property
    def author(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def publisher(self) -> str: ...
    @property
    def published_on(self) -> date | None: ...
    @property
    def date_precision(self) -> str: ...


@dataclass(frozen=True)
class Citation:
    """A work as read from one line. `date_precision` is `day`, `month` or `year`.

    A date that is known to the month or year only stands on the first day of it. The last three
    say where and when it was found; they are no part of the citation, only of the reference.
    """

    author: str
    title: str
    publisher: str = ""
    published_on: date | None = None
    date_precision: str = "day"
    url: str = ""
    archive_url: str = ""
    accessed_on: date | None = None


class Run(NamedTuple):
    """A stretch of a citation. The texts of all its runs, joined, are the citation."""

    kind: Literal["text", "title", "publisher"]
    text: str


def format_citation(work: Work) -> str:
    """The citation of `work` as plain text."""
    return "".join(run.text for run in citation_runs(work))


def format_reference(citation: Citation) -> str:
    """The citation and where it was found, as one line of plain text."""
    parts = [format_citation(citation), citation.url]
    if citation.archive_url:
        parts.append(f"(archived {citation.archive_url})")
    if citation.accessed_on:
        parts.append(f"(accessed {_day(citation.accessed_on)})")
    return " ".join(filter(None, parts))


def citation_runs(work: Work) -> list[Run]:
    """The citation of `work` in stretches: HTML links its title and marks its publisher."""
    when = format_date(work)
    tail = bool(work.publisher or when)
    comma = "" if work.title.endswith((".", "?", "!")) or not tail else ","
    # With nothing behind it, a title that ends a sentence ends the citation too.
    stop = "" if work.title.endswith((".", "?", "!")) and not tail else "."
    runs = [
        Run("text", f'{work.author}, "' if work.author else '"'),
        Run("title", work.title),
        Run("text", f'{comma}" ' if tail else f'"{stop}'),
    ]
    if work.publisher:
        runs.append(Run("publisher", work.publisher))
    if tail:
        runs.append(Run("text", f"{', ' if work.publisher and when else ''}{when}{stop}"))
    return runs


def format_date(work: Work) -> str:
    """The date of `work` in AP style, as precise as it is known; empty when it is not."""
    day = work.published_on
    if day is None:
        return ""
    if work.date_precision == "year":
        return f"{day.year:04}"
    if work.date_precision == "month":
        return f"{MONTHS[day.month - 1]} {day.year:04}"
    return _day(day)


def _day(day: date) -> str:
    return f"{SHORT_MONTHS[day.month - 1]} {day.day}, {day.year:04}"


def _either(names: tuple[str, ...]) -> str:
    return "|".join(map(re.escape, names))


AP_DATE = (
    rf"(?:(?P<short_month>{_either(SHORT_MONTHS)})\ (?P<day>[1-9]|[12][0-9]|3[01]),\ "
    rf"|(?P<month>{_either(MONTHS)})\ )?(?P<year>[0-9]{{4}})"
)
UNCAPTURED_DATE = re.sub(r"\?P<\w+>", "?:", AP_DATE)

# Every part that could be tried at many places is either possessive or free of quotation marks, so
# that a long line which is no citation is given up in one pass.
WORD = re.compile(r"[^\"\s]")
CITATION = re.compile(
    rf"""
    (?>(?:(?P<author>[^"\s].*?),\ )?"(?=.))         # the first `, "` ends the author
    (?P<title>.*)"                                  # the last `"` ends the title
    (?:
        \ (?!\Z)
        (?:(?!{UNCAPTURED_DATE}\.\Z)                # a date alone is no publisher
           (?P<publisher>[^"\s][^"]*?)(?:,\ (?={UNCAPTURED_DATE}\.\Z)|(?=\.\Z)))?
        (?:{AP_DATE})?
        \.
    |   (?P<stop>\.?)
    )\Z
    """,
    re.VERBOSE,
)


# What a reference has behind its citation. No stretch of it can be read in two ways.
FOUND = re.compile(
    rf"(?:\ (?P<url>https?://\S+))?(?:\ \(archived\ (?P<archive>https?://\S+)\))?"
    rf"(?:\ \(accessed\ {AP_DATE}\))?\Z"
)


def parse_reference(line: str) -> Citation | None:
    """Read one reference; None when the line is not written by the rule.

    What is read prints back byte for byte, as with `parse_citation`.
    """
    match = FOUND.search(line) if len(line) <= 3 * MAX_CITATION else None
    citation = parse_citation(line[: match.start()]) if match else None
    if match is None or citation is None:
        return None
    try:
        accessed_on, _precision = _read_date(match)
    except ValueError:
        return None
    found = replace(
        citation,
        url=match["url"] or "",
        archive_url=match["archive"] or "",
        accessed_on=accessed_on,
    )
    return found if format_reference(found) == line else None


def parse_citation(line: str) -> Citation | None:
    """Read one citation; None when the line is not written by the rule.

    What is read prints back byte for byte: `format_citation(parse_citation(line)) == line`.
    """
    match = CITATION.match(line) if len(line) <= MAX_CITATION else None
    if match is None:
        return None
    has_tail = match["stop"] is None
    title = match["title"]
    # Asked here and not by the pattern, which would ask it anew of every pair of quotation marks.
    if not WORD.search(title):
        return None
    if has_tail and title.endswith(","):
        title = title[:-1]
    if not title:
        return None
    try:
        published_on, precision = _read_date(match)
    except ValueError:
        return None
    citation = Citation(
        author=match["author"] or "",
        title=title,
        publisher=match["publisher"] or "",
        published_on=published_on,
        date_precision=precision,
    )
    return citation if format_citation(citation) == line else None


def _read_date(match: re.Match[str]) -> tuple[date | None, str]:
    """The date in a match of `CITATION` and its precision; ValueError for a day that never was."""
    if match["year"] is None:
        return None, "day"
    year = int(match["year"])
    if match["short_month"]:
        return date(year, SHORT_MONTHS.index(match["short_month"]) + 1, int(match["day"])), "day"
    if match["month"]:
        return date(year, MONTHS.index(match["month"]) + 1, 1), "month"
    return date(year, 1, 1), "year"
