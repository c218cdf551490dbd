from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    """What is asked, of whom, on what evidence."""

    name = "campaigns"
