"""Finds the statement: what people sign, and the line above it."""

import re
from dataclasses import replace

from django.utils.translation import gettext as _

from campaigns.importing import phrases
from campaigns.importing.draft import Part
from campaigns.importing.framing import headline_at
from campaigns.importing.greetings import letter_below, letter_to_target
from campaigns.importing.names import TITLES, TO_WHOM
from campaigns.importing.phrases import MAX_LABEL
from campaigns.importing.pieces import Piece
from campaigns.importing.placing import MAX_HEADLINE, MAX_STATEMENT, Sections
from campaigns.text.comparing import words_alone
from campaigns.text.vocabulary import Words

# A statement above the letter has no more.
MOST_PARAGRAPHS = 4
# `An die Stadtverordneten von Neustadt`, a line of its own without a colon.
ADDRESSED = re.compile(
    r"(?:To|An|Para|A|À) (?P<target>(?:the|all|den|die|das|la|las|los|el|le|les) [^.!?:]+)"
)
# `To Foreign Secretary David Lammy and the Seabed Authority:`, by the office that it names.
OFFICES = (
    rf"\b(?:{'|'.join(map(re.escape, TITLES))}|Authority|Council|Board|Committee|Commission"
    r"|Government|Parliament|Congress|Senate|Ministry|Bundestag|Bundesregierung|Stadtrat)\b"
)
ADDRESSED_BY_OFFICE = re.compile(
    rf"(?:To|An) (?=[^.!?:]{{0,200}}{OFFICES})(?P<target>[^.!?:]{{4,250}}):?"
)
# `Petition to the Chief Constable of Westshire`, a line of its own.
PETITION_TO = re.compile(
    rf"(?:(?:Open )?(?:Petition|Letter) to (?=the [A-Z]|[^.!?:]{{0,200}}{OFFICES})"
    r"|(?:(?:Eil)?[Aa]ppell|Petition|(?:[Oo]ffener )?Brief) an (?=[A-ZÄÖÜ]|d(?:ie|en|as) [A-ZÄÖÜ]))"
    r"(?P<target>(?:the |die |den |das )?[A-ZÄÖÜ][^.!?:]{3,200})"
)
# `Sign and send the petition to Megamart CEO Doug McMillon and the Board`
SENT_TO = re.compile(
    r"(?i:(?:sign|send|deliver|add)\b[^.!?:]{0,60}\b(?:petition|letter|message) to )"
    rf"(?=[^.!?:]{{0,200}}\b(?:{'|'.join(map(re.escape, TITLES))})\b)"
    r"(?P<target>(?:the )?[A-ZÄÖÜ][^.!?:]{3,200})[.!]?"
)

# `À l'attention de Mme Anne Roux, maire de Brive`, `Attn: Mayor Ada Lee`
TO_ATTENTION = re.compile(rf"{TO_WHOM.pattern}(?P<target>[^.!?:]{{3,200}}?)[,:]?", re.IGNORECASE)

# `Click here to sign: Metro Bus must go electric by 2030`
BEHIND_A_CALL = re.compile(
    r"(?i:[^:.!?]{0,40}\b(?:sign|unterschreiben|firma|signez)\b[^:.!?]{0,40}): ?"
    r"(?P<rest>[^\W\d_a-z][^?]{15,250})"
)


def parted_lead_ins(pieces: list[Piece]) -> list[Piece]:
    """`The petition to … reads: "Stop."` on one line, as two pieces."""
    parted: list[Piece] = []
    for at, piece in enumerate(pieces):
        match = re.match(r"([^\"“„«]{8,200}:) ?(?=[\"“„«].{4,}[\"”“»]\Z)", piece.text)
        # The first lines may be a headline with a quotation in it.
        tells = match and at > 2 and phrases.TELLS.fullmatch(match[1])
        if match and (lead_in_of(match[1]) or tells) and piece.kind == "p":
            rest = piece.without(match.end())
            head = Piece((Words(match[1]),), piece.raw)
            parted += [head, rest]
        elif piece.kind == "p" and (to := ADDRESSED_BY_OFFICE.match(piece.text)) and _ends(to):
            parted += [Piece((Words(to[0]),), piece.raw), piece.without(to.end())]
        else:
            parted.append(piece)
    return parted


def _ends(address: re.Match[str]) -> bool:
    """Whether it is an address with a colon, and text behind it on the same line."""
    return address[0].endswith(":") and address.end() < len(address.string)


def lead_in_of(text: str) -> re.Match[str] | None:
    if len(text) > MAX_LABEL:
        return None
    return phrases.LEAD_IN.fullmatch(text) or phrases.BARE_LEAD_IN.fullmatch(text)


def find_lead_in(found: Sections) -> None:
    """The line above the statement, and the statement right under it."""
    _find_addressed(found)
    for at in list(found.free()):
        text = found.text(at)
        match = lead_in_of(text)
        is_above_quote = text.endswith(":") and len(text) <= MAX_HEADLINE and _quoted(found, at + 1)
        if is_above_quote:
            match = match or phrases.TELLS.fullmatch(text) or phrases.TO.fullmatch(text)
        if not match and not is_above_quote:
            continue
        if match is None and not phrases.PETITION.search(text) and not phrases.PLEA.search(text):
            continue
        groups = match.groupdict() if match else {}
        targets = next(filter(None, groups.values()), "")
        found.put(at, Part.LEAD_IN)
        found.target_phrase = found.target_phrase or targets.strip(" ,;:")
        if not found.of(Part.STATEMENT):
            _take_statement(found, at + 1)
        return


def _find_addressed(found: Sections) -> None:
    """A line of its own that says to whom the petition goes."""
    for at in list(found.free()):
        text = found.text(at)
        if len(text) > MAX_LABEL or found.target_phrase:
            continue
        addressed = SENT_TO.fullmatch(text) or TO_ATTENTION.fullmatch(text)
        if at < 8 and not addressed:
            plain = ADDRESSED.fullmatch(text) if len(text) <= MAX_LABEL // 2 else None
            addressed = ADDRESSED_BY_OFFICE.fullmatch(text) or PETITION_TO.fullmatch(text) or plain
        if addressed:
            found.put(at, Part.TARGETS, _("Read as whom the petition addresses."))
            found.target_phrase = addressed["target"]


def _quoted(found: Sections, at: int) -> list[int]:
    """The pieces of a quotation that begins at `at`: in quotation marks, or set as a quote."""
    pieces = found.pieces
    if at >= len(pieces) or at in found.parts:
        return []
    if pieces[at].kind == "quote":
        end = at
        while end < len(pieces) and pieces[end].kind == "quote" and end not in found.parts:
            end += 1
        return list(range(at, end))
    closing = phrases.QUOTES.get(pieces[at].text[:1])
    for end in range(at, min(at + 12, len(pieces))):
        if not closing or end in found.parts:
            break
        if pieces[end].text.rstrip(".,")[-1:] in closing and pieces[end].text != closing:
            return list(range(at, end + 1))
    return []


def _take_statement(found: Sections, start: int) -> None:
    quoted = _quoted(found, start)
    for at in quoted:
        found.put(at, Part.STATEMENT)
    if quoted:
        return
    why = _("Taken for the statement by its place; it is not in quotation marks.")
    if start < len(found.pieces) and start not in found.parts:
        for at in letter_below(found, start):
            found.put(at, Part.STATEMENT, why)
    if found.of(Part.STATEMENT):
        return
    for at in range(start, len(found.pieces)):
        piece = found.pieces[at]
        is_end = at in found.parts or phrases.CALL_TO_ACTION.fullmatch(piece.text)
        if is_end or (found.of(Part.STATEMENT) and piece.kind not in ("ul", "ol")):
            return
        if phrases.NOTICE.search(piece.text) or len(piece.text) > MAX_STATEMENT:
            return
        found.put(at, Part.STATEMENT, why)


def find_statement(found: Sections) -> None:
    """Without a lead-in: a letter to a target, a quotation, what is above the letter, a plea."""
    if found.of(Part.STATEMENT):
        return
    for guess in (letter_to_target, _undersigned, _a_quotation, _above_the_letter, _a_plea):
        if pieces := guess(found):
            for at, why in pieces:
                found.put(at, Part.STATEMENT, why)
            return
    if not _behind_a_call(found):
        found.statement_is_guess = True


def _behind_a_call(found: Sections) -> bool:
    """Take what `Click here to sign: Metro Bus must go electric` says is signed; else False."""
    headline = headline_at(found)
    said = words_alone(found.text(headline)) if headline >= 0 else ""
    for at in [*found.of(Part.LEFT_OUT), *found.of(Part.CALL_TO_ACTION)]:
        piece = found.pieces[at]
        match = BEHIND_A_CALL.fullmatch(piece.raw) if len(piece.raw) <= MAX_LABEL else None
        if match and words_alone(match["rest"]) not in said:
            found.pieces[at] = replace(piece, inlines=(Words(match["rest"]),))
            found.put(at, Part.STATEMENT, _("The call to sign says that this is what is signed."))
            return True
    return False


def _undersigned(found: Sections) -> list[tuple[int, str]]:
    why = _("It speaks for those who sign, so it was taken for what people sign.")
    headline = headline_at(found)
    for at in found.free():
        text = found.text(at)
        if at != headline and len(text) <= MAX_STATEMENT and phrases.UNDERSIGNED.match(text):
            return [(index, why) for index in _with_list(found, at)]
    return []


def _a_quotation(found: Sections) -> list[tuple[int, str]]:
    why = _("A quotation that stands alone, taken for what people sign.")
    for at in found.free():
        whole = _quoted(found, at)
        text = " ".join(map(found.text, whole))[: MAX_STATEMENT + 1]
        asks = phrases.PLEA.search(text) or phrases.IMPERATIVE.search(text)
        if whole and asks and len(text) <= MAX_STATEMENT:
            return [(index, why) for index in whole]
    return []


def _above_the_letter(found: Sections) -> list[tuple[int, str]]:
    """Between the headline, the targets and the first heading of the letter."""
    why = _("It stands between headline and letter, so it was taken for what people sign.")
    labels = [at for at, part in found.labels.items() if part == Part.LETTER]
    end = labels[0] if labels else len(found.pieces)
    targets = [at for at in found.of(Part.TARGETS) if at < end]
    if not labels and not targets:
        return []
    start = targets[-1] + 1 if targets else headline_at(found) + 1
    headline = headline_at(found)
    free = [at for at in found.free(start, end) if at != headline]
    free = [at for at in free if not phrases.NOTICE.search(found.text(at)[:MAX_STATEMENT])]
    greeted = any(phrases.GREETING.fullmatch(found.text(at)[:200]) for at in range(start, end))
    if greeted or sum(found.pieces[at].kind == "p" for at in free) > MOST_PARAGRAPHS:
        return []  # so much is a letter, with a heading somewhere in it
    if not labels:
        # A demand further down speaks clearer than what stands here.
        if any(phrases.PLEA.search(found.text(at)[:MAX_STATEMENT]) for at in free[1:]):
            return []
        free = _with_list(found, free[0]) if free else []
    if not free or sum(len(found.text(at)) + 2 for at in free) > MAX_STATEMENT:
        return []
    return [(at, why) for at in free]


def _a_plea(found: Sections) -> list[tuple[int, str]]:
    """`We, the undersigned, call on …`, with the list of demands under it."""
    why = _("It makes the demand, so it was taken for what people sign.")
    headline = headline_at(found)
    for at in found.free():
        text = found.text(at)
        if at == headline or len(text) > MAX_STATEMENT or not phrases.PLEA.search(text):
            continue
        return [(index, why) for index in _with_list(found, at)]
    return []


def _with_list(found: Sections, at: int) -> list[int]:
    """The piece at `at`, and what it announces: demands with a colon, or a quote without an end."""
    if at + 1 < len(found.pieces) and found.pieces[at + 1].kind == "quote":
        is_announced = not found.text(at).endswith((".", "!", "?"))
        return [at, *_quoted(found, at + 1)] if is_announced else [at]
    whole = [at]
    while found.text(at).endswith(":") and whole[-1] + 1 < len(found.pieces):
        following = whole[-1] + 1
        if following in found.parts or found.pieces[following].kind not in ("ul", "ol"):
            break
        whole.append(following)
    return whole
