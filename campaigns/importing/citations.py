"""Sources from the list under a letter, each with a key that people can read."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from django.utils.translation import gettext as _

from campaigns.citations import Citation
from campaigns.importing.draft import Doubt, SourceDraft
from campaigns.importing.pieces import Piece
from campaigns.importing.references import is_imprint, read_reference
from campaigns.importing.spelling import latin_slug
from campaigns.importing.works import PAGES
from campaigns.text.vocabulary import SOURCE_KEY

MAX_KEY = 60
# `Poe, A. et al.`, `Ada Poe Jr.`: what follows a surname and is none.
BEHIND_SURNAME = re.compile(r"(?: et al\.?|,? (?:Jr|Sr|II|III|IV)\.?)\Z")
# `Ibid.`, `Id. at 14`, `Ebd., S. 4`: the source before it; and a source by its number.
IBID = re.compile(
    r"(?:ibid(?:em)?|idem|id|ebd|ebenda|ib)\.?(?:,? (?P<place>\S.{0,60}?))?\.?",
    re.IGNORECASE,
)
SEE_NOTE = re.compile(
    r"(?:see|cf\.?|siehe|vgl\.?|v[ée]ase|voir) (?:also )?(?:above,? |supra,? |oben,? )?"
    r"(?:(?:foot)?note|n\.|fn\.?|source|anm(?:erkung|\.)?|fu(?:ß|ss)note|quelle|nota|fuente)"
    r" ?(?P<number>[0-9]{1,3})(?: above)?\.?",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Entry:
    """The pieces of one source. `label` is its number, or the key of a note; `why` doubts it."""

    label: str
    pieces: tuple[Piece, ...]
    why: str = ""

    @cached_property
    def text(self) -> str:
        text = ""
        for piece in self.pieces:
            # Who published a title, on a line of its own, is parted from it as it was there.
            text += (
                (" | " if is_imprint(text, piece.text) else " ") + piece.text
                if text
                else piece.text
            )
        return re.sub(r"\s*(?:↩|↑|⤴)\ufe0e?(?: ?[a-z0-9])*\s*\Z|\A\^ ", "", text)

    @property
    def raw(self) -> str:
        return "\n".join(piece.raw for piece in self.pieces)

    @property
    def links(self) -> list[tuple[str, str]]:
        return [link for piece in self.pieces for link in piece.links]


def read_sources(
    entries: Iterable[Entry],
) -> tuple[tuple[SourceDraft, ...], dict[str, str], list[Doubt]]:
    """The sources in their order, the key of each label, and what is unsure.

    The same work listed twice stays two sources; a label used twice means the first; `Ibid.` means
    the one before it.
    """
    listed = _Listed()
    for number, entry in enumerate(entries, start=1):
        listed.add(entry, number)
    sources = tuple(listed.sources.values())
    without = [source.key for source in sources if not source.citation.url]
    if sources and len(without) == len(sources):
        why = _("The text gives no web addresses; add them, so that readers can check.")
        listed.unsure.append(Doubt("sources", "", why))
    elif without:
        why = _("These have no web address; add it, so that readers can check.")
        listed.unsure.append(Doubt("sources", ", ".join(without), why))
    return sources, listed.keys, listed.unsure


@dataclass
class _Listed:
    """The sources read so far; `last` is the key that the entry before this one means."""

    sources: dict[str, SourceDraft] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    unsure: list[Doubt] = field(default_factory=list)
    titles: dict[str, str] = field(default_factory=dict)
    last: str = ""

    def add(self, entry: Entry, number: int) -> None:
        item, label = f"source {entry.label or number}", entry.label or str(number)
        if label in self.keys:
            why = _("Another source has this number too.")
            self.unsure.append(Doubt(item, entry.raw, why))
        if meant := self._meant_again(entry):
            self.last = self.keys.setdefault(label, meant)
            self.unsure.append(Doubt(item, entry.raw, _again(meant, entry)))
            return
        reading = read_reference(entry.text, entry.links)
        same = self._same_title(reading.citation)
        for why in filter(None, (entry.why, reading.why, same)):
            self.unsure.append(Doubt(item, entry.raw, why))
        self.last = _free_key(entry, reading.citation, number, taken=self.sources)
        self.keys.setdefault(label, self.last)
        self.titles.setdefault(_comparable(reading.citation.title), self.last)
        self.sources[self.last] = SourceDraft(self.last, reading.citation, entry.raw)

    def _meant_again(self, entry: Entry) -> str:
        """The key of the source that `Ibid.` or `See note 1` means; empty for any other entry."""
        if match := SEE_NOTE.fullmatch(entry.text):
            return self.keys.get(match["number"], "")
        return self.last if IBID.fullmatch(entry.text) else ""

    def _same_title(self, citation: Citation) -> str:
        """Why it may be a source that is there already; a title of one word names many works."""
        title = _comparable(citation.title)
        if " " not in title or title not in self.titles:
            return ""
        why = _("It has the title of another source, %(key)s; look whether it is the same work.")
        return why % {"key": self.titles[title]}


def _comparable(title: str) -> str:
    return title.casefold().rstrip(" .,")


def _again(key: str, entry: Entry) -> str:
    why = _("It means the source %(key)s, so both numbers cite that one.") % {"key": key}
    match = IBID.fullmatch(entry.text)
    if match and match["place"]:
        why += " " + _("Where in it, “%(place)s”, was left out.") % {"place": match["place"]}
    return why


def _free_key(
    entry: Entry, citation: Citation, number: int, *, taken: dict[str, SourceDraft]
) -> str:
    """`wong-2018`: surname and year; an organization that publishes its own work, by its name.

    The key of a note stays what it was.
    """
    label = entry.label
    if entry.pieces[0].kind == "note" and not label.isdecimal() and SOURCE_KEY.fullmatch(label):
        base = label
    else:
        author = citation.author
        if citation.publisher:
            # `Poe, A. et al.` and `Ada Poe` are both known by the surname.
            surname, comma, _rest = BEHIND_SURNAME.sub("", author).partition(", ")
            named = surname if comma else surname.split(" ")[-1]
            author = named or PAGES.sub("", f" {citation.publisher}").strip()
        year = citation.published_on.year if citation.published_on else ""
        base = latin_slug(f"{author} {year}" if author else "")[: MAX_KEY - 4]
    key = base = base or f"source-{label if label.isalnum() and label.isascii() else number}"
    count = 1
    while key in taken:
        count += 1
        key = f"{base[: MAX_KEY - 4]}-{count}"
    return key
