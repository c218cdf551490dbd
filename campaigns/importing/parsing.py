"""Reads the text of a petition page into a draft. Nothing is stored."""

import re
from collections.abc import Mapping
from dataclasses import replace
from textwrap import shorten

from django.utils.translation import gettext as _

from campaigns.importing import furniture, phrases
from campaigns.importing.citations import read_sources
from campaigns.importing.draft import (
    CampaignDraft,
    Doubt,
    NotAPetition,
    Part,
    Placed,
    SourceDraft,
)
from campaigns.importing.languages import guess_language
from campaigns.importing.letters import letter_html
from campaigns.importing.lines import text_pieces
from campaigns.importing.markers import place_markers
from campaigns.importing.names import (
    page_slug,
    read_allies,
    read_brand,
    read_short_name,
    read_targets,
    targets_within,
)
from campaigns.importing.notices import Notice, read_notice
from campaigns.importing.pages import page_pieces
from campaigns.importing.pieces import Piece, joined
from campaigns.importing.reading import is_html, is_markdown, tidy
from campaigns.importing.sections import Sections, split_sections
from campaigns.models.versions import ConsentNoticeKind
from campaigns.text.comparing import words_alone
from campaigns.text.vocabulary import Marker
from campaigns.tracking import ADDRESS, strip_tracking

MAX_LEAD_IN = 200
# Of a text with more, what is read is not worth the time that it takes.
MAX_LINES, MAX_PIECES, MAX_BRACKETS = 5000, 1500, 5000


def parse_campaign(
    text: str,
    *,
    file_name: str = "",
    chosen: Mapping[int, Part] | None = None,
    insist: bool = False,
) -> CampaignDraft:
    """The campaign that `text` describes, and what is unsure about it.

    `text` is plain, Markdown, the HTML of a page or a mail. `file_name` may give the page its
    address. `chosen` sets right the part of paragraphs, by their index in `placed` of an earlier
    draft of the same text. Raises `NotAPetition` when the text is none, unless `insist`.
    """
    tidied = tidy(text)
    pieces = _pieces(tidied)
    found = split_sections(pieces, chosen, insist=insist)
    return _Draft(found, tidied, file_name).whole()


def _pieces(text: str) -> list[Piece]:
    """The paragraphs of `text`. Raises `NotAPetition` when they are more than any petition has."""
    crowded = text.count("[") > MAX_BRACKETS
    if crowded:
        pieces = []
    elif is_html(text):
        pieces = page_pieces(text)
    elif text.count("\n") < MAX_LINES:
        pieces = text_pieces(text, markdown=is_markdown(text))
    else:
        pieces = []
    crowded |= not pieces and text.count("\n") >= MAX_LINES
    if crowded or len(pieces) > MAX_PIECES:
        raise NotAPetition(
            _(
                "The text has too many lines. Paste the petition alone, without the rest of the"
                " site."
            )
        )
    return pieces


class _Draft:
    """Puts the draft together, part by part, and gathers what is unsure on the way."""

    def __init__(self, found: Sections, text: str, file_name: str) -> None:
        self.found = found
        self.text = text
        self.file_name = file_name
        self.unsure: list[Doubt] = []
        self.sources: tuple[SourceDraft, ...] = ()

    def whole(self) -> CampaignDraft:
        language = guess_language(self.text)
        sources, keys, unsure_sources = read_sources(self.found.entries)
        self.sources = sources
        self._take_references_out(keys)
        headline, statement = self._headline_and_statement()
        ask = self._ask()
        targets, lead_in = self._targets(headline, statement, ask, language)
        notice = self._notice()
        texts = [self.found.text(at) for at in self.found.of(Part.LETTER)]
        brand, unsure_brand = read_brand(self._first(Part.BRAND), self._left_out())
        allies, unsure_allies = self._allies(texts)
        body, unsure_markers = self._letter(keys)
        short_name = read_short_name(brand, texts)
        self._about_brand(brand, short_name)
        self.unsure += unsure_brand
        self._about_places(headline)
        self.unsure += [*unsure_allies, *unsure_sources, *unsure_markers]
        self._about_links()
        return CampaignDraft(
            slug=page_slug(
                file_name=self.file_name, headline=headline, brand=brand, short_name=short_name
            ),
            brand=brand,
            short_name=short_name,
            headline=headline,
            call_to_action=self._first(Part.CALL_TO_ACTION).strip(" :»>→[]"),
            lead_in=lead_in,
            targets=targets,
            statement=statement,
            notice=notice.text,
            notice_kind=notice.kind,
            lead_line=self._first(Part.LEAD_LINE),
            body=body,
            ask=ask,
            closing=self._closing(),
            allies=allies,
            sources=sources,
            language=language,
            unsure=tuple(self.unsure),
            placed=self._placed(),
        )

    def _closing(self) -> str:
        """On one line, with its lines still apart: `Thank you, Ada Ray, Friends of the River`."""
        lines = [self.found.text(at) for at in self.found.of(Part.CLOSING)]
        ended = [line if line.endswith((*",.:;!?…–—-",)) else f"{line}," for line in lines[:-1]]
        return " ".join([*ended, *lines[-1:]])

    def _headline_and_statement(self) -> tuple[str, str]:
        """Each stands for the other where one was not found."""
        headline = self._first(Part.HEADLINE)
        statement = self._statement(headline)
        if not headline:
            begins = statement or self._first(Part.LETTER)
            headline = shorten(begins, 100, placeholder="…")
            statement = statement or self._statement(headline)
        return headline, statement

    def _allies(self, letter: list[str]) -> tuple[tuple[str, ...], list[Doubt]]:
        """Who is named as an ally in the letter, or in a line that says who else asks."""
        partners = [text for text in self._left_out() if furniture.PARTNERS.fullmatch(text)]
        return read_allies([*partners, *letter])

    def _take_references_out(self, keys: dict[str, str]) -> None:
        """Only the letter carries references; elsewhere they would be digits in a sentence."""
        for part in (Part.HEADLINE, Part.STATEMENT, Part.LEAD_LINE, Part.ASK, Part.CLOSING):
            for at in self.found.of(part):
                piece = self.found.pieces[at]
                marked, _unsure = place_markers([piece.inlines], keys)
                kept = tuple(leaf for leaf in marked[0] if not isinstance(leaf, Marker))
                if len(kept) < len(marked[0]):
                    self.found.pieces[at] = replace(piece, inlines=kept)
                    why = _("Its reference was taken out; only the letter cites sources.")
                    self._doubt(str(part.value), piece.text, why)

    def _doubt(self, item: str, text: str, why: str) -> None:
        self.unsure.append(Doubt(item, text, why))

    def _first(self, part: Part) -> str:
        """The text of the first piece of a part that a page has once."""
        return next((self.found.text(at) for at in self.found.of(part)), "")

    def _left_out(self) -> list[str]:
        return [self.found.text(at) for at in self.found.of(Part.LEFT_OUT)]

    def _statement(self, headline: str) -> str:
        """What people sign, without the quotation marks around it, demands one to a line."""
        text = ""
        before: Piece | None = None
        for piece in (self.found.pieces[at] for at in self.found.of(Part.STATEMENT)):
            mark = f"{piece.label}. " if piece.kind == "ol" else "– " if piece.kind == "ul" else ""
            in_list = before and before.kind in ("ol", "ul") and piece.kind == before.kind
            text += ("\n" if in_list else "\n\n" if before else "") + mark + piece.text
            before = piece
        closing = phrases.QUOTES.get(text[:1], "")
        bare = text.rstrip(".,") if closing and text.rstrip(".,")[-1:] in closing else text
        if closing and len(bare) > 2 and bare[-1] in closing and _is_one_quotation(bare):
            text = bare[1:-1].strip()
        if not text and headline:
            why = _("None was found, so the headline stands for it; write what people sign.")
            self._doubt("statement", headline, why)
            return headline
        return text

    def _ask(self) -> str:
        texts = [self.found.text(at) for at in self.found.of(Part.ASK)]
        ask = next((text for text in texts if text != "{ask}"), "")
        if not ask:
            why = _("No paragraph of the letter is repeated, so none was taken for the ask.")
            self._doubt("ask", "", why)
        return ask

    def _targets(self, headline: str, statement: str, ask: str, language: str) -> tuple:
        phrase, why = self.found.target_phrase, self.found.target_why
        if not phrase:
            phrase = self._first(Part.TARGETS)
        if not phrase:
            letter = [self.found.text(at) for at in self.found.of(Part.LETTER)]
            calls = [text for text in self._left_out() if len(text) <= MAX_LEAD_IN]
            phrase = targets_within(statement, headline, ask, *calls, *letter)
            why = _("Read from what is asked of them; look whether it is right.")
        lead_in = self._first(Part.LEAD_IN)
        if len(lead_in) > MAX_LEAD_IN:
            self._doubt(
                "lead-in", lead_in, _("Too long for a lead-in; the usual one stands there.")
            )
            lead_in = ""
        if not phrase:
            why = _("No decision-maker was found; a page needs one before it can be published.")
            self._doubt("targets", headline, why)
            return (), lead_in
        targets, print_alike, unsure = read_targets(phrase, language)
        self.unsure += [Doubt("targets", phrase, why)] if why else unsure
        if print_alike and phrase in lead_in:
            lead_in = lead_in.replace(phrase, "{targets}")
        return targets, lead_in

    def _notice(self) -> Notice:
        pieces = [self.found.pieces[at] for at in self.found.of(Part.NOTICE)]
        notice = read_notice(pieces)
        written = joined(pieces, " / ")
        if not pieces:
            why = _("None was found; a page needs one before it can be published.")
            self._doubt("notice", "", why)
        elif len(pieces) > 1:
            why = _("These paragraphs stand one behind the other; all were taken as the notice.")
            self._doubt("notice", written, why)
        elif notice.kind == ConsentNoticeKind.YES_NO and notice.text != written:
            why = _("Its answers were left out of the text: the page offers yes and no itself.")
            self._doubt("notice", written, why)
        if pieces and notice.why:
            self._doubt("notice", written, notice.why)
        return notice

    def _about_brand(self, brand: str, short_name: str) -> None:
        """The first line is a guess, unless a label or the rest of the text says that name too."""
        named = self.found.of(Part.BRAND)
        if not named or named[0] in self.found.labels or self.found.whys.get(named[0]):
            return
        again = self.text.casefold().count(brand.casefold()) > 1
        if brand and not short_name and not again:
            why = _("Taken for the organization by its place, above the headline.")
            self._doubt("brand", self.found.text(named[0]), why)

    def _about_places(self, headline: str) -> None:
        """What was guessed by its place, and what was left out."""
        if not self.found.of(Part.HEADLINE):
            why = _("None was found, so it is how the text begins; write one.")
            self._doubt("headline", headline, why)
        first: set[Part] = set()
        for at, part in sorted(self.found.parts.items()):
            why = self.found.whys.get(at, "")
            if part == Part.LEFT_OUT or why and (part not in first or part != Part.STATEMENT):
                self._doubt(str(part.value), self.found.pieces[at].raw, why)
            first.add(part)
        self._about_spares()

    def _about_spares(self) -> None:
        """A page has one of each of these; what else was taken for one is said."""
        for part in (
            Part.HEADLINE,
            Part.CALL_TO_ACTION,
            Part.LEAD_IN,
            Part.LEAD_LINE,
            Part.BRAND,
            Part.TARGETS,
            Part.ASK,
        ):
            texts = [self.found.text(at) for at in self.found.of(part)]
            if part == Part.TARGETS and self.found.target_phrase:
                texts = [self.found.target_phrase, *texts]
            named = [text for text in texts if part != Part.ASK or text != "{ask}"]
            for text in named[1:]:
                # `To Mayor Ada Lee` names whom `Mayor Ada Lee` does.
                same = f" {words_alone(text)}".endswith(f" {words_alone(named[0])}")
                if not same:
                    self._doubt(str(part.value), text, _("A page has one; the first was taken."))

    def _letter(self, keys: dict[str, str]) -> tuple[str, list[Doubt]]:
        at_letter = [
            at
            for at in range(len(self.found.pieces))
            if self.found.parts[at] in (Part.LETTER, Part.ASK)
        ]
        letter = [self.found.pieces[at] for at in at_letter]
        marked, unsure = place_markers((piece.inlines for piece in letter), keys)
        asks = [self.found.parts[at] == Part.ASK for at in at_letter]
        return letter_html(letter, marked, asks), unsure

    def _about_links(self) -> None:
        self._about_linked_words()
        addresses = (match[0].rstrip(").,;:!?'") for match in ADDRESS.finditer(self.text))
        for url in dict.fromkeys(addresses):
            if strip_tracking(url) != url:
                self._doubt(
                    "links", url, _("What tracks its readers was taken out of this address.")
                )

    def _about_linked_words(self) -> None:
        """A link in the letter may be what a source would be elsewhere; it stays a link."""
        known = {one.citation.url for one in self.sources} | {
            one.citation.archive_url for one in self.sources
        }
        for at in self.found.of(Part.LETTER):
            for words, url in self.found.pieces[at].links:
                if url not in known:
                    why = _(
                        "It stays a link in the letter; make it a source if it proves something."
                    )
                    self._doubt("links", f"{words} ({url})" if words != url else url, why)

    def _placed(self) -> tuple[Placed, ...]:
        return tuple(
            Placed(piece.raw, self.found.parts[at], self.found.whys.get(at, ""))
            for at, piece in enumerate(self.found.pieces)
        )


def _is_one_quotation(text: str) -> bool:
    """Whether the marks at both ends belong together: `"A" and "B"` is no quotation."""
    if text[0] == '"':
        inside = text[1:-1]
        return (
            '" ' not in inside
            and '."' not in inside
            or inside.count('"') % 2 == 0
            and not re.search(r'"\s+\w+\s+"', inside)
        )
    inside = text[1:-1]
    return inside.find(text[-1]) < 0 or 0 <= inside.find(text[0]) < inside.find(text[-1])
