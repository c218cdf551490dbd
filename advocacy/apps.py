from django.apps import AppConfig


class AdvocacyConfig(AppConfig):
    """The project itself: it composes the apps."""

    name = "advocacy"

    def ready(self) -> None:
        from advocacy import checks  # noqa: F401
