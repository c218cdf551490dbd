"""The project package: it composes the apps, and no app imports it."""

from advocacy.celery import app as celery_app

__all__ = ["celery_app"]
