from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AdvocacyConfig(AppConfig):
    """The project itself: it composes the apps."""

    name = "advocacy"

    def ready(self) -> None:
        from advocacy import checks  # noqa: F401
        from advocacy.organizers import provide_group

        post_migrate.connect(provide_group, dispatch_uid="provide-organizers")
