"""Ringing for the workers of bulk mail."""

from campaigns.doorbell import ring

# The next round of the pump asks again, so an unheard ring is stale by then.
EXPIRES = 14


def ring_pump() -> bool:
    """Ask for a round of the pump now. Returns whether the broker heard it."""
    return ring("mailings.tasks.pump", expires=EXPIRES)


def ring_lane(lane: int, times: int = 1) -> bool:
    """Ask for so many slices of work in a lane. Returns whether the broker heard it."""
    return ring("mailings.tasks.send_slice", lane, times=times, expires=EXPIRES)
