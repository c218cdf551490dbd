"""Reads one reference that people wrote their own way: what they put where, and what is a guess."""

import re
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from campaigns.citations import (
    Citation,
    format_citation,
    format_date,
    format_reference,
    parse_citation,
    parse_reference,
)
from campaigns.importing.dates import NUMBER, FoundDate, find_dates
from campaigns.text.vocabulary import allowed_link
from campaigns.tracking import strip_tracking

MAX_NAME, MAX_TITLE = 200, 500
ARCHIVES = re.compile(
    r"(?:web\.archive\.org|archive\.(?:org|is|ph|today|li|vn|md|fo)|perma\.cc|webcitation\.org)\Z"
)
ADDRESS = re.compile(
    r"""<?(?P<url>(?:https?://|www\.|(?<![\w/.@-])(?:[a-z0-9-]+\.)+[a-z]{2,10}/)[^\s<>"“”„«»]+)>?
        |(?P<doi>\bdoi:?\ ?10\.[0-9]{4,9}/[^\s<>"“”]+)""",
    re.VERBOSE | re.IGNORECASE,
)
# What people write before an address.
LEADS_TO = re.compile(
    r"""(?:\b(?:available|archived|online|accessible|retrieved|found|read\ more|verfügbar
        |abrufbar|disponible|recuperado)?\ ?(?:at|from|via|online|here|unter|en|de|à)?
        |\b(?:url|link|web|website|source|see|siehe|doi|quelle|fuente))\ ?:?\ ?[\[(]?\Z""",
    re.VERBOSE | re.IGNORECASE,
)
SEEN = re.compile(
    r"""[\[(]?\b(?:last\ |date\ |zuletzt\ |[úu]ltimo\ )?(?:accessed|retrieved|viewed|visited
        |checked|consulted|abgerufen|aufgerufen|zugriff|abruf|stand|consultado|consultada|accedido|acceso|recuperado|consult[ée]e?|consultato|geraadpleegd
        |dost[ęe]p|acess(?:o|ado)|h[äa]mtad)
        (?:\ (?:on|am|el|le|il|op|em|dnia|date))?\ ?:?\ ?\Z""",
    re.VERBOSE | re.IGNORECASE,
)
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
PARTED = re.compile(
    r"(?P<author>[^,;:.?!]{2,60}),\s+(?P<title>[^,]{8,}?)(?:,\s+(?P<publisher>[^,]{2,80}))?"
)
BRACKETED = re.compile(r"(?P<title>[^()]{10,}?)\s+\((?P<publisher>[A-ZÄÖÜ][^()]{1,60})\)\.?")
PAGES = re.compile(
    r"[,;.]? \(?(?P<pages>(?:pp?|S|s|p[áa]gs?|blz|str|fol|para|Rn)\.? ?[0-9A-Z][0-9A-Za-z]{0,5}"
    r"(?: ?[–-] ?[0-9A-Z]{1,6})?)\)?[.,;]?\Z"
)
UNDATED = re.compile(r"[\[(]?\b(?:n\.\s?d|o\.\s?J|s\.\s?f)\b\.?[\])]?")
WORD = re.compile(r"[^\W\d_]{2,}")
# Words that only say where the rest of a reference is, or that it was seen.
FILLERS = frozenset(
    re.findall(
        r"\w+",
        """
        available retrieved accessed viewed visited checked consulted archived from online here
        https www url link website source see also doi date last abgerufen aufgerufen zuletzt
        zugriff abruf unter stand verfügbar abrufbar consultado consultada acceso recuperado
        último consulté consultée consultato geraadpleegd dostęp acesso acessado hämtad le am el il
        op em dnia de en in by von por par pdf on at the of st nd rd th
        """,
    )
)
EDGES = " \t,;:.–—-|"


@dataclass(frozen=True)
class Reading:
    """A reference as it was read; `why` says what is a guess in it, empty where nothing is."""

    citation: Citation
    why: str = ""


def read_reference(text: str, links: list[tuple[str, str]]) -> Reading:
    """The work that `text` refers to. `links` are the (text, address) of links within it.

    Every word of `text` is in what is returned, or `why` says that it is not.
    """
    if exact := _by_the_rule(text):
        link = next((address for _text, address in links), "")
        clean = replace(exact, url=strip_tracking(exact.url or link))
        return Reading(replace(clean, archive_url=strip_tracking(clean.archive_url)))
    rest, found = _take_found(text, links)
    if rest:
        reading = _read_work(rest, [words for words, _href in links])
    else:
        address = re.sub(r"\Ahttps?://", "", found.url or found.archive_url or text)
        why = _("There is an address alone, so it stands for the title.")
        reading = Reading(Citation("", address[:MAX_TITLE]), why)
    citation = replace(
        reading.citation,
        url=found.url,
        archive_url=found.archive_url,
        accessed_on=found.accessed_on,
    )
    why = " ".join(filter(None, [reading.why, *found.whys]))
    return Reading(citation, why or _lost(text, citation))


def is_archived(text: str) -> bool:
    """Whether the first address in `text` is that of a copy in an archive."""
    match = ADDRESS.search(text)
    return bool(match and match["url"] and ARCHIVES.search(urlsplit(match["url"]).hostname or ""))


def is_imprint(title: str, text: str) -> bool:
    """Whether `text` says where and when `title` appeared: `The Gazette, 12 October 2022.`"""
    dates = find_dates(text) if len(text) <= 80 else []
    is_open = bool(title) and not find_dates(title[:600])
    ends = bool(dates) and len(text) - dates[-1].end <= 1
    return is_open and ends and text[:1].isupper() and not re.search(r"[\"“„«]", text)


def _by_the_rule(text: str) -> Citation | None:
    """The work when `text` is written as we print it, and nothing in it hides in another part."""
    exact = parse_reference(text) or parse_citation(text)
    if exact is None or not _fits(exact) or UNDATED.search(exact.publisher):
        return None
    dates = find_dates(f"{exact.publisher}, {format_date(exact)}")
    if [(found.day, found.precision) for found in dates] != (
        [(exact.published_on, exact.date_precision)] if exact.published_on else []
    ):
        return None
    cut = exact.title.endswith(",") or exact.publisher.endswith(",")
    return None if cut or ADDRESS.search(text) and not exact.url else exact


def _lost(text: str, citation: Citation) -> str:
    """Which words of `text` are in no part of `citation`; empty when all are."""
    kept = " ".join([format_reference(citation), *FILLERS, *NUMBER]).lower()
    lost = [word for word in WORD.findall(ADDRESS.sub(" ", text)) if word.lower() not in kept]
    return (
        _("These words found no place in it: %(words)s.") % {"words": " ".join(lost)}
        if lost
        else ""
    )


@dataclass
class _Found:
    """Where and when a work was found."""

    url: str = ""
    archive_url: str = ""
    accessed_on: date | None = None
    whys: tuple[str, ...] = ()


def _take_found(text: str, links: list[tuple[str, str]]) -> tuple[str, "_Found"]:
    """`text` without addresses and the day they were seen, and those."""
    found = _Found()
    for words, _href in links:  # a link that only says that it is one
        if words.strip(" []()").lower() in FILLERS:
            text = re.sub(rf"[\[(]?{re.escape(words.strip())}[\])]?\.?\Z", "", text).strip()
    rest = text
    for when in find_dates(text):
        if when.precision == "day" and (seen := SEEN.search(text[: when.start])):
            found.accessed_on = when.day
            if when.is_ambiguous:
                found.whys += (_("Day and month of the access may be the other way round."),)
            after = re.sub(r"\A,? ?(?:from|von|de)?[\])]?[.,;:]?", "", text[when.end :])
            rest = f"{text[: seen.start()].rstrip()} {after.lstrip()}".strip()
            break
    addresses = []
    while match := ADDRESS.search(rest):
        url = _trimmed(
            match["url"] or "https://doi.org/" + re.sub(r"(?i)\Adoi:? ?", "", match["doi"])
        )
        end = match.start() + len(match[0].rstrip(".,;:!?)]'’"))
        addresses.append(url if "://" in url else f"https://{url}")
        before = LEADS_TO.sub("", rest[: match.start()]).rstrip()
        after = re.sub(
            r"\A>?[\])]?[.,;]?(?=\s|\Z)", "", rest[max(end, match.start() + 1) :]
        ).strip()
        rest = f"{before} {after}".strip()
    addresses += [href for _words, href in links]
    for url in dict.fromkeys(
        filter(None, (allowed_link(strip_tracking(url)) for url in addresses))
    ):
        if ARCHIVES.search(urlsplit(url).hostname or "") and not found.archive_url:
            found.archive_url = url
        elif not found.url:
            found.url = url
        else:
            found.whys += (_("It has more than one address; left out: %(url)s.") % {"url": url},)
    return rest.strip(), found


def _trimmed(url: str) -> str:
    url = url.rstrip(".,;:!?'’>]")
    while url.endswith(")") and url.count(")") > url.count("("):
        url = url[:-1].rstrip(".,;:!?")
    return url


def _read_work(text: str, link_texts: list[str]) -> Reading:
    """Author, title, publisher and date of a text that holds no addresses any more."""
    for line in (text, f"{text}.", f"{text.rstrip(' .,;')}."):
        if exact := _by_the_rule(line):
            return Reading(exact)
    for read in (_quoted, _dated, _linked, _dashed, _bracketed, _parted):
        if len(text) <= 2000 and (reading := read(text, link_texts)) and _fits(reading.citation):
            return reading
    return _title_alone(text, link_texts)


def _quoted(text: str, _link_texts: list[str]) -> Reading | None:
    match = QUOTED.fullmatch(text) or SINGLE.fullmatch(text)
    if match is None:
        return None
    groups = match.groupdict()
    title = next(filter(None, (groups.get(name) for name in "abcd"))).strip()
    # A comma within the quotation marks is the citation's own, not the title's.
    title = title[:-1].rstrip() if title.endswith(",") else title
    author, when = _date_of(match["author"].strip())
    pages = PAGES.search(match["tail"])
    publisher, later = _date_of(match["tail"][: pages.start()] if pages else match["tail"])
    if pages:  # behind the date they were; the date of a citation stands last
        publisher = f"{publisher}, {pages['pages']}".lstrip(", ")
    publisher = re.sub(r"\A[Ii]n:? (?=[A-ZÄÖÜ])", "", publisher)
    read = _citation(author.strip(EDGES), title, publisher, later or when)
    if later and when:
        return Reading(read, _("It holds two dates; the later one in the text was taken."))
    return Reading(read, _ambiguous(later or when) or _odd(read.publisher))


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
    read = _citation(match["author"].strip(" ,"), title.rstrip(" ."), publisher, dates[0])
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


def _parted(text: str, _link_texts: list[str]) -> Reading | None:
    bare, when = _date_of(text)
    match = PARTED.fullmatch(bare)
    if match is None or when is None:
        return None
    read = _citation(match["author"], match["title"], match["publisher"] or "", when)
    return Reading(read, _("Read as author, title, publisher, date, by the commas."))


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
    return Reading(Citation("", title.rstrip(" ,;:") or title), why)


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
        author=re.sub(r"\A(?:by|von|por|par)\s+(?=[A-Z])", "", author),
        title=title.rstrip(" ,;:"),
        publisher=publisher.strip(" \t,;:|–—()[]"),
        published_on=when.day if when else None,
        date_precision=when.precision if when else "day",
    )


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
    is_odd = len(publisher) > 80 or re.search(r"[.?!] [A-Z]|[0-9]", bare)
    return _("All that stands behind the title was taken for the publisher.") if is_odd else ""
