"""Finds a letter to a decision-maker: its greeting, how it ends, and whom it names."""

import re

from django.utils.translation import gettext as _

from campaigns.importing import phrases
from campaigns.importing.draft import Part
from campaigns.importing.placing import MAX_STATEMENT, POSTAL, Sections

# Whom `Your Excellency` is said to stands above it.
NAMELESS = re.compile(
    r"(?:your |eure |his |her )?(?:excellenc|exzellenz|majesty|honou?r\b|highness)|excelencia"
    r"|to whom|sirs?\b|madam|(?:damen|herren)\b",
    re.IGNORECASE,
)
GREETS = re.compile(
    r"(?:(?:dear|sehr geehrte[rs]?|liebe[rs]?|estimad[oa]s?)\s+)?"
    r"(?:(?:herrn?|frau|se[ñn]ora?)\s+(?=\w+ \w))?",
    re.IGNORECASE,
)


def letter_to_target(found: Sections) -> list[tuple[int, str]]:
    """A letter to a decision-maker within the text, whom it names then as a target."""
    why = _("A letter to a decision-maker, taken for what people sign.")
    for at in found.free():
        if letter := letter_below(found, at):
            return [(index, why) for index in letter]
    return []


def letter_below(found: Sections, at: int) -> list[int]:
    """The letter that the greeting at `at` begins; empty where nobody in an office is greeted.

    It ends with its sign-off. Without one, what stands right under the greeting is the letter, if
    it demands something.
    """
    if not _greets_office(found.text(at)):
        return []
    ends = [end for end in found.free(at + 1) if phrases.SIGN_OFF.fullmatch(found.text(end))]
    letter = list(found.free(at, ends[0])) if ends else [at, *_demands_below(found, at)]
    size = sum(len(found.text(index)) + 2 for index in letter)
    if size > MAX_STATEMENT or len(letter) < 2:
        return []
    _take_greeted(found, at)
    if ends:
        found.put(ends[0], Part.LEFT_OUT, _("How the letter ends; a name follows there."))
    return letter


def _greets_office(text: str) -> bool:
    return bool(phrases.GREETING.fullmatch(text[:200]) and phrases.FORMAL.search(text[:200]))


def _demands_below(found: Sections, at: int) -> list[int]:
    """The paragraphs right under a greeting, up to a heading; empty where none demands anything."""
    below: list[int] = []
    for index in range(at + 1, min(at + 6, len(found.pieces))):
        piece = found.pieces[index]
        is_heading = (
            piece.kind in ("h2", "h3") or len(piece.text) < 60 and piece.text[-1:] not in ".!:;"
        )
        if index in found.parts or is_heading or phrases.NOTICE.search(piece.text):
            break
        below.append(index)
    texts = [found.text(index) for index in below]
    demands = any(phrases.PLEA.search(text) or phrases.ORDERS.match(text) for text in texts)
    return below if demands else []


def find_greeting(found: Sections) -> None:
    """`Sehr geehrter Herr Minister,` without a letter to sign under it: it names whom to ask."""
    for at in list(found.free()):
        text = found.text(at)
        if len(text) <= 120 and text.endswith((",", ":", "!")) and _greets_office(text):
            found.put(at, Part.LEFT_OUT, _("A greeting; whom it greets was read as a target."))
            _take_greeted(found, at)


def _take_greeted(found: Sections, at: int) -> None:
    if not found.target_phrase and not found.of(Part.TARGETS):
        greeting = GREETS.sub("", found.text(at)).rstrip(",:!– ")
        found.target_phrase = _addressee_above(found, at) if NAMELESS.match(greeting) else greeting
        found.target_why = _("Read from the greeting; look whether it is right.")


def _addressee_above(found: Sections, at: int) -> str:
    """The first line of the address above `Your Excellency,`; empty where there is none."""
    first = at
    while first and at - first < 8 and _is_address_line(found, first - 1):
        first -= 1
    while first < at and found.parts.get(first) == Part.LEFT_OUT:
        first += 1
    if first == at:
        return ""
    for line in found.free(first, at):
        found.put(line, Part.TARGETS if line == first else Part.LEFT_OUT, _("Above the greeting."))
    return found.text(first)


def _is_address_line(found: Sections, at: int) -> bool:
    """A short line without a sentence in it, that is free or the rest of an address."""
    text = found.text(at)
    is_free = at not in found.parts or POSTAL.fullmatch(text)
    is_short = len(text) <= 80 and not text.endswith((".", "!", "?", ":"))
    return bool(is_free) and is_short and found.pieces[at].kind == "p"
