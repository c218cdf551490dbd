from django.apps import AppConfig


class MailingsConfig(AppConfig):
    """Every bulk mail: who gets it, when it goes, and what became of it."""

    name = "mailings"
