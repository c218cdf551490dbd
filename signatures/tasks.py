"""What beat asks for about signatures: a task takes no address and calls one function."""

from celery import shared_task

from signatures.staff import state_changing

# Less than the time between two rounds, so that rounds do not pile up.
SECONDS = 8.0


@shared_task
def carry_on_state_changes() -> None:
    """Every ten seconds: waves that a request began, or a dead worker left."""
    state_changing.carry_on_unfinished(seconds=SECONDS)
