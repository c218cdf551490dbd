"""Campaigns that take signatures, with all that reading a form needs, kept in memory for a second.

A form is taken by what was true a second ago at most. Texts that are signed never change once they
are shown, so what a form names is looked up here and not in the database.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import cached_property

from campaigns.editions import edition_at
from campaigns.models import Campaign, ConsentNotice, Statement
from signatures.forms.pages import changed
from signatures.forms.reading import Asked, Reading

FRESH_SECONDS = 1.0
MOST_KEPT = 1000


@dataclass
class OpenCampaign:
    """One edition of a campaign, and every version of its texts by the id that a form may name."""

    campaign: Campaign
    asked: Asked
    statements: Mapping[str, Statement]
    notices: Mapping[str, ConsentNotice]
    read_at: float

    def read(self, data: Mapping[str, str]) -> Reading:
        """What a sign form says; see `Reading`. Its values hold the versions that were shown."""
        reading = Reading(data)
        reading.read("statement", lambda pk: _shown(self.statements, pk))
        reading.read("notice", lambda pk: _shown(self.notices, pk))
        notice = reading.values.get("notice")
        reading.read_typed(self.asked, notice.kind if notice else "")
        reading.read_address()
        return reading

    @cached_property
    def thanks_path(self) -> str:
        """The page after signing."""
        return reverse("thanks", args=[self.campaign.slug])

    @cached_property
    def embedders(self) -> frozenset[str]:
        """Origins of other sites whose forms may sign here."""
        sites = self.campaign.organization.embedding_sites.split()
        return frozenset(site.rstrip("/").lower() for site in sites)


_kept: dict[str, OpenCampaign] = {}


def open_campaign(slug: str, *, fresh: bool = False) -> OpenCampaign | None:
    """The edition whose page stands at `slug`; None when nothing can be signed there.

    `fresh`: as it is this moment.
    """
    kept = _kept.get(slug)
    if kept and not fresh and time.monotonic() - kept.read_at < FRESH_SECONDS:
        return kept
    campaign = edition_at(slug, Campaign.objects.open().select_related("organization"))
    if campaign is None:
        _kept.pop(slug, None)
        return None
    found = OpenCampaign(
        campaign,
        Asked.by(campaign),
        _versions(campaign.statements, campaign.edition),
        _versions(campaign.notices, campaign.edition),
        time.monotonic(),
    )
    if len(_kept) >= MOST_KEPT:
        _kept.clear()
    _kept[slug] = found
    return found


def _versions(texts: Any, edition: str) -> dict[str, Any]:
    """By id, and the newest by no id, for a form that names none."""
    by_age = list(texts.filter(language=edition).defer("text").order_by("version"))
    return {str(one.pk): one for one in by_age} | ({"": by_age[-1]} if by_age else {})


def _shown(versions: Mapping[str, Any], pk: str) -> Any:
    return versions.get(pk) or changed()
