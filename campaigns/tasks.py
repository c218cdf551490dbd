"""What beat and the doorbell ask for: a task calls one function."""

from celery import shared_task

from campaigns import doorbell
from campaigns.source_health import examining


@shared_task
def check_sources() -> None:
    """Every hour; with sources left it rings for the next turn."""
    if examining.examine_due():
        doorbell.ring("campaigns.tasks.check_sources")


@shared_task
def check_links(campaign_id: int) -> None:
    """When somebody asks for it, of one campaign."""
    if examining.examine_due(campaign_id=campaign_id):
        doorbell.ring("campaigns.tasks.check_links", campaign_id)
