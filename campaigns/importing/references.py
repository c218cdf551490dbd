"""Reads one reference that people wrote their own way: what they put where, and what is a guess."""

import re
from dataclasses import replace
from datetime import date

from django.utils.translation import gettext as _

from campaigns.citations import Citation, format_reference
from campaigns.importing.dates import NUMBER, find_dates
from campaigns.importing.finding import ADDRESS, FILLERS, take_found
from campaigns.importing.works import MAX_TITLE, PAGES, Reading, by_the_rule, read_work
from campaigns.tracking import strip_tracking

AUTHOR_AND_YEAR = re.compile(r"(?P<author>.*\S) \((?P<year>(?:1[5-9]|20)[0-9]{2})\)")
WORD = re.compile(r"[^\W\d_]{2,}")


def read_reference(text: str, links: list[tuple[str, str]]) -> Reading:
    """The work that `text` refers to. `links` are the (text, address) of links within it.

    Every word of `text` is in what is returned, or `why` says that it is not.
    """
    if exact := by_the_rule(text):
        link = next((address for _text, address in links), "")
        clean = replace(exact, url=strip_tracking(exact.url or link))
        clean = replace(clean, archive_url=strip_tracking(clean.archive_url))
        return _with_year_of_author(clean)
    rest, found = take_found(text, links)
    page = PAGES.fullmatch(f" {rest}")
    if rest and not page:
        reading = read_work(rest, [words for words, _href in links])
    else:
        address = re.sub(r"\Ahttps?://", "", found.url or found.archive_url or text)
        why = _("There is an address alone, so it stands for the title.")
        title = f"{address}, {page['pages']}" if page else address
        reading = Reading(Citation("", title[:MAX_TITLE]), why)
    citation = replace(
        reading.citation,
        url=found.url,
        archive_url=found.archive_url,
        accessed_on=found.accessed_on,
    )
    why = " ".join(filter(None, [reading.why, *found.whys]))
    return Reading(citation, why or _lost(text, citation))


def _with_year_of_author(citation: Citation) -> Reading:
    """`Rivers Now (2013), "Title"`: the year is the work's, and no part of who wrote it."""
    match = AUTHOR_AND_YEAR.fullmatch(citation.author)
    if match is None or citation.published_on:
        return Reading(citation)
    dated = replace(
        citation,
        author=match["author"],
        published_on=date(int(match["year"]), 1, 1),
        date_precision="year",
    )
    return Reading(dated, _("The year behind the author was read as the date."))


def is_imprint(title: str, text: str) -> bool:
    """Whether `text` says where and when `title` appeared: `The Gazette, 12 October 2022.`"""
    dates = find_dates(text) if len(text) <= 80 else []
    is_open = bool(title) and not find_dates(title[:600])
    ends = bool(dates) and len(text) - dates[-1].end <= 1
    return is_open and ends and text[:1].isupper() and not re.search(r"[\"“„«]", text)


def _lost(text: str, citation: Citation) -> str:
    """Which words of `text` are in no part of `citation`; empty when all are."""
    kept = " ".join([format_reference(citation), *FILLERS, *NUMBER]).lower()
    lost = [word for word in WORD.findall(ADDRESS.sub(" ", text)) if word.lower() not in kept]
    return (
        _("These words found no place in it: %(words)s.") % {"words": " ".join(lost)}
        if lost
        else ""
    )
