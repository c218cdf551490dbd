from signatures.models.blocked import BlockedPerson
from signatures.models.data_access import DataAccess
from signatures.models.limits import NetworkWindow, UsedChallenge
from signatures.models.mistyping import Mistyping
from signatures.models.signature import CountShard, Letter, Signature
from signatures.models.staff_work import Export, PaperBatch, StateChange, StateChangeEntry
from signatures.models.supporter import (
    CampaignMute,
    ConsentEvent,
    KeyFingerprint,
    Subscription,
    Supporter,
    Suppression,
)
from signatures.models.tag import Tag, TaggedSupporter

__all__ = [
    "BlockedPerson",
    "CampaignMute",
    "ConsentEvent",
    "CountShard",
    "DataAccess",
    "Export",
    "KeyFingerprint",
    "Letter",
    "Mistyping",
    "NetworkWindow",
    "PaperBatch",
    "Signature",
    "StateChange",
    "StateChangeEntry",
    "Subscription",
    "Supporter",
    "Suppression",
    "Tag",
    "TaggedSupporter",
    "UsedChallenge",
]
