"""Takes out of a reference where and when its work was found: addresses, copies, access."""

import re
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from campaigns.importing.dates import find_dates
from campaigns.text.vocabulary import allowed_link
from campaigns.tracking import strip_tracking

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
        |checked|consulted|abgerufen|aufgerufen|zugriff|abruf|stand|consultado|consultada|accedido|acceso|recuperado|consult[ée]e?|consultato|geraadpleegd|web\.
        |dost[ęe]p|acess(?:o|ado)|h[äa]mtad)
        (?:\ (?:on|am|el|le|il|op|em|dnia|date))?\ ?:?\ ?\Z""",
    re.VERBOSE | re.IGNORECASE,
)
# No word that says `accessed on` stands further before its day.
FAR = 40
# What led to an address that was left out.
SECOND = re.compile(r"[,;]? (?:see|siehe|véase|voir)(?: (?:also|auch|también|aussi))?[,:]?\Z", re.I)
# Words that only say where the rest of a reference is, or that it was seen.
FILLERS = frozenset(
    re.findall(
        r"\w+",
        """
        available retrieved accessed viewed visited checked consulted archived from online here
        https www url link website source see also doi date last abgerufen aufgerufen zuletzt
        zugriff abruf unter stand verfügbar abrufbar consultado consultada acceso recuperado
        último consulté consultée consultato geraadpleegd dostęp acesso acessado hämtad le am el il
        op em dnia vom de en in by von por par pdf on at the of st nd rd th
        """,
    )
)


@dataclass
class Found:
    """Where and when a work was found."""

    url: str = ""
    archive_url: str = ""
    accessed_on: date | None = None
    whys: tuple[str, ...] = ()


def take_found(text: str, links: list[tuple[str, str]]) -> tuple[str, Found]:
    """`text` without addresses and the day they were seen, and those."""
    found = Found()
    for words, _href in links:  # a link that only says that it is one
        if words.strip(" []()").lower() in FILLERS:
            text = re.sub(rf"[\[(]?{re.escape(words.strip())}[\])]?\.?\Z", "", text).strip()
    rest = _without_seen(text, found)
    addresses = []
    while match := ADDRESS.search(rest):
        url = _trimmed(
            match["url"] or "https://doi.org/" + re.sub(r"(?i)\Adoi:? ?", "", match["doi"])
        )
        end = match.start() + len(match[0].rstrip(".,;:!?)]'’"))
        addresses.append(url if "://" in url else f"https://{url}")
        before = LEADS_TO.sub("", rest[: match.start()]).rstrip(" [(")
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
            rest = SECOND.sub("", rest.strip())
    return rest.strip(), found


def _without_seen(text: str, found: Found) -> str:
    """`text` without the day on which its work was seen, which `found` has from then on."""
    for when in find_dates(text):
        near = max(0, when.start - FAR)
        if when.precision == "day" and (seen := SEEN.search(text[near : when.start])):
            found.accessed_on = when.day
            if when.is_ambiguous:
                found.whys += (_("Day and month of the access may be the other way round."),)
            after = re.sub(r"\A,? ?(?:from|von|de)?[\])]?[.,;:]?", "", text[when.end :])
            return f"{text[: near + seen.start()].rstrip()} {after.lstrip()}".strip()
    return text


def _trimmed(url: str) -> str:
    url = url.rstrip(".,;:!?'’>]")
    while url.endswith(")") and url.count(")") > url.count("("):
        url = url[:-1].rstrip(".,;:!?")
    return url


def is_archived(text: str) -> bool:
    """Whether the first address in `text` is that of a copy in an archive."""
    match = ADDRESS.search(text)
    return bool(match and match["url"] and ARCHIVES.search(urlsplit(match["url"]).hostname or ""))
