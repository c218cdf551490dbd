"""What beat and the doorbell ask for: a task calls one function."""

from celery import shared_task

from campaigns.source_health import asking, examining


@shared_task
def check_sources() -> None:
    """Every hour, and when somebody asks; with sources left it rings for the next turn."""
    if examining.examine_due():
        asking.ring()
