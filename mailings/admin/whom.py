"""Whom a mailing that is being prepared would reach: in words, how many, and some of them."""

from typing import Any

from mailings import audience
from mailings.admin.segments.pages import in_words
from mailings.models import Mailing
from mailings.previewing import sample_readers
from mailings.segments import BadRules

# Who is about to write to millions waits a moment for their number.
PATIENCE = "20s"


def whom(mailing: Mailing) -> dict[str, Any]:
    """`count`, `samples`, `readers`, how many are `capped`, and `segment_words` of a segment.

    Where it cannot be told, `missing` says why.
    """
    told: dict[str, Any] = {}
    if mailing.segment:
        told["segment_words"] = in_words(mailing.segment)
    try:
        found = audience.look(audience.audience_of(mailing), patience=PATIENCE)
        told["capped"] = audience.capped_count(mailing, patience=PATIENCE)
    except (BadRules, audience.TooSlow) as error:
        return told | {"missing": [str(error)]}
    readers = sample_readers(found)
    return told | {"count": found.count, "samples": found.samples, "readers": readers}
