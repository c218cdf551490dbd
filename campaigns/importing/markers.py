"""Finds reference numbers, `dissent.1`, `a day. 2`, `[1]`, `¹`, and leaves `20 states` alone."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext as _

from campaigns.importing.draft import Doubt
from campaigns.importing.pieces import RAISED
from campaigns.text.vocabulary import Inline, Marker, Words

# Nobody cites more at once, and a row without end must not be read anew from each of its numbers.
NUMBERS = r"[0-9]{1,3}(?:(?:,|[–-])[0-9]{1,3}){0,30}"
RAISED_NUMBER = r"[¹²³⁰⁴-⁹]{1,3}(?![¹²³⁰⁴-⁹])"
REFERENCE = re.compile(
    rf"""
    (?P<glued>(?<=[.,;:?!"'”’)\]…*])(?!(?<=[0-9]['’])[0-9]{{3}}(?![0-9])){NUMBERS}(?![^\s\])”’"–—,;:.!?])(?![.,:][0-9]))
  | (?P<spaced>(?<=[.?!”"’])\ {NUMBERS}(?=\s|\Z))
  | (?P<square>\ ?\[[0-9]{{1,3}}(?:(?:,|[–-]|;)\ ?[0-9]{{1,3}})*\])
  | (?P<round>\ ?\([0-9]{{1,3}}(?:(?:,|[–-])\ ?[0-9]{{1,3}})*\))
  | (?P<caret>(?<=[^\s0-9])\ ?\^[0-9]{{1,3}}(?:,[0-9]{{1,3}})*\^?(?![0-9]))
  | (?P<raised>\ ?(?<![¹²³⁰⁴-⁹]){RAISED_NUMBER}(?:[\ ,;˒˙–-]{{1,2}}{RAISED_NUMBER})*)
  | (?P<stuck>(?<=[a-zäöüßáéíóúñ]{{3}})[0-9]{{1,2}}(?=[\s.,;:?!)”"’]|\Z))
    """,
    re.VERBOSE,
)
# `(1) to stop it, (2) to say so`
ENUMERATES = re.compile(
    r"(?:[,;:]|\b(?:and|or|to|und|oder|zu|y|o|et|ou|à)) ?\([0-9]{1,2}\)\s+[a-zäöüßáéíóúñ]"
)
# `it.2, 3`: what may stand behind a glued number, up to where another sentence begins.
FURTHER = re.compile(r"(?:,\ ?[0-9]{1,3}){1,30}(?=\s+[A-ZÄÖÜÁÉÍÓÚÑ“\"„«¿¡]|\s*\Z)")
# `[^key, p. 3]`, as some write where in a source something stands.
NOTE_WITH_PLACE = re.compile(r"\[\^(?P<key>[\w-]{1,60})[,:;]? (?P<place>[^\[\]\n]{1,60})\]")
# What ends in a point and goes on with a number, and what a raised number belongs to.
ABBREVIATION = re.compile(
    r"""(?:\b(?:No|Nos|Nr|Art|Arts|Abs|Sec|Sect|Ch|Chap|Fig|Figs|Vol|Bd|pp?|S|St|Rep|Sen|Res|Prop|Par|Ziff|Núm|núm
        |approx|ca|vs|etc|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Okt|Nov|Dec|Dez|am|pm)|\b[A-Za-z])\.\Z""",
    re.VERBOSE,
)
UNIT = re.compile(r"(?:\b[kcmd]?m|\bkm|\bft|\bmi|\bsq|CO|\bx|\b[A-Z])\Z")
BEHIND_A_NUMBER = re.compile(r"(?<![0-9.,])(?:1[5-9]|20)[0-9]{2}[.]\Z")
# `… of COVID-19.`, `… since May 14.`: no `$19.`, no `Section 14.`, no `1,419.`
NUMBER_AT_END = re.compile(
    r"(?:[A-Za-z]{2,}-[0-9]{1,3}|(?<![$€£¥§#.,0-9-])(?<!\bSection )(?<!\bArticle )(?<!\bChapter )"
    r"(?<!\bversion )(?<!\bVersion )(?<!\bArtikel )(?<!\bKapitel )[0-9]{2,3})[.]\Z"
)
NEW_SENTENCE = re.compile(r"\s+[A-ZÄÖÜÁÉÍÓÚÑ“\"„«¿¡]")
QUANTITY = re.compile(
    r"\s*(?:million|billion|trillion|percent|per cent|%|[a-z]|Mio|Mrd|Million\w*"
    r"|Milliard\w*|Prozent|Uhr|Euro|mill)"
)


def place_markers(
    paragraphs: Iterable[tuple[Inline, ...]], keys: dict[str, str]
) -> tuple[list[tuple[Inline, ...]], list[Doubt]]:
    """The paragraphs with a marker for each reference, given the key of each source's label.

    A label is the number that stands before a source, or the key of a note.
    """
    placing = _Placing(keys)
    marked = [placing.place(inlines) for inlines in paragraphs]
    return marked, placing.unsure + placing.leftovers()


@dataclass
class _Placing:
    """Remembers which sources were used, over all paragraphs."""

    keys: dict[str, str]
    used: list[str] = field(default_factory=list)
    highest: int = 0
    unsure: list[Doubt] = field(default_factory=list)

    def place(self, inlines: tuple[Inline, ...]) -> tuple[Inline, ...]:
        placed: list[Inline] = []
        before = ""
        for leaf in inlines:
            if isinstance(leaf, Marker):
                placed.append(self._known(leaf))
            elif isinstance(leaf, Words):
                for part in self._noted(leaf):
                    placed += [part] if isinstance(part, Marker) else self._split(part, before)
                before = (before + leaf.text)[-40:]
            else:
                placed.append(leaf)
        return tuple(placed)

    def _noted(self, words: Words) -> list[Words | Marker]:
        """`words` parted at `[^key, p. 3]`: the page is kept as text behind the marker."""
        parts: list[Words | Marker] = []
        start = 0
        for match in NOTE_WITH_PLACE.finditer(words.text):
            key = self.keys.get(match["key"])
            if key is None:
                self._doubt(
                    match[0], _("The text cites a source that the list lacks; left as text.")
                )
                continue
            self.used.append(match["key"])
            self._doubt(match[0], _("Where in the source it stands was kept as text behind it."))
            parts += [replace(words, text=words.text[start : match.start()]), Marker(key)]
            start = match.end()
            parts.append(replace(words, text=f" ({match['place']})"))
        return [*parts, replace(words, text=words.text[start:])]

    def _known(self, marker: Marker) -> Inline:
        key = self.keys.get(marker.key)
        if key is None:
            why = _("The text cites a source that the list lacks; left as text.")
            self._doubt(f"[^{marker.key}]", why)
            return Words(f"[^{marker.key}]")
        self.used.append(marker.key)
        return Marker(key)

    def _split(self, words: Words, before: str) -> list[Inline]:
        """The text of `words`, `before` which stands other text, parted by its references."""
        if words.href and "://" in words.text:
            return [words]
        text, start = before + words.text, len(before)
        parts: list[Inline] = []
        for match in REFERENCE.finditer(text, start):
            # A link around a number is a way to its note.
            if labels := self._labels(match):
                parts.append(replace(words, text=text[start : match.start()]))
                more, start = self._further(match, labels)
                labels += more
                # Two numbers may mean one source, where one of them is an `Ibid.`
                known = dict.fromkeys(self.keys[label] for label in labels if label in self.keys)
                parts += map(Marker, known)
                unknown = [label for label in labels if label not in self.keys]
                parts += [replace(words, text=f"[{', '.join(unknown)}]")] if unknown else []
        parts.append(replace(words, text=text[start:]))
        return [part for part in parts if not (isinstance(part, Words) and not part.text)]

    def _labels(self, match: re.Match[str]) -> list[str]:
        """The labels that a match refers to; none when it is no reference, or none that we know."""
        kind = str(match.lastgroup)
        labels = _numbers(match[0].translate(RAISED))
        verdict = JUDGES[kind](self, match, labels)
        if verdict is None:
            return []
        unknown = [label for label in labels if label not in self.keys]
        if unknown and (row := self._in_a_row(labels)):
            labels, unknown = row, []
            verdict = verdict or _("Two numbers in a row were read one by one.")
        if unknown:
            if kind != "stuck" and verdict == "":
                why = _("%(number)s looks like the number of a source that the list lacks.")
                self._doubt(_context(match), why % {"number": ", ".join(unknown)})
            if len(unknown) == len(labels):
                return []
        if verdict:
            self._doubt(_context(match), verdict)
        known = [label for label in labels if label in self.keys]
        self.used += known
        self.highest = max(self.highest, *map(int, known))
        return labels

    def _further(self, match: re.Match[str], labels: list[str]) -> tuple[list[str], int]:
        """What `match` goes on with, `, 3` behind `it.2` at the end of a sentence; where it ends.

        Only sources that are listed, each after the one before it: else it is `it.2, 3 of them`.
        """
        found = FURTHER.match(match.string, match.end()) if match.lastgroup == "glued" else None
        more = re.findall("[0-9]+", found[0]) if found else []
        numbers = [int(label) for label in (*labels[-1:], *more)]
        if not found or numbers != sorted(set(numbers)) or not set(more) <= set(self.keys):
            return [], match.end()
        self.used += more
        self.highest = max(self.highest, *numbers)
        return more, found.end()

    def _in_a_row(self, labels: list[str]) -> list[str]:
        """`12` is 1 and 2 where those come next and nothing is called 12."""
        digits = list("".join(labels)) if len(labels) == 1 else []
        following = [str(self.highest + step) for step in range(1, len(digits) + 1)]
        known = all(label in self.keys for label in digits)
        return digits if len(digits) > 1 and digits == following and known else []

    def _is_due(self, labels: list[str]) -> bool:
        """Whether these numbers come next, as they do when a text is read from its beginning."""
        return labels[:1] == [str(self.highest + 1)]

    def _glued(self, match: re.Match[str], labels: list[str]) -> str | None:
        before, after = _around(match)
        if re.search(r"[0-9][.,:]\Z", before):
            # `3.5 million` looks like a reference too. Only the number whose turn it is can be one,
            # behind a year, a name such as `COVID-19` or a sentence that ends with a number of two
            # digits; a small word or a unit behind it shows a quantity.
            ends = NUMBER_AT_END.search(before) and (NEW_SENTENCE.match(after) or not after)
            may_be = BEHIND_A_NUMBER.search(before) or ends
            if not (self._is_due(labels) and may_be) or QUANTITY.match(after):
                return None
            return _("Read as the number of a source; it may belong to the text.")
        if not ABBREVIATION.search(before):
            return ""
        if re.search(r"\b[A-Z]\.\Z", before) and self._is_due(labels):
            return _("A number behind an abbreviation, read as the number of a source.")
        return None

    def _spaced(self, match: re.Match[str], labels: list[str]) -> str | None:
        before, after = _around(match)
        known = all(label in self.keys for label in labels)
        may_be = known and (self._is_due(labels) or set(labels) <= set(self.used))
        if (
            not may_be
            or ABBREVIATION.search(before)
            or re.match(r"\s+[^\sA-ZÄÖÜÁÉÍÓÚÑ¿¡“\"„«]", after)
        ):
            return None
        return _("A number after a space, read as the number of a source.")

    def _square(self, match: re.Match[str], labels: list[str]) -> str | None:
        return ""

    def _caret(self, match: re.Match[str], labels: list[str]) -> str | None:
        return ""

    def _round(self, match: re.Match[str], labels: list[str]) -> str | None:
        before, after = _around(match)
        if not before.strip():
            return None
        # `(1) first, (2) second` counts; a reference stands where a clause ends, or in one that
        # goes on where nothing in the paragraph counts so.
        goes_on = re.match(r"\s+[a-zäöüßáéíóúñ]", after)
        if goes_on and (ENUMERATES.search(match.string) or not self._is_due(labels)):
            return None
        return "" if all(label in self.keys for label in labels) else None

    def _raised(self, match: re.Match[str], labels: list[str]) -> str | None:
        before, _after = _around(match)
        return None if UNIT.search(before) and not self._is_due(labels) else ""

    def _stuck(self, match: re.Match[str], labels: list[str]) -> str | None:
        known = all(label in self.keys for label in labels) or self._in_a_row(labels)
        if not known or not (self._is_due(labels) or self._in_a_row(labels)):
            return None
        return _("A number glued to a word, read as the number of a source.")

    def _doubt(self, text: str, why: str) -> None:
        self.unsure.append(Doubt("marker", text, why))

    def leftovers(self) -> list[Doubt]:
        """Sources that the text never cites, and an order that will number them anew."""
        first_uses = list(dict.fromkeys(self.used))
        doubts = [
            Doubt("marker", key, _("The text does not cite source %(label)s.") % {"label": label})
            for label, key in self.keys.items()
            if label not in first_uses
        ]
        numbers = [int(label) for label in first_uses if label.isdecimal()]
        if numbers != sorted(numbers):
            why = _("The text cites sources out of order; they are numbered anew by first use.")
            doubts.append(Doubt("marker", ", ".join(first_uses), why))
        elif numbers and numbers != list(range(1, len(numbers) + 1)):
            why = _("Numbers are missing in the text; sources are numbered anew by first use.")
            doubts.append(Doubt("marker", ", ".join(first_uses), why))
        return doubts


# How each way to write a reference is judged: None for text, empty for sure, else what is unsure.
JUDGES: dict[str, Callable[[_Placing, re.Match[str], list[str]], str | None]] = {
    "glued": _Placing._glued,
    "spaced": _Placing._spaced,
    "square": _Placing._square,
    "caret": _Placing._caret,
    "round": _Placing._round,
    "raised": _Placing._raised,
    "stuck": _Placing._stuck,
}


def _numbers(text: str) -> list[str]:
    """`1, 2` and `2-4` as single numbers; a range counts up, and not far."""
    numbers: list[str] = []
    for part in re.split(r"[ ,;˒˙]+", text.strip(" []()^")):
        first, _dash, last = part.replace("–", "-").partition("-")
        if last and 0 < int(last) - int(first) < 30:
            numbers += map(str, range(int(first), int(last) + 1))
        else:
            numbers += [str(int(number)) for number in (first, last) if number]
    return list(dict.fromkeys(numbers))


def _around(match: re.Match[str]) -> tuple[str, str]:
    text = match.string
    return text[max(0, match.start() - 30) : match.start()], text[match.end() : match.end() + 20]


def _context(match: re.Match[str]) -> str:
    before, after = _around(match)
    return f"{before}{match[0]}{after}".strip()
