"""Which piece of a text is what part of a petition page.

Passes run from what is certain to what is a guess: labels, sources, the lead-in with its statement,
the notice, what stands around a text; then headline and organization by their place; the rest is
the letter. Each piece ends up with exactly one part, so that nothing is lost.
"""

import re
from collections.abc import Mapping

from django.utils.translation import gettext as _

from campaigns.importing import phrases
from campaigns.importing.citations import Entry
from campaigns.importing.draft import NotAPetition, Part
from campaigns.importing.framing import find_headline, find_letter, find_page_title
from campaigns.importing.greetings import find_greeting
from campaigns.importing.labels import find_labels, label_of
from campaigns.importing.listing import find_entries
from campaigns.importing.logos import find_pictures
from campaigns.importing.phrases import MAX_LABEL
from campaigns.importing.pieces import Piece
from campaigns.importing.placing import Sections
from campaigns.importing.signs import label_signed_notes
from campaigns.importing.stating import (
    find_lead_in,
    find_statement,
    lead_in_of,
    parted_lead_ins,
)
from campaigns.importing.surroundings import (
    find_calls,
    find_furniture,
    find_mail,
    find_notice,
    find_pointers,
    find_postal,
    find_tails,
)


def split_sections(
    pieces: list[Piece], chosen: Mapping[int, Part] | None = None, *, insist: bool = False
) -> Sections:
    """Find the parts of a petition page.

    `chosen` says what somebody knows better: the part of some pieces by their index. Raises
    `NotAPetition` for a text that shows no sign of one, unless `insist`.
    """
    found = Sections(label_signed_notes(parted_lead_ins(pieces)))
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
        *(
            find_pictures,
            _find_sources,
            find_page_title,
            find_mail,
            find_calls,
            find_pointers,
            find_furniture,
            find_tails,
            find_postal,
            find_labels,
            find_lead_in,
        ),
        *(find_notice, find_statement, find_greeting, find_headline, find_letter),
    ):
        find(found)
        if find is _find_sources:
            _add_sources(found, more_sources)
    return found


def _is_petition(pieces: list[Piece]) -> bool:
    """Whether anything speaks for a petition: one strong sign, or two weak ones."""
    texts = [piece.text for piece in pieces]
    weak = int(any(phrases.HEADLINE.match(text) for text in texts[:3] if len(text) <= 120))
    for text in texts:
        short = text[: 3 * MAX_LABEL]
        calls = phrases.CALL_TO_ACTION.fullmatch(text.rstrip(" .!»>→"))
        if len(text) <= MAX_LABEL and (lead_in_of(text) or calls):
            return True
        if phrases.ASKS_TO_SIGN.search(short):
            return True
        if re.match(r"(?i)(?:tell|petition:|we,? the undersigned|stop |save |ban )", short):
            return True
        weak += bool(phrases.PETITION.search(short)) + bool(phrases.PLEA.search(short))
        weak += bool(phrases.PLEA.match(short))
        named = label_of(text)[0]
        weak += named in (Part.TARGETS, Part.STATEMENT, Part.ASK, Part.HEADLINE)
        weak += named == Part.LETTER and text.endswith("?")
        weak += bool(phrases.NOTICE.search(short)) + bool(phrases.SIGN_OFF.fullmatch(text[:200]))
        weak += bool(phrases.GREETING.fullmatch(text[:200]) and phrases.FORMAL.search(text[:200]))
    return weak >= 2


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
