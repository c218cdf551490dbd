"""Numbers the sources of a body by their first use. Numbers are never stored."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from string import ascii_lowercase
from typing import Protocol

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from campaigns.citations import Run, Work, citation_runs, format_citation
from campaigns.text.vocabulary import (
    Ask,
    Block,
    Button,
    Document,
    Listing,
    Marker,
    Paragraph,
    Quote,
    allowed_link,
)


class Cited(Work, Protocol):
    """A work that a text can cite by key; `campaigns.models.Source` is one."""

    @property
    def key(self) -> str: ...
    @property
    def url(self) -> str: ...
    @property
    def archive_url(self) -> str: ...
    @property
    def accessed_on(self) -> date | None: ...
    @property
    def is_rotten(self) -> bool: ...


@dataclass(frozen=True)
class BackLink:
    """Where the text uses a source. `letter` is empty for a source that is used once."""

    anchor: str
    letter: str = ""


@dataclass(frozen=True)
class Note:
    """A numbered source under a text, with the uses it leads back to."""

    number: int
    anchor: str
    source: Cited
    backlinks: tuple[BackLink, ...]

    @property
    def url(self) -> str:
        return allowed_link(self.source.url)

    @property
    def archive_url(self) -> str:
        return allowed_link(self.source.archive_url)

    @property
    def is_archived_first(self) -> bool:
        """Whether the copy stands before the citation: its original is gone."""
        return bool(self.archive_url) and self.source.is_rotten

    @property
    def runs(self) -> list[Run]:
        """The citation in stretches; their texts, joined, are the citation."""
        return citation_runs(self.source)

    @property
    def citation(self) -> str:
        """The citation as plain text."""
        return format_citation(self.source)

    @property
    def html(self) -> SafeString:
        """The citation with its title linked and its publisher marked, every character kept."""
        return self._html(SafeString())

    @property
    def robust_html(self) -> SafeString:
        """`html` whose link also names copy and day as data, after robustlinks.mementoweb.org."""
        if not self.archive_url:
            return self.html
        read_on = self.source.accessed_on
        data = [("originalurl", self.url), ("versionurl", self.archive_url)]
        data += [("versiondate", f"{read_on:%Y-%m-%d}")] if read_on else []
        return self._html(format_html_join("", ' data-{}="{}"', data))

    def _html(self, link_data: SafeString) -> SafeString:
        return format_html_join("", "{}", ((self._run_html(run, link_data),) for run in self.runs))

    def _run_html(self, run: Run, link_data: SafeString) -> str:
        if run.kind == "title" and self.url:
            return format_html(
                '<a href="{}" rel="noopener"{}>{}</a>', self.url, link_data, run.text
            )
        if run.kind == "publisher":
            return format_html("<cite>{}</cite>", run.text)
        return run.text


@dataclass(frozen=True)
class Footnotes:
    """The notes of a text in order, keys that no source has, and keys of sources never used."""

    notes: tuple[Note, ...]
    unknown_keys: tuple[str, ...]
    unused_keys: tuple[str, ...]


def number_footnotes(
    document: Document, sources: Iterable[Cited], *, prefix: str = ""
) -> Footnotes:
    """Number the sources of `document` by first use.

    `prefix` stands before every anchor, so that two texts can share a page: `n1`, `update-7-n1`.
    """
    by_key = {source.key: source for source in sources}
    uses: dict[str, int] = {}
    for marker in markers(document):
        uses[marker.key] = uses.get(marker.key, 0) + 1
    known = [key for key in uses if key in by_key]
    return Footnotes(
        notes=tuple(
            Note(
                number=number,
                anchor=f"{prefix}n{number}",
                source=by_key[key],
                backlinks=_backlinks(f"{prefix}r{number}", uses[key]),
            )
            for number, key in enumerate(known, start=1)
        ),
        unknown_keys=tuple(key for key in uses if key not in by_key),
        unused_keys=tuple(key for key in by_key if key not in uses),
    )


def markers(blocks: Iterable[Block]) -> Iterator[Marker]:
    """Every marker of a text, in reading order."""
    for block in blocks:
        match block:
            case Paragraph(inlines):
                yield from (leaf for leaf in inlines if isinstance(leaf, Marker))
            case Listing(items):
                for item in items:
                    yield from markers(item)
            case Quote(inner):
                yield from markers(inner)
            case Ask() | Button():
                pass


def _backlinks(anchor: str, uses: int) -> tuple[BackLink, ...]:
    """`r1` alone for one use; `r1`, `r1b`, `r1c` lettered a, b, c for three."""
    if uses == 1:
        return (BackLink(anchor),)
    return tuple(
        BackLink(anchor + (letter if letter != "a" else ""), letter)
        for letter in map(_letter, range(uses))
    )


def _letter(index: int) -> str:
    """a … z, aa, ab … for 0, 1, 2 …"""
    letters = ""
    index += 1
    while index:
        index, remainder = divmod(index - 1, 26)
        letters = ascii_lowercase[remainder] + letters
    return letters
