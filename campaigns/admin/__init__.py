from campaigns.admin.campaigns import CampaignAdmin
from campaigns.admin.organizations import OrganizationAdmin
from campaigns.admin.pictures import PictureAdmin
from campaigns.admin.sources import SourceAdmin
from campaigns.admin.translations import TranslationAdmin
from campaigns.admin.update_texts import UpdateTextAdmin
from campaigns.admin.updates import UpdateAdmin

__all__ = [
    "CampaignAdmin",
    "OrganizationAdmin",
    "PictureAdmin",
    "SourceAdmin",
    "TranslationAdmin",
    "UpdateAdmin",
    "UpdateTextAdmin",
]
