"""Reads the text of a petition page into a draft. Nothing is stored."""

from campaigns.importing.citations import read_sources
from campaigns.importing.draft import CampaignDraft
from campaigns.importing.markers import place_markers
from campaigns.importing.names import page_slug, read_allies, read_short_name, read_targets
from campaigns.importing.reading import paragraphs
from campaigns.importing.sections import split_sections
from campaigns.text.plaintext import ASK


def parse_campaign(text: str, *, file_name: str = "") -> CampaignDraft:
    """The campaign that `text` describes, and what is unsure about it.

    `file_name` may give the page its address. Raises `NotAPetition` when the text is none.
    """
    found = split_sections(paragraphs(text))
    sources, unsure_sources = read_sources(found.citations)
    keys = {number: source.key for number, source in enumerate(sources, start=1)}
    body, unsure_markers = place_markers(found.body, keys)
    targets, print_alike, unsure_targets = read_targets(found.targets)
    allies, unsure_allies = read_allies(found.body)
    short_name = read_short_name(found.brand, found.body)
    return CampaignDraft(
        slug=page_slug(
            file_name=file_name, headline=found.headline, brand=found.brand, short_name=short_name
        ),
        brand=found.brand,
        short_name=short_name,
        headline=found.headline,
        call_to_action=found.call_to_action,
        lead_in=found.lead_in.replace(found.targets, "{targets}") if print_alike else found.lead_in,
        targets=targets,
        statement=found.statement,
        notice=found.notice,
        lead_line=found.lead_line,
        body="\n\n".join(ASK if text == found.ask else text for text in body),
        ask=found.ask,
        closing=found.closing,
        allies=allies,
        sources=sources,
        unsure=(
            *found.unsure,
            *unsure_targets,
            *unsure_allies,
            *unsure_sources,
            *unsure_markers,
        ),
    )
