"""Whose petition a text is: the organization that imports it, or another one that it speaks for."""

import re
from collections.abc import Iterator
from dataclasses import replace

from django.utils.translation import gettext as _

from campaigns.importing.draft import CampaignDraft, Doubt
from campaigns.importing.framing import unaccented
from campaigns.models import Organization

# `By signing you agree to receive email from Oakford Readers United.`
_NAME = (
    r"[A-ZÄÖÜ0-9][\w&’'-]*(?: (?:of |for |the |von |für |de |del |du )?[A-ZÄÖÜ0-9][\w&’'-]*){0,6}"
)
IN_NOTICE = re.compile(
    rf"\b(?:from|by|von|de|del|par)\s+(?:the )?(?P<from>{_NAME})"
    rf"|(?:\A|[.!?] )(?P<does>{_NAME}) (?:would|will|may|wants|m[öo]chte|wird)\b"
)
NOBODY = {"we", "you", "i", "wir", "sie", "ich", "ihr", "time", "us"}


def for_organization(draft: CampaignDraft, organization: Organization) -> CampaignDraft:
    """`draft` with a doubt for each name of another organization in its brand and its notice.

    What people agree to names who may write to them, so a wrong name there is a wrong promise.
    """
    doubts = tuple(_doubts(draft, organization))
    return replace(draft, unsure=(*draft.unsure, *doubts)) if doubts else draft


def _doubts(draft: CampaignDraft, organization: Organization) -> Iterator[Doubt]:
    why = _("It names %(named)s, and the campaign will be one of %(owner)s.")
    if draft.brand and not _is_meant(draft.brand, organization):
        said = why % {"named": draft.brand, "owner": organization.name}
        yield Doubt("brand", draft.brand, said)
    for match in IN_NOTICE.finditer(draft.notice):
        named = match["from"] or match["does"]
        told = named.casefold() in {*NOBODY, draft.brand.casefold()}
        if not told and not _is_meant(named, organization):
            yield Doubt("notice", draft.notice, why % {"named": named, "owner": organization.name})


def _is_meant(named: str, organization: Organization) -> bool:
    """Whether a name is one of the organization's, or a part of it."""
    words = set(re.findall(r"\w+", unaccented(named)))
    own = set(re.findall(r"\w+", unaccented(f"{organization.name} {organization.short_name}")))
    return bool(words) and (words <= own or own <= words)
