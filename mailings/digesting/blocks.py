"""What stands in a digest for each item, between the marks by which it can be left out again."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from campaigns.editions import editions_of, update_in
from mailings.digesting.subjects import headline_of
from mailings.models import DigestItem, Mailing
from mailings.rendering import page_in
from postroom.skeleton import Placeholders
from signatures import links


def items_in(mailing: Mailing, language: str) -> list[DigestItem]:
    """A digest's items, each with the edition of its campaign that is in this language, if any."""
    all_of_them = mailing.items.select_related("campaign__organization", "update__campaign")
    items = [*all_of_them.prefetch_related("update__texts")]
    for item in items:
        item.campaign = page_in(item.campaign, language)
        item.update = item.update and update_in(item.update, language)
    return items


def languages_of(mailing: Mailing) -> list[str]:
    """The languages that a digest is compiled in besides its own: those of its campaigns' pages."""
    campaigns = [item.campaign for item in mailing.items.select_related("campaign")]
    spoken = {page.language for campaign in campaigns for page in editions_of(campaign)}
    return sorted(spoken - {mailing.language})


def blocks(
    items: Sequence[DigestItem],
    holes: Placeholders,
    *,
    leads_to: Callable[[str], str],
    body_of: Callable[[DigestItem], Any],
    briefly: int = 0,
) -> Iterator[dict[str, Any]]:
    """The context of each item's block, in the language that is active.

    `leads_to` gives where a link to a page leads, `body_of` the text of an update with its own
    numbered sources. A campaign to sign is reached by a link that knows its reader. The last
    `briefly` items are a headline that leads to the page.
    """
    for number, item in enumerate(items):
        campaign = item.campaign
        block = {
            "kind": item.kind,
            "begins": holes[f"begin_{item.position}"],
            "ends": holes[f"end_{item.position}"],
            "campaign": campaign,
            "title": headline_of(item),
        }
        page = campaign.public_url
        is_brief = number >= len(items) - briefly
        block["is_brief"] = is_brief
        if item.update:
            page = f"{page}#{item.update.anchor}"
            block["body"] = "" if is_brief else body_of(item)
        block["url"] = leads_to(page)
        if item.kind == DigestItem.Kind.OPENED:
            statement = campaign.current_statement()
            block |= {
                "lead_in": campaign.lead_in_text,
                "statement": statement.text if statement else "",
                "sign_url": links.full_recognised_address(campaign.slug, holes["recognised_token"]),
            }
        yield block
