from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class SignaturesConfig(AppConfig):
    """Who signed, what they agreed to, and how they leave."""

    name = "signatures"

    def ready(self) -> None:
        from campaigns.admin.previews import page_renderers
        from campaigns.admin.texts import signed_counts
        from campaigns.open_data import paper_counts
        from signatures import own_data, tagging
        from signatures.staff.version_counts import signed_in_words
        from signatures.views.page import on_paper
        from signatures.views.previewing import show_unsaved_preview

        post_migrate.connect(_remember_key, sender=self)
        signed_counts.append(signed_in_words)
        paper_counts.append(on_paper)
        page_renderers.append(show_unsaved_preview)
        own_data.register(tagging.SECTION)


def _remember_key(**kwargs: Any) -> None:
    from signatures.arming import arm_new_database
    from signatures.keys import remember_key

    remember_key()
    arm_new_database()
