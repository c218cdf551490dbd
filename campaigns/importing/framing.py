"""Finds headline and organization, and in the letter its first line, its ask and its closing."""

import re
import unicodedata
from collections import Counter
from dataclasses import replace
from itertools import takewhile

from django.utils.translation import gettext as _

from campaigns.importing import phrases
from campaigns.importing.draft import Part
from campaigns.importing.labels import reader_called
from campaigns.importing.phrases import MAX_LABEL
from campaigns.importing.pieces import Piece
from campaigns.importing.placing import MAX_HEADLINE, Sections
from campaigns.text.comparing import words_alone
from campaigns.text.vocabulary import Words

# `38 Degrees`, `350.org`; `foodwatch e.V.`.
NUMBERED_NAME = re.compile(r"[0-9]+(?: [A-ZÄÖÜ]\w+|\.org)\b")
LONG = 60
POSTSCRIPT = re.compile(r"P\.? ?P?\.? ?S\b\.?", re.IGNORECASE)
# `Petition: Save the river`
CALLED_PETITION = re.compile(r"(?:petition|pétition|petición|petizione|petitie) ?: (?=\S)", re.I)
# What may stand round the point of a sentence: quotation marks, brackets, raised numbers.
_MARKS = r"(?:\W|[¹²³⁰⁴-⁹])"
LEGAL_FORM = re.compile(r"\b(?:e\. ?V\.|gGmbH|Inc\.|Ltd\.?|ASBL)\Z")


def headline_at(found: Sections) -> int:
    """The index of what is the likeliest headline; -1 where there is none."""
    if chosen := found.of(Part.HEADLINE):
        return chosen[0]
    fixed = found.of(Part.LEAD_IN) or found.of(Part.STATEMENT)
    end = fixed[0] if fixed else len(found.pieces)
    all_texts = Counter(piece.text.casefold() for piece in found.pieces)
    ends = next((at for at in found.free() if _ends_letter(found.text(at))), len(found.pieces))
    candidates = [at for at in found.free(0, min(end, ends)) if _may_head(found.pieces[at])][:20]
    greetings = (at for at in range(end) if phrases.GREETING.fullmatch(found.text(at)[:200]))
    greeting = next(greetings, end)
    candidates = [at for at in candidates if at < greeting] or candidates
    candidates = [at for at in candidates if not _is_said_midway(found, at)]
    if not candidates:
        candidates = [at for at in found.free(end, ends) if _may_head(found.pieces[at])][:3]
    scores = {
        at: _headline_score(found.pieces[at], rank, all_texts) for rank, at in enumerate(candidates)
    }
    return max(scores, key=lambda at: (scores[at], -at), default=-1)


def _may_head(piece: Piece) -> bool:
    """Whether it is short enough for a headline, and no paragraph of several sentences."""
    is_paragraph = len(piece.text) > 120 and re.search(r"[.?!] [A-ZÄÖÜ]", piece.text)
    return piece.kind in ("p", "h2", "h3") and len(piece.text) <= MAX_HEADLINE and not is_paragraph


def _is_said_midway(found: Sections, at: int) -> bool:
    """Whether it is one of the sentences of the text: not its first, and ended by a point."""
    text, kind = found.text(at), found.pieces[at].kind
    is_first = at == next(found.free(), at)
    return text.endswith(".") and kind == "p" and not is_first and not phrases.HEADLINE.match(text)


def _ends_letter(text: str) -> bool:
    return bool(phrases.THANKS.fullmatch(text[:300]) or phrases.SIGN_OFF.fullmatch(text[:300]))


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


def find_page_title(found: Sections) -> None:
    """`Petition · Save the river · Change.org` on the first line: the headline, and a site."""
    title = phrases.PAGE_TITLE.fullmatch(found.text(0)) if found.pieces else None
    if title and not found.of(Part.HEADLINE) and 0 not in found.parts:
        found.put(0, Part.HEADLINE, _("The name of the site was taken off it."))
        found.pieces[0] = replace(found.pieces[0], inlines=(Words(title["title"]),))


def find_headline(found: Sections) -> None:
    labelled = bool(found.of(Part.HEADLINE))
    at = headline_at(found)
    if at < 0:
        return
    text = unaccented(found.text(at))
    again = [other for other in found.free(at + 1) if unaccented(found.text(other)) == text]
    headings = [index for index, piece in enumerate(found.pieces) if piece.kind == "h2"]
    is_sure = labelled or again or headings[:1] == [at]
    why = (
        "" if is_sure else _("Taken for the headline by its place; the letter does not repeat it.")
    )
    found.put(at, Part.HEADLINE, why or found.whys.get(at, ""))
    if name := reader_called(found, found.text(at)):
        rest = found.text(at)[len(name) :].lstrip(" ,:–—-")
        found.pieces[at] = replace(found.pieces[at], inlines=(Words(rest[:1].upper() + rest[1:]),))
        cut = _("The name of the one who got the mail was taken off it.")
        found.put(at, Part.HEADLINE, f"{found.whys.get(at, '')} {cut}".strip())
    if called := CALLED_PETITION.match(found.text(at)):
        found.pieces[at] = found.pieces[at].without(called.end())
        cut = _("The word before it that says what it is was taken off.")
        found.put(at, Part.HEADLINE, f"{found.whys.get(at, '')} {cut}".strip())
    for other in again:
        # Above the letter a page says its headline again; within it, that is what it asks.
        begun = any(len(found.text(free)) > LONG for free in found.free(at + 1, other))
        why = _("The letter says the headline again here, so it was taken for the ask.")
        found.put(other, Part.ASK if begun else Part.HEADLINE, why if begun else "")
    _find_brand(found, at)


def _find_brand(found: Sections, headline: int) -> None:
    """Who asks stands above the headline in few words, or right under it."""
    below = [*found.of(Part.STATEMENT), *found.of(Part.LEAD_IN)]
    first = min(below, default=headline + 1)
    above = [at for at in found.free(0, headline) if is_name(found.pieces[at])]
    under = [at for at in found.free(headline + 1, first) if is_name(found.pieces[at])]
    if not found.of(Part.BRAND) and (named := above or under):
        why = "" if above else _("Taken for the organization by its place, under the headline.")
        found.put(named[0], Part.BRAND, why)
    for at in [*found.free(0, headline), *found.free(headline + 1, first)]:
        # A list belongs together, however short its items are.
        is_listed = found.pieces[at].kind in ("ul", "ol", "quote")
        if not is_listed and not _is_sentence(found.text(at)):
            found.put(at, Part.LEFT_OUT, _("It found no place in the campaign."))


def is_name(piece: Piece) -> bool:
    """A few words, and capitals as names have them."""
    text = piece.text
    if piece.kind in ("ul", "ol", "quote") or _ends_letter(text) or text.endswith((":", ",")):
        return False
    words = text.split()
    begins = text[:1].isupper() or NUMBERED_NAME.match(text) or LEGAL_FORM.search(text)
    # Of a name's longer words, most are written as names are.
    longer = [word for word in words if len(word) > 3]
    named = 2 * sum(not word[:1].islower() for word in longer) >= len(longer)
    named = named or bool(LEGAL_FORM.search(text))
    is_short = len(words) <= 7 and len(text) <= 60
    return is_short and bool(begins) and named and not _is_sentence(text)


def _is_sentence(text: str) -> bool:
    # Of a text without any space the end alone tells, and a pattern must not try every other place.
    ends = re.search(rf"[a-zäöüß0-9%)]{_MARKS}{{0,4}}[.?!]{_MARKS}*[0-9]*\W*\Z", text[-40:])
    return len(text) > 60 and " " in text or bool(ends)


def find_letter(found: Sections) -> None:
    """The rest: lead line, asks, closing, and the letter itself."""
    last_source = max(found.of(Part.SOURCE), default=len(found.pieces))
    for at in list(found.free(last_source + 1)):
        found.put(at, Part.LEFT_OUT, _("It stands behind the sources."))
    rest = list(found.free())
    texts = Counter(words_alone(found.text(at)) for at in rest)
    asks = [words_alone(found.text(at)) for at in found.of(Part.ASK)]
    repeated = [text for text, times in texts.items() if times > 1 and 15 <= len(text) <= 600]
    asks = asks or repeated[:1] or _ask_like_headline(found, rest)
    for at in rest:
        is_ask = words_alone(found.text(at)) in asks or found.text(at) == "{ask}"
        guessed = is_ask and not repeated and not found.of(Part.ASK)
        why = _("It says what the headline says, so it was taken for the ask.") if guessed else ""
        found.put(at, Part.ASK if is_ask else Part.LETTER, why)
    _find_closing(found, rest)
    _find_lead_line(found, rest)


def unaccented(text: str) -> str:
    """`text` as two spellings of one sentence share it: `Nestlé` and `Nestle`."""
    return "".join(filter(str.isascii, unicodedata.normalize("NFKD", text))).casefold() or text


def _ask_like_headline(found: Sections, rest: list[int]) -> list[str]:
    """A short paragraph that says what the headline says: `Tell Amazon … to stop`."""
    headline = {*words_alone(next(map(found.text, found.of(Part.HEADLINE)), "")).split()}
    telling = {word for word in headline if len(word) > 3}
    for at in rest:
        text = found.text(at)
        words = words_alone(text).split()
        shared = len(telling.intersection(words))
        begins = phrases.HEADLINE.match(text) or ":" in text[:60]
        if begins and len(words) <= 60 and len(telling) > 1 and 4 * shared >= 3 * len(telling):
            return [words_alone(text)]
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
        after = letter[letter.index(at) :]
        tail = list(takewhile(lambda other: not _stands_behind(found, other), after))
        short = all(
            _is_line(found.pieces[other]) and found.pieces[other].kind == "p" for other in tail
        )
        if begins and short and sum(len(found.text(other)) + 1 for other in tail) <= MAX_LABEL:
            for other in tail:
                found.put(other, Part.CLOSING)
            for other in letter[letter.index(tail[-1]) + 1 :] if tail else []:
                found.put(other, Part.LEFT_OUT, _("It stands behind the closing."))
            return


def _stands_behind(found: Sections, at: int) -> bool:
    """A postscript, or a note to activists: what a mail has behind its closing."""
    return bool(POSTSCRIPT.match(found.text(at))) or _shouts(found, at)


def _shouts(found: Sections, at: int) -> bool:
    """`PLEASE TAKE ACTION UNTIL: 30 July`: a note to activists under a letter, no closing."""
    words = re.findall(r"[^\W\d_]{3,}", found.text(at))
    return sum(word.isupper() for word in words) >= 2 and 2 * sum(map(str.isupper, words)) > len(
        words
    )


def _find_lead_line(found: Sections, rest: list[int]) -> None:
    letter = [at for at in rest if found.parts[at] == Part.LETTER and at not in found.labels]
    if found.of(Part.LEAD_LINE) or len(letter) < 2:
        return
    first = letter[0]
    is_first = first == min(at for at in rest if found.parts[at] in (Part.LETTER, Part.ASK))
    is_line = found.pieces[first].kind == "p" and _is_line(found.pieces[first])
    cites = re.search(r"[0-9¹²³⁴-⁹\])]\W?\Z|:\Z", found.text(first))
    if is_first and is_line and not cites:
        follows_headline = found.parts.get(first - 1) == Part.HEADLINE and first > 1
        why = _("Taken for the lead line by its place, as the first line of the letter.")
        found.put(first, Part.LEAD_LINE, "" if follows_headline else why)


def _is_line(piece: Piece) -> bool:
    """One short sentence, as a lead line or a closing is."""
    text = piece.text
    return len(text) <= MAX_LABEL // 2 and not re.search(r"[.?!]\S*\s", text)
