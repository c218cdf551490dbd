"""What an organizer should look at before, and after, a page is public."""

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.models import Campaign, Source, Update, UpdateText
from campaigns.text.footnotes import Footnotes, markers, number_footnotes
from campaigns.text.sanitising import read

# Up to here people read an ask to its end; far beyond, they do not begin.
ASK_WORDS = 60
ASK_MOST_WORDS = 90
COPIED = re.compile(r"-copy(-\d+)?\Z")


@dataclass(frozen=True)
class Finding:
    """One thing to look at. A blocking one keeps the page from being published.

    `about_organization`: it is mended on the page of the organization, for all its campaigns.
    """

    text: str
    blocks: bool = False
    about_organization: bool = False


def check_update(update: Update) -> list[Finding]:
    """What to look at in an update: so far, citations of sources that its campaign lacks.

    They block its mailing: a mail cannot be mended once it is read.
    """
    unknown = _unknown(number_footnotes(read(update.body), update.campaign.sources.all()))
    return [Finding(finding.text, blocks=True) for finding in unknown]


def check_campaign(campaign: Campaign) -> list[Finding]:
    """Everything worth a second look, what blocks publication first; empty when all is well."""
    text = check_text(
        body=campaign.body,
        ask=campaign.ask,
        sources=list(campaign.sources.all()),
        cited_elsewhere=cited_beside_letter(campaign),
    )
    return [*check_publication(campaign), *text]


def check_publication(campaign: Campaign) -> list[Finding]:
    """What a campaign lacks, its letter and sources apart; what blocks publication first."""
    missing = [Finding(text, blocks=True) for text in campaign.missing_for_publication()]
    return missing + _missed_opening(campaign) + _choices(campaign) + _organization(campaign)


def check_text(
    *, body: str, ask: str, sources: Sequence[Source], cited_elsewhere: Collection[str] = ()
) -> list[Finding]:
    """What to look at in a letter, its ask and its sources, saved or not.

    `cited_elsewhere` are the keys that other texts of the campaign cite.
    """
    footnotes = number_footnotes(read(body), sources)
    return [
        *_unknown(footnotes),
        *_ask(ask, body),
        *_sources(sources, [key for key in footnotes.unused_keys if key not in cited_elsewhere]),
    ]


def cited_keys(campaign: Campaign) -> set[str]:
    """The keys that any text of a campaign cites, as it was saved."""
    return cited_beside_letter(campaign) | _cited(campaign.body)


def cited_beside_letter(campaign: Campaign) -> set[str]:
    """The keys that the translations of the letter and the updates cite."""
    translated = campaign.translations.values_list("body", flat=True)
    texts = UpdateText.objects.filter(update__campaign=campaign.pk)
    updates = campaign.updates.values_list("body", flat=True)
    return _cited(*translated, *updates, *texts.values_list("body", flat=True))


def _cited(*bodies: str) -> set[str]:
    return {marker.key for body in bodies for marker in markers(read(body))}


def _sources(sources: Sequence[Source], unused: Sequence[str]) -> list[Finding]:
    addresses = Counter(source.url for source in sources if source.url)
    twice = [source.key for source in sources if addresses[source.url] > 1]
    return [
        *_list(_("Never cited: %(keys)s."), unused),
        *_list(
            _("No address to check the source at: %(keys)s."),
            [source.key for source in sources if not source.url],
        ),
        *_list(_("The same address: %(keys)s."), twice),
        *_list(
            _("Gone, check after check, and without an archived copy: %(keys)s."),
            [source.key for source in sources if source.is_rotten and not source.archive_url],
        ),
        *_list(
            _("Gone, so readers are shown the archived copy first: %(keys)s."),
            [source.key for source in sources if source.is_rotten and source.archive_url],
        ),
        *_list(
            _("An archived copy was found; accept it in the list of sources: %(keys)s."),
            [source.key for source in sources if source.archive_suggestion],
        ),
        *_list(
            _("An address without https, which others can read along and change: %(keys)s."),
            [source.key for source in sources if source.url.lower().startswith("http://")],
        ),
        *_list(
            _("No date: %(keys)s."), [source.key for source in sources if not source.published_on]
        ),
    ]


def _unknown(footnotes: Footnotes) -> list[Finding]:
    return _list(_("Cited, and no source has this key: %(keys)s."), footnotes.unknown_keys)


def _list(sentence: str, keys: Sequence[str]) -> list[Finding]:
    return [Finding(sentence % {"keys": ", ".join(keys)})] if keys else []


def _ask(ask: str, body: str) -> list[Finding]:
    words = len(ask.split())
    if words > ASK_MOST_WORDS:
        sentence = _("The ask has %(count)s words. Cut it: few begin to read that many.")
        return [Finding(sentence % {"count": words})]
    if words > ASK_WORDS:
        sentence = ngettext(
            "The ask has %(count)s word; up to %(limit)s are read to the end.",
            "The ask has %(count)s words; up to %(limit)s are read to the end.",
            words,
        )
        return [Finding(sentence % {"count": words, "limit": ASK_WORDS})]
    if 'data-block="ask"' in body and not words:
        return [Finding(_("The text has a place for the ask, and the ask is empty."))]
    return []


def _missed_opening(campaign: Campaign) -> list[Finding]:
    missed = campaign.opens_at and campaign.opens_at <= timezone.now()
    if campaign.state != campaign.State.DRAFT or not missed:
        return []
    return [Finding(_("It should have opened by itself and lacked something. Choose a new time."))]


def _choices(campaign: Campaign) -> list[Finding]:
    findings = []
    if campaign.proof == campaign.Proof.AT_ONCE:
        text = _(
            "Signatures count before their address is confirmed: anybody can sign in another's"
            " name. Many countries also ask for a confirmed address before you mail."
        )
        findings.append(Finding(text))
        text = _(
            "On a page where few sign, the number tells whoever types a stranger's address whether"
            " it had signed before: it moves in steps, but it moves. “Confirm first” tells nobody."
        )
        findings.append(Finding(text))
    if COPIED.search(campaign.slug):
        findings.append(Finding(_("The page's address still says that it is a copy.")))
    return findings


def _organization(campaign: Campaign) -> list[Finding]:
    organization = campaign.organization
    missing = [
        (organization.privacy_url, _("The organization has no privacy notice to link to.")),
        (
            organization.contact_address,
            _("The organization names no address for questions on privacy."),
        ),
        (
            organization.postal_address,
            _("The organization has no postal address, which every bulk mail needs."),
        ),
    ]
    return [Finding(text, about_organization=True) for has, text in missing if not has]
