"""What an organizer should look at before, and after, a page is public."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.models import Campaign, Update
from campaigns.text.footnotes import Footnotes, markers, number_footnotes
from campaigns.text.sanitising import read

ASK_WORDS = 60


@dataclass(frozen=True)
class Finding:
    """One thing to look at. A blocking one keeps the page from being published."""

    text: str
    blocks: bool = False


def check_update(update: Update) -> list[Finding]:
    """What to look at in an update: so far, citations of sources that its campaign lacks.

    They block its mailing: a mail cannot be mended once it is read.
    """
    unknown = _unknown(number_footnotes(read(update.body), update.campaign.sources.all()))
    return [Finding(finding.text, blocks=True) for finding in unknown]


def check_campaign(campaign: Campaign) -> list[Finding]:
    """Everything worth a second look, what blocks publication first; empty when all is well."""
    missing = [Finding(text, blocks=True) for text in campaign.missing_for_publication()]
    return missing + _sources(campaign) + _promises(campaign)


def cited_keys(campaign: Campaign) -> set[str]:
    """The keys that the letter, as it was saved, and the updates cite."""
    bodies = [campaign.body, *campaign.updates.values_list("body", flat=True)]
    return {marker.key for body in bodies for marker in markers(read(body))}


def _sources(campaign: Campaign) -> list[Finding]:
    sources = list(campaign.sources.all())
    footnotes = number_footnotes(read(campaign.body), sources)
    findings = _unknown(footnotes)
    cited = cited_keys(campaign)
    unused = [key for key in footnotes.unused_keys if key not in cited]
    no_address = [source.key for source in sources if not source.url]
    no_date = [source.key for source in sources if not source.published_on]
    return [
        *findings,
        *_list(_("Never cited: %(keys)s."), unused),
        *_list(_("No address to check the source at: %(keys)s."), no_address),
        *_list(_("No date: %(keys)s."), no_date),
    ]


def _unknown(footnotes: Footnotes) -> list[Finding]:
    return _list(_("Cited, and no source has this key: %(keys)s."), footnotes.unknown_keys)


def _list(sentence: str, keys: Sequence[str]) -> list[Finding]:
    return [Finding(sentence % {"keys": ", ".join(keys)})] if keys else []


def _promises(campaign: Campaign) -> list[Finding]:
    findings = []
    if (words := len(campaign.ask.split())) > ASK_WORDS:
        findings.append(
            Finding(
                ngettext(
                    "The ask has %(count)s word; up to %(limit)s are read to the end.",
                    "The ask has %(count)s words; up to %(limit)s are read to the end.",
                    words,
                )
                % {"count": words, "limit": ASK_WORDS}
            )
        )
    if 'data-block="ask"' in campaign.body and not campaign.ask:
        findings.append(Finding(_("The text has a place for the ask, and the ask is empty.")))
    organization = campaign.organization
    if not organization.privacy_url:
        findings.append(Finding(_("The organization has no privacy notice to link to.")))
    if not organization.postal_address:
        findings.append(
            Finding(_("The organization has no postal address, which every bulk mail needs."))
        )
    return findings
