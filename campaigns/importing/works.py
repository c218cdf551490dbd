"""Reads a work from a line in which nothing else stands: author, title, publisher and date."""

import re
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from campaigns.citations import (
    Citation,
    format_citation,
    format_date,
    parse_citation,
    parse_reference,
)
from campaigns.importing.dates import MONTH, FoundDate, find_dates
from campaigns.importing.finding import ADDRESS

MAX_NAME, MAX_TITLE = 200, 500
WORDS = re.compile(r"\w+")
QUOTED = re.compile(
    r"""(?P<author>[^"“„«]{0,300}?)[\s,:;.–—-]*
        (?:"(?P<a>.+)" | “(?P<b>.+)” | „(?P<c>.+)[“”"] | «\ ?(?P<d>.+?)\ ?»)
        (?P<tail>[^"”»]{0,300})""",
    re.VERBOSE,
)
SINGLE = re.compile(
    r"(?P<author>[^'‘]{0,300}?)[\s,:;.–—-]*(?:'(?P<a>.{8,})'|‘(?P<b>.{8,})’)(?P<tail>[^'’]{0,300})"
)
DATED = re.compile(r"(?P<author>[^()]{1,300}?)[\s,]*\((?P<when>[^()]{4,40})\)[.,:]?\s+(?P<rest>.+)")
DASHED = re.compile(r"(?P<title>.{10,}?)\s+[|–—-]\s+(?P<publisher>[^|–—]{2,80})")
BRACKETED = re.compile(r"(?P<title>[^()]{10,}?)\s+\((?P<publisher>[A-ZÄÖÜ][^()]{1,60})\)\.?")
PARTED = re.compile(
    r"(?P<author>[^,;:.?!]{2,60}),\s+(?P<title>[^,]{8,}?)(?:,\s+(?P<publisher>[^,]{2,80}))?"
)
# `…; Bo Roe, "Closed," 2019`: a second work behind the first.
ANOTHER = re.compile(r";\s+(?:see also |also )?(?=[A-ZÄÖÜ][^;\"“„]{2,80}, [\"“„])", re.IGNORECASE)
PAGES = re.compile(
    r"[,;.]? \(?(?P<pages>(?:pages?|pp?|Seiten?|S|s|p[áa]gs?|blz|str|fol|para|Rn)\.?"
    r" ?[0-9A-Z][0-9A-Za-z]{0,5}(?: ?[–-] ?[0-9A-Z]{1,6})?)\)?[.,;]?\Z"
)
# `Coal," "The Post`: where one quotation ends and another begins within what is quoted.
TWO = re.compile(r"[,.?!;][\"”“][ ,;].*[\"“„]")
SHORTENED = re.compile(r"\b(?:al|Jr|Sr|Inc|Ltd|Co|Corp|[A-Z])\Z")
COLONED = re.compile(r"(?P<author>[^:;.?!\"“„]{2,60}): (?P<title>[^:]{8,}?)")
SMALL = re.compile(
    r"(?:\A|(?<= ))(?:vom|von|am|le|el|del|on|dated|published|veröffentlicht|publié)\Z"
)
# `Council minutes of 14 March 2025`
OF_DAY = re.compile(r" (?:of|from|vom|du|del?)\Z")
DAY_AT_END = re.compile(rf",\s(?:{MONTH})\.?\ [0-9]{{1,2}}\Z", re.IGNORECASE)
LEADING = re.compile(r"\A(?i:by|von|por|par|see|cf\.|vgl\.|siehe)\s+(?=[A-ZÄÖÜ])")
SEASON = re.compile(r"\b(?:Spring|Summer|Autumn|Fall|Winter)\Z")
UNDATED = re.compile(r"[\[(]?\b(?:n\.\s?d|o\.\s?J|s\.\s?f)\b\.?[\])]?")
EDGES = " \t,;:.–—-|"


@dataclass(frozen=True)
class Reading:
    """A reference as it was read; `why` says what is a guess in it, empty where nothing is."""

    citation: Citation
    why: str = ""


def by_the_rule(text: str) -> Citation | None:
    """The work when `text` is written as we print it, and nothing in it hides in another part."""
    exact = parse_reference(text) or parse_citation(text)
    if exact is None or not _fits(exact) or UNDATED.search(exact.publisher):
        return None
    dates = find_dates(f"{exact.publisher}, {format_date(exact)}")
    if [(found.day, found.precision) for found in dates] != (
        [(exact.published_on, exact.date_precision)] if exact.published_on else []
    ):
        return None
    if DAY_AT_END.search(exact.author) or any(
        found.precision != "year" for found in find_dates(exact.author)
    ):
        return None
    # Two quotations in a row, or a year that is no date of ours, hide something.
    if TWO.search(exact.title) or not dates and re.search(r"[0-9]{4}", exact.publisher):
        return None
    cut = exact.title.endswith(",") or exact.publisher.endswith(",")
    return None if cut or ADDRESS.search(text) and not exact.url else exact


def read_work(text: str, link_texts: list[str]) -> Reading:
    """Author, title, publisher and date of a text that holds no addresses any more."""
    for line in (text, f"{text}.", f"{text.rstrip(' .,;')}."):
        if exact := by_the_rule(line):
            return Reading(exact)
    if more := ANOTHER.search(text):
        first = read_work(text[: more.start()], link_texts)
        why = _("It holds another reference, which was left out: %(text)s")
        said = why % {"text": text[more.end() :]}
        return Reading(first.citation, f"{first.why} {said}".strip())
    for read in (_quoted, _dated, _linked, _dashed, _bracketed, _coloned, _parted, _titled):
        if len(text) <= 2000 and (reading := read(text, link_texts)) and _fits(reading.citation):
            return reading
    if pages := PAGES.search(text):  # `Author, Title, 2020, p. 12` is read as without its page
        shorter = read_work(text[: pages.start()], link_texts)
        if shorter.citation.published_on:
            cited = shorter.citation
            # Where nobody is named behind or before a title, a page is part of it.
            if cited.publisher or cited.author:
                publisher = ", ".join(filter(None, (cited.publisher, pages["pages"])))
                return Reading(replace(cited, publisher=publisher), shorter.why)
            return Reading(replace(cited, title=f"{cited.title}, {pages['pages']}"), shorter.why)
    return _title_alone(text, link_texts)


def _quoted(text: str, _link_texts: list[str]) -> Reading | None:
    match = QUOTED.fullmatch(text) or SINGLE.fullmatch(text)
    if match is None:
        return None
    groups = match.groupdict()
    title = next(filter(None, (groups.get(name) for name in "abcd"))).strip()
    # A comma within the quotation marks is the citation's own, not the title's.
    title = title[:-1].rstrip() if title.endswith(",") else title
    why = _("There are other quotation marks within the title.") if TWO.search(title) else ""
    author, when = _date_of(match["author"].strip())
    pages = PAGES.search(match["tail"])
    publisher, later = _date_of(match["tail"][: pages.start()] if pages else match["tail"])
    publisher = SMALL.sub("", publisher)
    if pages:  # behind the date they were; the date of a citation stands last
        publisher = f"{publisher}, {pages['pages']}".lstrip(", ")
    publisher = re.sub(r"\A[Ii]n:? (?=[A-ZÄÖÜ])", "", publisher)
    read = _citation(_stripped(author, text), title, publisher, later or when)
    if later and when:
        why = why or _("It holds two dates; the later one in the text was taken.")
    why = why or _ambiguous(later or when) or _odd(read.publisher)
    if not why and re.search(r"[0-9]", read.author):
        why = _("All that stands before the title was taken for the author.")
    return Reading(read, why)


def _stripped(author: str, text: str) -> str:
    """`author` without what parts it from the title; `et al.` and `Poe, A.` keep their point."""
    bare = author.strip(EDGES)
    return f"{bare}." if SHORTENED.search(bare) and f"{bare}." in text else bare


def _dated(text: str, _link_texts: list[str]) -> Reading | None:
    """`Poe, A. (2018, May 22). Title. Publisher.`"""
    match = DATED.fullmatch(text)
    turned = re.sub(r"\A([0-9]{4}), (.+)", r"\2, \1", match["when"]) if match else ""
    dates = find_dates(turned)
    if match is None or len(dates) != 1 or dates[0].end - dates[0].start != len(turned):
        return None
    # A title ends where a sentence does; what follows it, if short, is who published it.
    parts = re.fullmatch(r"(?P<title>.{8,}?[.?!])\s+(?P<publisher>[^.]{2,80})\.?", match["rest"])
    title, publisher = (parts["title"], parts["publisher"]) if parts else (match["rest"], "")
    read = _citation(_stripped(match["author"], text), title.rstrip(" ."), publisher, dates[0])
    return Reading(read, _("Read as author (date). Title. Publisher."))


def _linked(text: str, link_texts: list[str]) -> Reading | None:
    """The link's text is the title: `ACLU: Title, 2017`."""
    title = next((words for words in link_texts if len(words) > 8 and "://" not in words), "")
    before, found, after = text.partition(title) if title else ("", "", "")
    if not found:
        return None
    publisher, when = _date_of(after)
    read = _citation(before.strip(EDGES + '"“„«'), title.strip(), publisher, when)
    return Reading(read, _("The link's text was taken for the title."))


def _dashed(text: str, _link_texts: list[str]) -> Reading | None:
    bare, when = _date_of(text)
    match = DASHED.fullmatch(bare)
    if match is None:
        return None
    read = _citation("", match["title"].strip(EDGES), match["publisher"], when)
    return Reading(read, _("Read as title – publisher, date."))


def _bracketed(text: str, _link_texts: list[str]) -> Reading | None:
    """`Title (Publisher)`, `Title (Publisher, 2018)`."""
    match = BRACKETED.fullmatch(text)
    if match is None:
        return None
    publisher, when = _date_of(match["publisher"])
    if not publisher or re.search(r"[0-9]", publisher):
        return None
    return Reading(_citation("", match["title"], publisher, when), _("Read as title (publisher)."))


def _coloned(text: str, _link_texts: list[str]) -> Reading | None:
    """`The Gazette: Title of the article, 22 May 2018`."""
    bare, when = _date_of(text)
    match = COLONED.fullmatch(bare)
    if match is None or when is None:
        return None
    read = _citation(match["author"].strip(), match["title"], "", when)
    return Reading(read, _("Read as author: title, date."))


def _parted(text: str, _link_texts: list[str]) -> Reading | None:
    bare, when = _date_of(text)
    match = PARTED.fullmatch(bare)
    if match is None or when is None:
        return None
    author, title, publisher = match["author"], match["title"], match["publisher"] or ""
    if _is_sentence(author) and not _is_sentence(title):
        return None  # a title, and where it appeared: read below
    read = _citation(author, title, publisher, when)
    return Reading(read, _("Read as author, title, publisher, date, by the commas."))


def _titled(text: str, _link_texts: list[str]) -> Reading | None:
    """`Woman says that it did nothing, The Gazette, May 1, 2019`."""
    bare, when = _date_of(text)
    title, comma, publisher = bare.rpartition(", ")
    if not comma or _is_sentence(publisher):
        title, comma, publisher = bare.rpartition(". ")
    is_name = publisher[:1].isupper() and len(publisher) <= 40 and not _is_sentence(publisher)
    if when is None or not comma or not is_name or not _is_sentence(title):
        return None
    return Reading(_citation("", title, publisher, when), _("Read as title, publisher, date."))


def _is_sentence(text: str) -> bool:
    """Whether most of the longer words are written small, as in a headline and not in a name."""
    longer = [word for word in text.split() if len(word) > 2]
    return len(longer) > 1 and 2 * sum(word[:1].islower() for word in longer) >= len(longer)


def _title_alone(text: str, link_texts: list[str]) -> Reading:
    bare = text.strip() or next(filter(None, (words.strip() for words in link_texts)), "")
    title = bare[: MAX_TITLE + 1].rpartition(" ")[0] if len(bare) > MAX_TITLE else bare
    title = title[:MAX_TITLE] or bare[:MAX_TITLE]
    if len(bare) > MAX_TITLE:
        why = _("Not written as a citation, and longer than a title may be: the end is cut off.")
    else:
        why = _(
            "Not written as author, “title,” publisher and date, so the whole line was taken for"
            " the title."
        )
    # A date at the end is one, whatever else the line is.
    rest, when = _date_of(title)
    if (
        when
        and len(WORDS.findall(rest)) > 1
        and when.start >= len(rest)
        and when.precision == "day"
    ):
        why += " " + _ambiguous(when)
        rest = OF_DAY.sub("", rest.strip(EDGES))
        return Reading(_citation("", rest, "", when), why.strip())
    return Reading(Citation("", title.strip(" ,;:–—-") or title), why)


def _date_of(text: str) -> tuple[str, FoundDate | None]:
    """`text` without the date at its end or beginning, and that date; `n.d.` is no date."""
    text = UNDATED.sub("", text).strip(EDGES)
    for found in reversed(find_dates(text)):
        before, after = text[: found.start].rstrip(EDGES), text[found.end :].lstrip(EDGES)
        if before[-1:] + after[:1] in ("()", "[]"):
            before, after = before[:-1].rstrip(EDGES), after[1:].lstrip(EDGES)
        if not before or not after:
            return before or after, found
    return text, None


def _citation(author: str, title: str, publisher: str, when: FoundDate | None) -> Citation:
    return Citation(
        author=LEADING.sub("", author),
        title=title.rstrip(" ,;:"),
        publisher=SMALL.sub("", _unbracketed(publisher)).strip(" ,"),
        published_on=when.day if when else None,
        date_precision=when.precision if when else "day",
    )


def _unbracketed(publisher: str) -> str:
    """`publisher` without what parts it, and without a bracket that was closed elsewhere."""
    bare = publisher.strip(" \t,;:|–—([")
    return bare if bare.count("(") == bare.count(")") > 0 else bare.strip(" \t,;:|–—()[]")


def _fits(citation: Citation) -> bool:
    return (
        bool(citation.title.strip(EDGES))
        and len(citation.title) <= MAX_TITLE
        and max(len(citation.author), len(citation.publisher)) <= MAX_NAME
        and len(format_citation(citation)) <= 2000
    )


def _ambiguous(when: FoundDate | None) -> str:
    is_open = when is not None and when.is_ambiguous
    return _("Day and month may be the other way round.") if is_open else ""


def _odd(publisher: str) -> str:
    """What stands behind a title is a publisher when it is short and has no sentence in it."""
    bare = PAGES.sub("", f" {publisher}")
    is_odd = (
        len(publisher) > 80 or SEASON.search(publisher) or re.search(r"[.?!] [A-Z]|[0-9]", bare)
    )
    return _("All that stands behind the title was taken for the publisher.") if is_odd else ""
