"""Sources from the list under a letter, each with a key that people can read."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.text import slugify
from django.utils.translation import gettext as _

from campaigns.citations import Citation
from campaigns.importing.draft import Doubt, SourceDraft
from campaigns.importing.pieces import Piece
from campaigns.importing.references import read_reference
from campaigns.text.vocabulary import SOURCE_KEY

MAX_KEY = 60


@dataclass(frozen=True)
class Entry:
    """The pieces of one source. `label` is its number, or the key of a note; `why` doubts it."""

    label: str
    pieces: tuple[Piece, ...]
    why: str = ""

    @property
    def text(self) -> str:
        text = " ".join(piece.text for piece in self.pieces)
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

    The same work listed twice stays two sources; a label used twice means the first.
    """
    sources: dict[str, SourceDraft] = {}
    keys: dict[str, str] = {}
    unsure = []
    for number, entry in enumerate(entries, start=1):
        reading = read_reference(entry.text, entry.links)
        item = f"source {entry.label or number}"
        for why in filter(None, (entry.why, reading.why)):
            unsure.append(Doubt(item, entry.raw, why))
        if entry.label in keys:
            unsure.append(Doubt(item, entry.raw, _("Another source has this number too.")))
        key = _free_key(entry.label, reading.citation, number, taken=sources)
        keys.setdefault(entry.label or str(number), key)
        sources[key] = SourceDraft(key, reading.citation, entry.raw)
    without = [source.key for source in sources.values() if not source.citation.url]
    if sources and len(without) == len(sources):
        why = _("The text gives no web addresses; add them, so that readers can check.")
        unsure.append(Doubt("sources", "", why))
    elif without:
        why = _("These have no web address; add it, so that readers can check.")
        unsure.append(Doubt("sources", ", ".join(without), why))
    return tuple(sources.values()), keys, unsure


def _free_key(label: str, citation: Citation, number: int, *, taken: dict[str, SourceDraft]) -> str:
    """`wong-2018`: surname and year; an organization that publishes its own work, by its name.

    The key of a note stays what it was.
    """
    if label and not label.isdecimal() and SOURCE_KEY.fullmatch(label):
        base = label
    else:
        author = citation.author
        if citation.publisher:
            # `Poe, A. et al.` and `Ada Poe` are both known by the surname.
            surname, comma, _rest = re.sub(r" et al\.?\Z", "", author).partition(", ")
            author = (surname if comma else surname.split(" ")[-1]) or citation.publisher
        year = citation.published_on.year if citation.published_on else ""
        base = slugify(f"{author} {year}" if author else "")[: MAX_KEY - 4]
    key = base = base or f"source-{label or number}"
    count = 1
    while key in taken:
        count += 1
        key = f"{base[: MAX_KEY - 4]}-{count}"
    return key
