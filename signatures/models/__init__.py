from signatures.models.signature import CountShard, Letter, Signature
from signatures.models.supporter import (
    CampaignMute,
    ConsentEvent,
    KeyFingerprint,
    Subscription,
    Supporter,
    Suppression,
)

__all__ = [
    "CampaignMute",
    "ConsentEvent",
    "CountShard",
    "KeyFingerprint",
    "Letter",
    "Signature",
    "Subscription",
    "Supporter",
    "Suppression",
]
