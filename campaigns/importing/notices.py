"""Reads how people agree to mail: by signing, by ticking a box, by saying yes or no.

Where the text leaves it open, the stricter way is assumed and said: a box that was lost in copying
must not become consent by signing.
"""

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from campaigns.importing import phrases
from campaigns.importing.pieces import Piece, joined
from campaigns.models.versions import ConsentNoticeKind as Kind

YES, NO = r"(?:yes|ja|s[íi]|oui|sim|tak)", r"(?:no|nein|non|nee|nie|não)"
# `☐`, `[ ]`, `( )`, and what a list makes of it; a mark inside says that it was ticked for people.
BOX = re.compile(
    r"\s*(?:[-*+•] )?(?:(?P<empty>[☐□◻▢❏❑]|\[ ?\])|(?P<ticked>[☑☒✓✔✅]|\[[xX✓✔]\]))\s*"
)
RADIO = r"[○◯●◉☐□\[\]() /|·,;–-]{0,8}"
ANSWERS = re.compile(
    rf"(?:\A|(?<=[\s:?.!])){RADIO}{YES}(?:,? (?:please|bitte|por favor))?{RADIO}"
    rf"(?:or |oder |o |ou )?{RADIO}{NO}(?:,? (?:thanks?|thank you|danke|gracias|merci))?"
    r"[ \])☐□.]*\Z",
    re.IGNORECASE,
)
ANSWER = re.compile(
    rf"[^\w¿]{{0,8}}(?:(?P<yes>{YES})|(?P<no>{NO}))\b(?: please| bitte)?"
    rf"(?P<more>[,.!:–-] .{{1,160}})?\W{{0,4}}",
    re.IGNORECASE,
)
TICKS = re.compile(
    r"\b(?:un)?(?:tick|check)(?:ing)? (?:here|the|this|if|to)\b"
    r"|\b(?:checkbox|ankreuzen|casilla|cochez|cocher)\b",
    re.IGNORECASE,
)
BY_SIGNING = re.compile(
    r"\b(?:by|when|if you|once you) (?:sign|submit|add|tak|enter|click|provid)\w*"
    r"|\bmit (?:meiner|ihrer|deiner) unterschrift\b|\b(?:al firmar|en signant)\b",
    re.IGNORECASE,
)
OWN_WORDS = re.compile(
    r"\b(?:i|me|my|ich|mich|mir|je|moi|quiero|deseo|acepto)\b|\A\W*(?:yes|ja|s[íi]|oui)\b,",
    re.IGNORECASE,
)
# Said of what will happen to whoever signs.
ANNOUNCES = re.compile(
    r"\byou(?:'|’)ll\b|\byou (?:will|agree|consent|accept|may|might)\b"
    r"|\bwe(?:'|’)?(?:ll| will| may| might)? (?:also )?(?:e-?mail|contact|text|send|keep|update)\b"
    r"|\b(?:recibir[áa]s|aceptas|vous recevrez)\b"
    r"|\bwir (?:\w+ ){0,3}(?:informier|halt|schick|send)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Notice:
    """The opt-in text, how people agree (a `ConsentNotice.Kind`), and why that is no certainty."""

    text: str
    kind: str
    why: str = ""


def is_notice(text: str) -> bool:
    """Whether a paragraph speaks of mail to whoever signs, or is a box to tick for it."""
    boxed = BOX.match(text) and (phrases.LOOSE_NOTICE.search(text) or OWN_WORDS.search(text))
    asks = "?" in text[:1000] and ANSWERS.search(text[:1000])
    return bool(boxed or asks or phrases.NOTICE.search(text[:1000]))


def is_answer(text: str) -> bool:
    """Whether a line is `Yes`, `No, thanks` or both, as they stand under a question."""
    return len(text) <= 200 and bool(ANSWER.fullmatch(text) or ANSWERS.fullmatch(text))


def read_notice(pieces: list[Piece]) -> Notice:
    """The notice in `pieces`, without the box and the bare answers that the page draws itself."""
    raw = "\n".join(piece.raw for piece in pieces)
    boxes = [match for piece in pieces if (match := BOX.match(piece.raw))]
    answers = [match for piece in pieces if (match := ANSWER.fullmatch(piece.text))]
    both = any(match["yes"] for match in answers) and any(match["no"] for match in answers)
    texts = [_bare(piece.text) for piece in pieces]
    text = "\n\n".join(filter(None, texts)) or joined(pieces)
    if both or any(ANSWERS.search(piece.text) for piece in pieces):
        return Notice(text, Kind.YES_NO)
    if any(match["ticked"] for match in boxes):
        why = _("Its box was ticked already. Ours is not: only what people tick themselves counts.")
        return Notice(text, Kind.UNTICKED_BOX, why)
    if boxes:
        return Notice(text, Kind.UNTICKED_BOX)
    return Notice(text, *_by_its_words(raw))


def _bare(text: str) -> str:
    """`text` without a box before it and `Yes / No` behind it; empty when that is all of it."""
    answer = ANSWER.fullmatch(text)
    if answer and not answer["more"]:
        return ""
    return ANSWERS.sub("", BOX.sub("", text, count=1) if BOX.match(text) else text).strip()


def _by_its_words(text: str) -> tuple[Kind, str]:
    if TICKS.search(text):
        return Kind.UNTICKED_BOX, ""
    if BY_SIGNING.search(text):
        return Kind.IMPLICIT, ""
    if "?" in text:
        return Kind.YES_NO, _("It asks, so yes and no were assumed as its answers; neither is set.")
    if OWN_WORDS.search(text):
        why = _("It speaks for the signer, so a box was assumed, unticked; the text shows none.")
        return Kind.UNTICKED_BOX, why
    if ANNOUNCES.search(text):
        return Kind.IMPLICIT, ""
    why = _("The text does not say how people agree, so a box was assumed, unticked.")
    return Kind.UNTICKED_BOX, why
