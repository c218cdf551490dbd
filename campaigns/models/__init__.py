from campaigns.models.campaign import Campaign, CannotPublish
from campaigns.models.correction import Correction
from campaigns.models.custom_field import CustomField
from campaigns.models.draft import EditLock, TextVersion
from campaigns.models.organization import MailScope, Membership, Organization
from campaigns.models.picture import Picture
from campaigns.models.row_texts import CorrectionText, QuestionText, TargetText
from campaigns.models.source import Source
from campaigns.models.tally import Tally, TallyHour
from campaigns.models.target import Ally, Target
from campaigns.models.topic import Topic
from campaigns.models.translation import PageAddress, Translation
from campaigns.models.update import Update, UpdateText
from campaigns.models.versions import ConsentNotice, Statement

__all__ = [
    "Ally",
    "Campaign",
    "CannotPublish",
    "ConsentNotice",
    "Correction",
    "CorrectionText",
    "CustomField",
    "EditLock",
    "MailScope",
    "Membership",
    "Organization",
    "PageAddress",
    "Picture",
    "QuestionText",
    "Source",
    "Statement",
    "Tally",
    "TallyHour",
    "Target",
    "TargetText",
    "TextVersion",
    "Topic",
    "Translation",
    "Update",
    "UpdateText",
]
