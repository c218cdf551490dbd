"""Labels: `Headline: …`, `To: …`, `Why is this important?`."""

import re
from collections import Counter
from dataclasses import replace

from django.utils.translation import gettext as _

from campaigns.importing import phrases
from campaigns.importing.draft import Part
from campaigns.importing.phrases import MAX_LABEL
from campaigns.importing.placing import MAX_HEADLINE, MAX_STATEMENT, Sections

# As much as a label can name on its own line.
MOST = {
    Part.HEADLINE: MAX_HEADLINE,
    Part.BRAND: 120,
    Part.TARGETS: MAX_LABEL,
    Part.CALL_TO_ACTION: 60,
    Part.LEAD_LINE: MAX_LABEL,
    Part.CLOSING: MAX_LABEL,
    Part.ASK: 600,
    Part.NOTICE: 1000,
}
LABEL = re.compile(r"(?P<label>[^:：]{1,45}?) ?[:：](?: (?P<rest>\S.*))?", re.DOTALL)
TITLED = re.compile(r"(?i)(?:(?:the )?petition|appell|aufruf) ?: .*[^.]\Z|(?:the )?petition ?:")
# A mail has no more lines than these above its text.
MOST_HEADS = 12
SUBJECT = re.compile(
    r"(?:e-?mail )?(?:subject|betreff|asunto|objet|oggetto|temat)\b", re.IGNORECASE
)
# `Dear Katy,` above the text of a mail: whom its subject may call by name.
GREETED = re.compile(
    r"(?:(?:dear|hi|hello|hey|liebe[rs]?|hallo|hola|querid[oa]|ch[eè]re?|ciao) )?"
    r"(?P<name>[^\W\d_][\w’'-]{0,30}) ?[,!–-]",
    re.IGNORECASE,
)
REPLY = re.compile(r"\A(?:(?:re|fwd?|aw|wg|rv|tr) ?: )+", re.IGNORECASE)


def label_of(text: str) -> tuple[Part | None, str]:
    """The part that a label names, and what stands behind it on the same line."""
    match = LABEL.fullmatch(text)
    name = (match["label"] if match else text).strip().strip("*_ ")
    rest = (match["rest"] or "") if match else ""
    if len(name) > 45:
        return None, ""
    for part, names in phrases.LABELS.items():
        if names.fullmatch(name):
            return part, rest
    return None, ""


def find_labels(found: Sections) -> None:
    """`Headline: …`, `To: …`, `Why is this important?`: what stands under a label is its part."""
    under: Part | None = None
    for at in range(len(found.pieces)):
        piece = found.pieces[at]
        if at in found.parts:
            under = None if under == Part.STATEMENT and found.of(Part.STATEMENT) else under
            continue
        part, rest = label_of(piece.text)
        is_bare = part is not None and not rest
        # Without a colon, and not a heading, a word like `to` or `petition` is no label.
        if is_bare and not _stands_as_label(found, at):
            part = None
        if part is None or part == Part.SOURCE:
            under = under if part is None and _put_under(found, at, under) else None
            continue
        under = None
        if rest:
            _put_labelled(found, at, part, rest)
        else:
            under = part
            found.labels[at] = part
            keeps = part == Part.LETTER and not phrases.SORTS_ONLY.fullmatch(piece.text.strip(" :"))
            if keeps:
                found.put(at, Part.LETTER)
                found.pieces[at] = replace(found.pieces[at], kind="h2")
            else:
                found.put(at, Part.LEFT_OUT, _("A label; what stands under it was read so."))


def _stands_as_label(found: Sections, at: int) -> bool:
    piece = found.pieces[at]
    if at + 1 >= len(found.pieces):
        return False
    if piece.text.endswith((":", "?")) or piece.kind in ("h2", "h3"):
        return True
    named = label_of(piece.text)[0]
    if named == Part.TARGETS and (len(piece.text) > 8 or piece.text.endswith((" to", " an"))):
        return piece.text[:1].isupper() or len(piece.text.split()) > 2
    return (
        len(piece.text) > 3
        and named in (Part.LETTER, Part.SOURCE)
        or (len(piece.text.split()) > 1 and piece.text[:1].isupper())
    )


def _put_labelled(found: Sections, at: int, part: Part, rest: str) -> None:
    """`Headline: …` on one line: the piece goes on without its label."""
    piece = found.pieces[at]
    if len(rest) > MOST.get(part, MAX_STATEMENT) or part in (Part.LETTER, Part.SOURCE):
        return
    if part == Part.STATEMENT and len(rest) < 120 and TITLED.match(piece.text):
        return  # `Petition: Save the river` is a headline
    if part == Part.HEADLINE:
        rest = REPLY.sub("", rest)
        if at < MOST_HEADS and SUBJECT.match(piece.text) and _has_headline(found, rest):
            why = _("The subject of the mail; the text has a headline of its own.")
            found.put(at, Part.LEFT_OUT, why)
            return
    why = ""
    if part == Part.HEADLINE and (name := reader_called(found, rest)):
        rest = rest[len(name) :].lstrip(" ,:–-")
        why = _("The name of the one who got the mail was taken out of its subject.")
    found.pieces[at] = piece.without(len(piece.text) - len(rest))
    found.put(at, part, why)
    found.labels[at] = part
    if part == Part.TARGETS:
        found.target_phrase = found.target_phrase or rest.rstrip(",:")


def _has_headline(found: Sections, subject: str) -> bool:
    """Whether another line than `subject` stands twice, as headlines do, or tells somebody."""
    if any(_tells(found.text(at)) for at in found.free(0, len(found.pieces) // 2)):
        return not _tells(subject)
    texts = Counter(found.text(at) for at in found.free() if len(found.text(at)) <= MAX_HEADLINE)
    repeated = next((text for text, times in texts.items() if times > 1 and " " in text), subject)
    first = next((at for at in found.free() if found.text(at) == repeated), 0)
    return repeated.casefold() not in subject.casefold() and first < len(found.pieces) // 2


def _tells(text: str) -> bool:
    """`Tell Mayor Ortiz: Stop the evictions`, on a line of its own."""
    match = phrases.TELLS.match(text) if len(text) <= MAX_HEADLINE else None
    return match is not None and match.end() < len(text)


def reader_called(found: Sections, subject: str) -> str:
    """The first word of `subject` if it is the name that the mail greets, else nothing."""
    name = re.match(r"[\w’'-]+(?=[,:] ?\S| [–—-] \S)", subject)
    texts = (found.text(at) for at in range(min(MOST_HEADS, len(found.pieces))))
    greeted = {match["name"].casefold() for text in texts if (match := GREETED.fullmatch(text))}
    return name[0] if name and name[0].casefold() in greeted else ""


def _put_under(found: Sections, at: int, under: Part | None) -> bool:
    """What a label on a line of its own is about; False where its part ends.

    A statement and a letter to sign go on until something else begins; other parts are one piece.
    """
    piece = found.pieces[at]
    if under is None or under == Part.LETTER or piece.text == "{ask}":
        return under == Part.LETTER
    so_far = [found.text(other) for other in range(at) if found.parts.get(other) == under]
    size = sum(map(len, so_far)) + len(piece.text)
    if piece.kind in ("h2", "h3") or size > MAX_STATEMENT:
        return False
    if so_far and under == Part.TARGETS and piece.kind in ("ul", "ol"):
        # Several targets, one to a line.
        found.put(at, under)
        found.target_phrase += f"; {piece.text}"
        return True
    if so_far and (under != Part.STATEMENT or phrases.NOTICE.search(piece.text)):
        return False
    found.put(at, under)
    if under == Part.TARGETS:
        found.target_phrase = piece.text.rstrip(",:")
    return under == Part.STATEMENT or under == Part.TARGETS and piece.kind in ("ul", "ol")
