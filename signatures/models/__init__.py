from signatures.models.signature import CountShard, Letter, Signature
from signatures.models.supporter import (
    CampaignMute,
    ConsentEvent,
    Subscription,
    Supporter,
    Suppression,
)

__all__ = [
    "CampaignMute",
    "ConsentEvent",
    "CountShard",
    "Letter",
    "Signature",
    "Subscription",
    "Supporter",
    "Suppression",
]
