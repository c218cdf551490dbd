"""Has sources checked now instead of within the week."""

from dataclasses import dataclass

from campaigns import doorbell
from campaigns.models.source import SourceQuerySet


@dataclass(frozen=True)
class Asked:
    """How many sources will be checked, and whether a worker was told; else the next beat is."""

    count: int
    was_heard: bool


def ask_for_check(sources: SourceQuerySet) -> Asked:
    """Put those of `sources` that may be checked first in the queue. Safe to call twice."""
    count = sources.make_due()
    return Asked(count, was_heard=bool(count) and ring())


def ring() -> bool:
    """Ask for a turn of checking. Returns whether the broker heard it."""
    return doorbell.ring("campaigns.tasks.check_sources")
