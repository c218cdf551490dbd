from django.apps import AppConfig


class SignaturesConfig(AppConfig):
    """Who signed, what they agreed to, and how they leave."""

    name = "signatures"
