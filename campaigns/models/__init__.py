from campaigns.models.campaign import Ally, Campaign, CannotPublish, Tally, Target
from campaigns.models.organization import MailScope, Membership, Organization
from campaigns.models.source import Source
from campaigns.models.update import Update
from campaigns.models.versions import ConsentNotice, Statement

__all__ = [
    "Ally",
    "Campaign",
    "CannotPublish",
    "ConsentNotice",
    "MailScope",
    "Membership",
    "Organization",
    "Source",
    "Statement",
    "Tally",
    "Target",
    "Update",
]
