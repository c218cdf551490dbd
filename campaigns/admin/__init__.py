from campaigns.admin.campaigns import CampaignAdmin
from campaigns.admin.organizations import OrganizationAdmin
from campaigns.admin.updates import UpdateAdmin

__all__ = ["CampaignAdmin", "OrganizationAdmin", "UpdateAdmin"]
