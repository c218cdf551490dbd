"""Which piece of a text is what part of a petition page.

Passes run from what is certain to what is a guess: labels, sources, the lead-in with its statement,
the notice, what stands around a text; then headline and organization by their place; the rest is
the letter. Each piece ends up with exactly one part, so that nothing is lost.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext as _

from campaigns.importing import phrases
from campaigns.importing.citations import Entry
from campaigns.importing.dates import find_dates
from campaigns.importing.draft import NotAPetition, Part
from campaigns.importing.listing import find_entries
from campaigns.importing.pieces import Piece
from campaigns.importing.phrases import MAX_LABEL
from campaigns.text.vocabulary import Words
from campaigns.tracking import ADDRESS

MAX_HEADLINE = 200
MAX_STATEMENT = 2000
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
REPLY = re.compile(r"\A(?:(?:re|fwd?|aw|wg|rv|tr) ?: )+", re.IGNORECASE)


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


def split_sections(
    pieces: list[Piece], chosen: Mapping[int, Part] | None = None, *, insist: bool = False
) -> Sections:
    """Find the parts of a petition page.

    `chosen` says what somebody knows better: the part of some pieces by their index. Raises
    `NotAPetition` for a text that shows no sign of one, unless `insist`.
    """
    found = Sections(_parted_lead_ins(pieces))
    if not insist and not _is_petition(found.pieces):
        raise NotAPetition(
            _(
                "No petition was found in this text: nothing in it asks people to sign, addresses"
                " a decision-maker or makes a demand. Paste the whole page, from its headline to"
                " its sources, or add a line such as “The petition to Mayor Ada Lee reads:”."
            )
        )
    for at, part in (chosen or {}).items():
        if at < len(found.pieces) and part != Part.SOURCE:
            found.put(at, part)
    more_sources = [at for at, part in (chosen or {}).items() if part == Part.SOURCE]
    for find in (
        *(_find_sources, _find_mail, _find_calls, _find_furniture, _find_labels, _find_lead_in),
        *(_find_notice, _find_statement, _find_headline, _find_letter),
    ):
        find(found)
        if find is _find_sources:
            _add_sources(found, more_sources)
    return found


def _parted_lead_ins(pieces: list[Piece]) -> list[Piece]:
    """`The petition to … reads: "Stop."` on one line, as two pieces."""
    parted: list[Piece] = []
    for piece in pieces:
        match = re.match(r"([^\"“„«]{8,200}:) ?(?=[\"“„«].{4,}[\"”“»]\Z)", piece.text)
        if match and _lead_in(match[1]) and piece.kind == "p":
            rest = piece.without(match.end())
            head = Piece((Words(match[1]),), piece.raw)
            parted += [head, rest]
        else:
            parted.append(piece)
    return parted


def _is_petition(pieces: list[Piece]) -> bool:
    """Whether anything speaks for a petition: one strong sign, or two weak ones."""
    texts = [piece.text for piece in pieces]
    weak = int(any(phrases.HEADLINE.match(text) for text in texts[:3] if len(text) <= 120))
    for text in texts:
        short = text[: 3 * MAX_LABEL]
        if len(text) <= MAX_LABEL and (_lead_in(text) or phrases.CALL_TO_ACTION.fullmatch(text)):
            return True
        if re.match(r"(?i)(?:tell|petition:|we,? the undersigned|stop |save |ban )", short):
            return True
        weak += bool(phrases.PETITION.search(short)) + bool(phrases.PLEA.search(short))
        weak += bool(phrases.PLEA.match(short))
        named = _label_of(text)[0]
        weak += named in (Part.TARGETS, Part.STATEMENT, Part.ASK, Part.HEADLINE)
        weak += named == Part.LETTER and text.endswith("?")
        weak += bool(phrases.NOTICE.search(short)) + bool(phrases.SIGN_OFF.fullmatch(text[:200]))
        weak += bool(phrases.GREETING.fullmatch(text[:200]) and phrases.FORMAL.search(text[:200]))
    return weak >= 2


def _lead_in(text: str) -> re.Match[str] | None:
    if len(text) > MAX_LABEL:
        return None
    return phrases.LEAD_IN.fullmatch(text) or phrases.BARE_LEAD_IN.fullmatch(text)


# --- labels


def _label_of(text: str) -> tuple[Part | None, str]:
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


def _find_labels(found: Sections) -> None:
    """`Headline: …`, `To: …`, `Why is this important?`: what stands under a label is its part."""
    under: Part | None = None
    for at in range(len(found.pieces)):
        piece = found.pieces[at]
        if at in found.parts:
            under = None if under == Part.STATEMENT and found.of(Part.STATEMENT) else under
            continue
        part, rest = _label_of(piece.text)
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
    return (
        len(piece.text) > 3
        and _label_of(piece.text)[0] in (Part.LETTER, Part.SOURCE)
        or (len(piece.text.split()) > 1 and piece.text[:1].isupper())
    )


def _put_labelled(found: Sections, at: int, part: Part, rest: str) -> None:
    """`Headline: …` on one line: the piece goes on without its label."""
    piece = found.pieces[at]
    if len(rest) > MOST.get(part, MAX_STATEMENT) or part in (Part.LETTER, Part.SOURCE):
        return
    is_title = re.match(r"(?i)(?:the )?petition ?:", piece.text) and len(rest) < 120
    if part == Part.STATEMENT and is_title:
        return  # `Petition: Save the river` is a headline
    if part == Part.HEADLINE:
        rest = REPLY.sub("", rest)
    found.pieces[at] = piece.without(len(piece.text) - len(rest) + _leading(piece))
    found.put(at, part)
    found.labels[at] = part
    if part == Part.TARGETS:
        found.target_phrase = found.target_phrase or rest.rstrip(",:")


def _leading(piece: Piece) -> int:
    first = piece.inlines[0]
    text = getattr(first, "text", "")
    return len(text) - len(text.lstrip())


def _in_mail_head(found: Sections, at: int) -> bool:
    near = found.pieces[max(0, at - 3) : at + 4]
    heads = re.compile(
        r"(?i)(?:from|to|subject|date|sent|cc|reply-to|von|an|betreff|gesendet|de|para|asunto|fecha) ?: "
    )
    return sum(bool(heads.match(piece.raw)) for piece in near) >= 2


def _put_under(found: Sections, at: int, under: Part | None) -> bool:
    """What a label on a line of its own is about; False where its part ends.

    A statement and a letter to sign go on until something else begins; other parts are one piece.
    """
    piece = found.pieces[at]
    if under is None or under == Part.LETTER:
        return under is not None
    so_far = [found.text(other) for other in range(at) if found.parts.get(other) == under]
    size = sum(map(len, so_far)) + len(piece.text)
    if piece.kind in ("h2", "h3") or size > MAX_STATEMENT:
        return False
    if so_far and (under != Part.STATEMENT or phrases.NOTICE.search(piece.text)):
        return False
    found.put(at, under)
    if under == Part.TARGETS:
        found.target_phrase = piece.text.rstrip(",:")
    return under == Part.STATEMENT


# --- sources, lead-in, statement


def _find_sources(found: Sections) -> None:
    listing = find_entries(found.pieces, taken=found.parts)
    found.entries = listing.entries
    for at in listing.pieces:
        found.put(at, Part.SOURCE)
    if listing.heading is not None:
        found.put(listing.heading, Part.LEFT_OUT, _("The heading of the list of sources."))


def _add_sources(found: Sections, more: list[int]) -> None:
    """What somebody says is a source, behind those that were found."""
    for at in more:
        if at < len(found.pieces) and at not in found.parts:
            label = found.pieces[at].label or str(len(found.entries) + 1)
            found.entries.append(Entry(label, (found.pieces[at],)))
            found.put(at, Part.SOURCE)


def _find_lead_in(found: Sections) -> None:
    """The line above the statement, and the statement right under it."""
    for at in list(found.free()):
        text = found.text(at)
        match = _lead_in(text)
        is_above_quote = text.endswith(":") and len(text) <= MAX_HEADLINE and _quoted(found, at + 1)
        if not match and not is_above_quote:
            continue
        if match is None and not phrases.PETITION.search(text) and not phrases.PLEA.search(text):
            continue
        groups = match.groupdict() if match else {}
        targets = next(filter(None, groups.values()), "")
        found.put(at, Part.LEAD_IN)
        found.target_phrase = found.target_phrase or targets
        if not found.of(Part.STATEMENT):
            _take_statement(found, at + 1)
        return


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
    for at in range(start, len(found.pieces)):
        piece = found.pieces[at]
        is_end = at in found.parts or phrases.CALL_TO_ACTION.fullmatch(piece.text)
        if is_end or (found.of(Part.STATEMENT) and piece.kind not in ("ul", "ol")):
            return
        if phrases.NOTICE.search(piece.text) or len(piece.text) > MAX_STATEMENT:
            return
        found.put(at, Part.STATEMENT, why)


def _find_statement(found: Sections) -> None:
    """Without a lead-in: a letter to a target, a quotation, a plea, what stands above the letter."""
    if found.of(Part.STATEMENT):
        return
    for guess in (_letter_to_target, _a_quotation, _above_the_letter, _a_plea):
        if pieces := guess(found):
            for at, why in pieces:
                found.put(at, Part.STATEMENT, why)
            return
    found.statement_is_guess = True


def _letter_to_target(found: Sections) -> list[tuple[int, str]]:
    why = _("A letter to a decision-maker, taken for what people sign.")
    for at in found.free():
        text = found.text(at)
        if not (phrases.GREETING.fullmatch(text) and phrases.FORMAL.search(text)):
            continue
        for end in range(at + 1, len(found.pieces)):
            if phrases.SIGN_OFF.fullmatch(found.text(end)):
                whole = [index for index in found.free(at, end)]
                size = sum(len(found.text(index)) + 2 for index in whole)
                if size <= MAX_STATEMENT and len(whole) > 1:
                    name = re.sub(r"(?i)\A(?:dear|sehr geehrte[rs]?|estimad[oa]s?)\s+", "", text)
                    found.target_phrase = found.target_phrase or name.rstrip(",:!– ")
                    found.put(end, Part.LEFT_OUT, _("How the letter ends; a name follows there."))
                    return [(index, why) for index in whole]
                break
    return []


def _a_quotation(found: Sections) -> list[tuple[int, str]]:
    why = _("A quotation that stands alone, taken for what people sign.")
    for at in found.free():
        whole = _quoted(found, at)
        if (
            whole
            and phrases.PLEA.search(text := " ".join(map(found.text, whole)))
            and len(text) <= MAX_STATEMENT
        ):
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
    start = targets[-1] + 1 if targets else _headline_at(found) + 1
    headline = _headline_at(found)
    free = [at for at in found.free(start, end) if at != headline]
    if not labels:
        free = free[:1]
    if not free or sum(len(found.text(at)) + 2 for at in free) > MAX_STATEMENT:
        return []
    return [(at, why) for at in free]


def _a_plea(found: Sections) -> list[tuple[int, str]]:
    """`We, the undersigned, call on …`, with the list of demands under it."""
    why = _("It makes the demand, so it was taken for what people sign.")
    headline = _headline_at(found)
    for at in found.free():
        text = found.text(at)
        if at == headline or len(text) > MAX_STATEMENT or not phrases.PLEA.search(text):
            continue
        whole = [at]
        while text.endswith(":") and whole[-1] + 1 < len(found.pieces):
            following = whole[-1] + 1
            if following in found.parts or found.pieces[following].kind not in ("ul", "ol"):
                break
            whole.append(following)
        return [(index, why) for index in whole]
    return []


# --- what stands around a text


def _find_mail(found: Sections) -> None:
    for at in list(found.free()):
        text = found.text(at)
        if len(text) > MAX_LABEL * 2 or not phrases.MAIL_FURNITURE.fullmatch(text):
            continue
        if _label_of(text)[0] == Part.BRAND:
            continue  # who writes is who asks
        is_head = re.match(r"[\wàÀ-]{1,15} ?: ", text)
        if is_head and not ("@" in text or _in_mail_head(found, at)):
            continue
        found.put(at, Part.LEFT_OUT, _("The head or the foot of a mail."))


def _find_calls(found: Sections) -> None:
    """What stands on a button; with the address that it led to, which is that of another page."""
    first = next(iter(found.of(Part.CALL_TO_ACTION)), None)
    for at in list(found.free()):
        text = found.text(at).strip(" !:»>→.[]*")
        call, _colon, rest = text.partition(": ")
        if at and _lead_in(found.text(at - 1)):
            continue  # what stands under `The petition reads:` is what it reads
        if len(call) > 60 or len(rest) > MAX_HEADLINE or not phrases.CALL_TO_ACTION.fullmatch(call):
            continue
        if first is None:
            first = at
            found.put(at, Part.CALL_TO_ACTION, _("Read from this line.") if rest else "")
            found.pieces[at] = replace(found.pieces[at], inlines=(Words(call),))
        elif call == found.text(first):
            found.put(at, Part.LEFT_OUT, _("The call to action once more."))
        else:
            found.put(at, Part.LEFT_OUT, _("Another call to action; a page has one button."))
        if next(found.free(at + 1, at + 2), None) and ADDRESS.fullmatch(found.text(at + 1)):
            found.put(at + 1, Part.LEFT_OUT, _("Where the call to action led."))


def _find_notice(found: Sections) -> None:
    if found.of(Part.NOTICE):
        return
    last_statement = max(found.of(Part.STATEMENT), default=-2)
    for at in list(found.free()):
        text = found.text(at)
        is_under = at == last_statement + 1 and len(text) <= MAX_LABEL
        is_notice = (
            phrases.NOTICE.search(text[:1000]) or is_under and phrases.LOOSE_NOTICE.search(text)
        )
        if is_notice and len(text) <= 1000 and found.pieces[at].kind not in ("h2", "h3"):
            found.put(at, Part.NOTICE)
            following = at + 1
            while next(found.free(following, following + 1), None) and phrases.NOTICE.search(
                found.text(following)[:1000]
            ):
                found.put(following, Part.NOTICE)
                following += 1
            return


def _find_furniture(found: Sections) -> None:
    for at in list(found.free()):
        piece = found.pieces[at]
        text = piece.text.strip(" *:»>→›|·•")
        why = ""
        is_date = bool(dates := find_dates(text)) and dates[0].end - dates[0].start == len(text)
        if piece.is_furniture and not phrases.NOTICE.search(text[:MAX_LABEL]):
            why = _("It stands in the navigation, a form or the footer of the page.")
        elif is_date or re.fullmatch(r"[\W_]*", piece.text):
            why = _("A date or a line that only parts.")
        elif len(text) <= MAX_LABEL and (phrases.FURNITURE.fullmatch(text) or _is_menu(text)):
            why = _("Navigation, sharing or a form of the page.")
        elif _greets_one(text):
            why = _("A greeting; a page greets nobody by name.")
        if why:
            found.put(at, Part.LEFT_OUT, why)


def _is_menu(text: str) -> bool:
    """`Home | About | Donate`: short words with something between them."""
    words = [word.strip() for word in re.split(r"[|·•›»/]", text)]
    short = all(0 < len(word.split()) <= 3 for word in words)
    return len(words) > 2 and short and any(phrases.FURNITURE.fullmatch(word) for word in words)


def _greets_one(text: str) -> bool:
    return bool(
        len(text) <= 60
        and phrases.GREETING.fullmatch(text)
        and text.endswith((",", ":", "!", "–", "-"))
        and not phrases.FORMAL.search(text)
    )


# --- headline and organization


def _headline_at(found: Sections) -> int:
    """The index of what is the likeliest headline; -1 where there is none."""
    if chosen := found.of(Part.HEADLINE):
        return chosen[0]
    fixed = found.of(Part.LEAD_IN) or found.of(Part.STATEMENT)
    end = fixed[0] if fixed else len(found.pieces)
    all_texts = Counter(piece.text.casefold() for piece in found.pieces)
    candidates = [
        at
        for at in found.free(0, end)
        if len(found.text(at)) <= MAX_HEADLINE and found.pieces[at].kind in ("p", "h2", "h3")
    ][:20]
    if not candidates:
        later = [at for at in found.free(end) if len(found.text(at)) <= MAX_HEADLINE]
        candidates = [at for at in later if found.pieces[at].kind in ("p", "h2", "h3")][:3]
    scores = {
        at: _headline_score(found.pieces[at], rank, all_texts) for rank, at in enumerate(candidates)
    }
    return max(scores, key=lambda at: (scores[at], -at), default=-1)


def _headline_score(piece: Piece, rank: int, all_texts: Counter[str]) -> float:
    words = len(piece.text.split())
    score = -0.2 * rank
    score += 4 * (all_texts[piece.text.casefold()] > 1 and words > 2)
    score += 3 * (piece.kind == "h2")
    score += 3 * bool(phrases.HEADLINE.match(piece.text))
    score += 1 * (":" in piece.text[:-1]) + 1 * ("!" in piece.text) + 1 * piece.text.endswith("?")
    score += 2 * (4 <= words <= 20) - 2 * (words <= 2) - 1 * (words > 25)
    score -= 2 * (piece.text.endswith((".", ",", ":"))) + 1 * piece.text.startswith(("(", "http"))
    return score


def _find_headline(found: Sections) -> None:
    labelled = bool(found.of(Part.HEADLINE))
    at = _headline_at(found)
    if at < 0:
        return
    text = found.text(at)
    again = [
        other for other in found.free(at + 1) if found.text(other).casefold() == text.casefold()
    ]
    headings = [index for index, piece in enumerate(found.pieces) if piece.kind == "h2"]
    is_sure = labelled or again or headings[:1] == [at]
    why = (
        "" if is_sure else _("Taken for the headline by its place; the letter does not repeat it.")
    )
    found.put(at, Part.HEADLINE, why)
    for other in again:
        found.put(other, Part.HEADLINE)
    _find_brand(found, at)


def _find_brand(found: Sections, headline: int) -> None:
    """Who asks stands above the headline in few words, or right under it."""
    below = [*found.of(Part.STATEMENT), *found.of(Part.LEAD_IN)]
    first = min(below, default=headline + 1)
    above = [at for at in found.free(0, headline) if _is_name(found.text(at))]
    under = [at for at in found.free(headline + 1, first) if _is_name(found.text(at))]
    if not found.of(Part.BRAND) and (named := above or under):
        why = "" if above else _("Taken for the organization by its place, under the headline.")
        found.put(named[0], Part.BRAND, why)
    for at in [*found.free(0, headline), *found.free(headline + 1, first)]:
        if not _is_sentence(found.text(at)):
            found.put(at, Part.LEFT_OUT, _("It found no place in the campaign."))


def _is_name(text: str) -> bool:
    """A few words, and capitals as names have them."""
    words = text.split()
    return len(words) <= 7 and len(text) <= 60 and text[:1].isupper() and not _is_sentence(text)


def _is_sentence(text: str) -> bool:
    return (
        len(text) > 60
        and " " in text
        or bool(re.search(r"[a-zäöüß)]\W{0,2}[.?!]\W*[0-9]*\W*\Z", text))
    )


# --- the letter


def _find_letter(found: Sections) -> None:
    """The rest: lead line, asks, closing, and the letter itself."""
    last_source = max(found.of(Part.SOURCE), default=len(found.pieces))
    for at in list(found.free(last_source + 1)):
        found.put(at, Part.LEFT_OUT, _("It stands behind the sources."))
    rest = list(found.free())
    texts = Counter(_plain(found.text(at)) for at in rest)
    asks = [_plain(found.text(at)) for at in found.of(Part.ASK)]
    repeated = [text for text, times in texts.items() if times > 1 and 15 <= len(text) <= 600]
    asks = asks or repeated[:1] or _ask_like_headline(found, rest)
    for at in rest:
        is_ask = _plain(found.text(at)) in asks or found.text(at) == "{ask}"
        guessed = is_ask and not repeated and not found.of(Part.ASK)
        why = _("It says what the headline says, so it was taken for the ask.") if guessed else ""
        found.put(at, Part.ASK if is_ask else Part.LETTER, why)
    _find_closing(found, rest)
    _find_lead_line(found, rest)


def _plain(text: str) -> str:
    return re.sub(r"\W+", " ", text).strip().casefold()


def _ask_like_headline(found: Sections, rest: list[int]) -> list[str]:
    """A short paragraph that says what the headline says: `Tell Amazon … to stop`."""
    headline = {*_plain(next(map(found.text, found.of(Part.HEADLINE)), "")).split()}
    telling = {word for word in headline if len(word) > 3}
    for at in rest:
        text = found.text(at)
        words = _plain(text).split()
        shared = len(telling.intersection(words))
        begins = phrases.HEADLINE.match(text) or ":" in text[:60]
        if begins and len(words) <= 60 and len(telling) > 1 and 4 * shared >= 3 * len(telling):
            return [_plain(text)]
    return []


def _find_closing(found: Sections, rest: list[int]) -> None:
    letter = [at for at in rest if found.parts[at] in (Part.LETTER, Part.ASK)]
    if len(letter) < 2:
        return
    last = letter[-1]
    follows_ask = found.parts[letter[-2]] == Part.ASK and found.parts[last] == Part.LETTER
    if follows_ask and _is_line(found.pieces[last]):
        found.put(last, Part.CLOSING)
        return
    for at in letter[-4:]:
        text = found.text(at)
        begins = phrases.SIGN_OFF.fullmatch(text) or phrases.THANKS.fullmatch(text)
        tail = [other for other in letter if other >= at]
        short = all(
            _is_line(found.pieces[other]) and found.pieces[other].kind == "p" for other in tail
        )
        if begins and short and sum(len(found.text(other)) + 1 for other in tail) <= MAX_LABEL:
            for other in tail:
                found.put(other, Part.CLOSING)
            return


def _find_lead_line(found: Sections, rest: list[int]) -> None:
    letter = [at for at in rest if found.parts[at] == Part.LETTER and at not in found.labels]
    if found.of(Part.LEAD_LINE) or len(letter) < 2:
        return
    first = letter[0]
    is_first = first == min(at for at in rest if found.parts[at] in (Part.LETTER, Part.ASK))
    if is_first and found.pieces[first].kind == "p" and _is_line(found.pieces[first]):
        if not re.search(r"[0-9¹²³⁴-⁹\])]\W?\Z|:\Z", found.text(first)):
            found.put(first, Part.LEAD_LINE)


def _is_line(piece: Piece) -> bool:
    """One short sentence, as a lead line or a closing is."""
    text = piece.text
    return len(text) <= MAX_LABEL // 2 and not re.search(r"[.?!]\S*\s", text)
