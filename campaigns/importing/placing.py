"""The pieces of a text, and which part of a page each is."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from campaigns.importing.citations import Entry
from campaigns.importing.draft import Part
from campaigns.importing.pieces import Piece

MAX_HEADLINE = 200
MAX_STATEMENT = 2000
# A line of a postal address, or of the others that somebody has.
POSTAL = re.compile(
    r"""(?i:(?:e-?mail|fax|tel(?:ephone)?|phone|twitter|x|website)\ ?:\ ?\S.*)
        | (?:[^.!?]{0,40},\ )?[0-9]{1,6}[\w-]{0,3}\ (?:[^\W\d_a-z]\w*\ ){1,4}
          (?:Street|St|Road|Rd|Avenue|Ave|Square|Boulevard|Lane|Drive|Place)\b[^.!?]{0,60}
        | (?:P\.?\ ?O\.?\ ?Box|Postfach|Casilla|BP)\b[^!?]{0,60}
        | [^.!?,]{2,40}(?:straße|strasse|str\.|platz|allee)\ [0-9]{1,4}\b[^.!?]{0,60}""",
    re.VERBOSE,
)


@dataclass
class Sections:
    """The pieces of a text, the part of each, and what is unsure about it."""

    pieces: list[Piece]
    parts: dict[int, Part] = field(default_factory=dict)
    whys: dict[int, str] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    # Labels: what is said under them is theirs, and `Headline:` itself is no part of the page.
    labels: dict[int, Part] = field(default_factory=dict)
    target_phrase: str = ""
    # Why `target_phrase` is a guess; empty where the text names whom it addresses.
    target_why: str = ""
    # The headline lends its words where nothing else could be what people sign.
    statement_is_guess: bool = False

    def put(self, at: int, part: Part, why: str = "") -> None:
        self.parts[at] = part
        self.whys[at] = why

    def free(self, start: int = 0, end: int | None = None) -> Iterator[int]:
        """The pieces that have no part yet."""
        last = len(self.pieces) if end is None else min(end, len(self.pieces))
        return (at for at in range(max(start, 0), last) if at not in self.parts)

    def of(self, part: Part) -> list[int]:
        return [at for at in range(len(self.pieces)) if self.parts.get(at) == part]

    def text(self, at: int) -> str:
        return self.pieces[at].text
