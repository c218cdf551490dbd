from django.apps import AppConfig


class MailingsConfig(AppConfig):
    """Every bulk mail: who gets it, when it goes, and what became of it."""

    name = "mailings"

    def ready(self) -> None:
        from mailings.invariants import INVARIANTS
        from signatures.invariants import register

        register(*INVARIANTS)
