"""What each reader of one content gets: of a digest, the items that are news to them.

Every item was compiled once, with the whole; a copy is the whole without the others. People with
the same items share a copy, so that assembling costs nothing for each of them.
"""

from dataclasses import dataclass
from functools import cached_property

from django.utils import translation

from mailings.digesting.subjects import subject_of
from mailings.models import MailingContent
from postroom.skeleton import Skeleton

# Copies kept at once; so many different sets of items are rare.
KEEP = 1000


@dataclass(frozen=True, slots=True)
class Copy:
    """A skeleton to fill, and what its subject is where each set of items has its own."""

    skeleton: Skeleton
    subject: str


class Copies:
    """The copies of one content. For one thread."""

    def __init__(self, content: MailingContent) -> None:
        self._content = content
        self._made: dict[int | None, Copy] = {}

    @cached_property
    def whole(self) -> Copy:
        """The copy that leaves nothing out."""
        return Copy(
            Skeleton.load(self._content.skeleton, self._content.layout),
            self._subject(range(len(self._headlines))),
        )

    def of(self, items: int | None) -> Copy:
        """The copy with these items, a bit each; None stands for all there is."""
        if items is None:
            return self.whole
        if items not in self._made:
            if len(self._made) >= KEEP:
                self._made.clear()
            whole = self.whole.skeleton
            kept = [number for number in sorted(whole.sections) if items & 1 << number]
            skeleton = whole.without(whole.sections.difference(kept))
            self._made[items] = Copy(skeleton, self._subject(kept))
        return self._made[items]

    @property
    def _headlines(self) -> list[str]:
        headlines: list[str] = self._content.layout.get("headlines", [])
        return headlines

    def _subject(self, items: range | list[int]) -> str:
        with translation.override(self._content.language):
            return subject_of([self._headlines[n] for n in items if n < len(self._headlines)])
