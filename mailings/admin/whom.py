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
    """`count`, `samples`, `readers`, how many are `capped`, and `segment_words` of a segment; how
    many have `had` its news, and by which mailings.

    Where it cannot be told, `missing` says why.
    """
    told: dict[str, Any] = {}
    if mailing.segment:
        told["segment_words"] = in_words(mailing.segment)
    try:
        found = audience.look(audience.audience_of(mailing), patience=PATIENCE)
        told["capped"] = audience.capped_count(mailing, patience=PATIENCE)
        told |= _told_before(mailing)
    except (BadRules, audience.TooSlow) as error:
        return told | {"missing": [str(error)]}
    readers = sample_readers(found)
    return told | {"count": found.count, "samples": found.samples, "readers": readers}


def _told_before(mailing: Mailing) -> dict[str, Any]:
    """Who has had its one update already, and by which mailings; nothing where that takes long."""
    if mailing.kind == Mailing.Kind.DIGEST:
        return {}
    others = Mailing.objects.telling(mailing.updates.first()).exclude(pk=mailing.pk)
    found = list(others)
    try:
        had = audience.told_count(mailing, patience=PATIENCE) if found else 0
    except audience.TooSlow:
        return {}
    return {"had": had, "had_by": found} if had else {}
