"""Finds reference numbers, `dissent.1` or `dissent [1]`, and leaves `20 states` alone."""

import re

from campaigns.importing.draft import Doubt

DIGITS = re.compile(
    r"(?<=[.,;:?!\"'”’)\]])[0-9]{1,3}(?:,[0-9]{1,3})*(?!\S)"
    r"| ?\[[0-9]{1,3}(?:, ?[0-9]{1,3})*\]"
)


def place_markers(paragraphs: list[str], keys: dict[int, str]) -> tuple[list[str], list[Doubt]]:
    """Put `[^key]` for each reference digit, given the key of each numbered source."""
    placing = _Placing(keys)
    marked = [DIGITS.sub(placing.replace, paragraph) for paragraph in paragraphs]
    return marked, placing.unsure + placing.leftovers()


class _Placing:
    """Remembers which numbers were used, over all paragraphs."""

    def __init__(self, keys: dict[int, str]) -> None:
        self.keys = keys
        self.used: list[int] = []
        self.highest = 0
        self.unsure: list[Doubt] = []

    def replace(self, match: re.Match[str]) -> str:
        numbers = [int(number) for number in match[0].strip(" []").split(",")]
        context = match.string[max(0, match.start() - 30) : match.end() + 15]
        before = match.string[max(0, match.start() - 2) : match.start()]
        after = match.string[match.end() :].lstrip()
        # `3.5 million` looks like a reference too. Only the number whose turn it is can be one, and
        # a sentence ends before it, so the next word is not a small one.
        is_decimal = "[" not in match[0] and re.search(r"[0-9][.,]\Z", before) is not None
        if is_decimal and (numbers != [self.highest + 1] or after[:1].islower()):
            return match[0]
        if not all(number in self.keys for number in numbers):
            why = f"{match[0]} looks like the number of a source that the list lacks; left as text."
            self.unsure += [] if is_decimal else [Doubt("marker", context, why)]
            return match[0]
        if is_decimal:
            why = f"{match[0]} was read as the number of a source; it may belong to the text."
            self.unsure.append(Doubt("marker", context, why))
        self.used += numbers
        self.highest = max(self.highest, *numbers)
        return "".join(f"[^{self.keys[number]}]" for number in numbers)

    def leftovers(self) -> list[Doubt]:
        """Sources that the text never cites, and an order that will number them anew."""
        first_uses = list(dict.fromkeys(self.used))
        doubts = [
            Doubt("marker", self.keys[number], f"the text does not cite source {number}.")
            for number in self.keys
            if number not in first_uses
        ]
        if first_uses != sorted(first_uses):
            why = "the text cites sources out of order; they are numbered anew by first use."
            doubts.append(Doubt("marker", ", ".join(map(str, first_uses)), why))
        return doubts
