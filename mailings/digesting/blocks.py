"""What stands in a digest for each item, between the marks by which it can be left out again."""

from collections.abc import Callable, Iterator
from typing import Any

from campaigns.models import Update
from mailings.digesting.subjects import headline_of
from mailings.models import DigestItem, Mailing
from postroom.skeleton import Placeholders
from signatures import links


def blocks(
    mailing: Mailing, holes: Placeholders, *, body_of: Callable[[Update], Any]
) -> Iterator[dict[str, Any]]:
    """The context of each item's block, in the language that is active.

    `body_of` gives the text of an update with its own numbered sources. A campaign to sign is
    reached by a link that knows its reader.
    """
    for item in mailing.items.select_related("campaign__organization", "update__campaign"):
        campaign = item.campaign
        block = {
            "kind": item.kind,
            "begins": holes[f"begin_{item.position}"],
            "ends": holes[f"end_{item.position}"],
            "campaign": campaign,
            "title": headline_of(item),
            "url": item.update.public_url if item.update else campaign.public_url,
        }
        if item.update:
            block["body"] = body_of(item.update)
        if item.kind == DigestItem.Kind.OPENED:
            statement = campaign.current_statement()
            block |= {
                "lead_in": campaign.lead_in_text,
                "statement": statement.text if statement else "",
                "sign_url": links.full_recognised_address(campaign.slug, holes["recognised_token"]),
            }
        yield block
