"""One line for a piece of news, and one for several."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from campaigns.models import Campaign
from mailings.models import DigestItem

LONGEST = 150
_ROOM_FOR_MORE = 100


def headline_of(item: DigestItem) -> str:
    """What is new, in one line, in the language that is active."""
    if item.update:
        return item.update.title
    if item.kind == DigestItem.Kind.OPENED:
        return item.campaign.headline
    said = {
        Campaign.State.WON: _("Won: %s"),
        Campaign.State.LOST: _("Not won: %s"),
        Campaign.State.DELIVERED: _("Delivered: %s"),
    }
    return said[Campaign.State(item.state)] % item.campaign.headline


def subject_of(headlines: Sequence[str]) -> str:
    """The first piece of news, and how many more there are; empty where there is none."""
    if len(headlines) < 2:
        return "".join(headlines)[:LONGEST]
    return _("%(title)s, and %(others)d more") % {
        "title": headlines[0][:_ROOM_FOR_MORE],
        "others": len(headlines) - 1,
    }
