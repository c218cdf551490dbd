"""Reads what the pictures of a page say of themselves: the logo above a headline names who asks."""

import re
from dataclasses import replace

from django.utils.translation import gettext as _

from campaigns.importing import furniture
from campaigns.importing.draft import Part
from campaigns.importing.framing import is_name
from campaigns.importing.placing import Sections
from campaigns.text.vocabulary import Words

# `Rivers Now logo`, `Logo of Rivers Now`: the word is no part of the name.
LOGO = re.compile(
    r"(?:(?:the )?logo(?: of| von| de| du| der)?:? )?(?P<name>.{2,120}?)(?:[ -]logo)?",
    re.IGNORECASE,
)
GENERIC = re.compile(r"(?:header|banner|picture|photo|image|bild|foto|spacer|logo)\b.*", re.I)
# Where a text has no heading, its logo is among so many pieces.
MOST_ABOVE = 3


def find_pictures(found: Sections) -> None:
    """What pictures say is no text of the letter; the first above all headings may be a logo."""
    free = list(found.free())
    first = next((at for at in free if found.pieces[at].kind == "h2"), MOST_ABOVE)
    for at in free:
        piece = found.pieces[at]
        if not piece.is_picture:
            continue
        match = LOGO.fullmatch(piece.text)
        named = replace(piece, inlines=(Words(match["name"]),)) if match else piece
        is_logo = at < first and not found.of(Part.BRAND) and is_name(named)
        if is_logo and not GENERIC.fullmatch(named.text) and not _is_furniture(named.text):
            found.pieces[at] = named
            found.put(at, Part.BRAND, _("Read from the picture at the top."))
        else:
            found.put(at, Part.LEFT_OUT, _("What a picture shows; add the picture itself."))


def _is_furniture(text: str) -> bool:
    return bool(furniture.FURNITURE.fullmatch(text) or furniture.MAIL_FURNITURE.fullmatch(text))
