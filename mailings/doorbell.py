"""Ringing for the workers of bulk mail."""

from campaigns.doorbell import ring

# The next round of the pump asks again, so an unheard ring is stale by then.
EXPIRES = 14
# They share a session of the database; more would wait for each other's fences.
CONNECTIONS_OF_A_SLICE = 16


def ring_pump() -> bool:
    """Ask for a round of the pump now. Returns whether the broker heard it."""
    return ring("mailings.tasks.pump", expires=EXPIRES)


def ring_lane(lane: int, connections: int = 1) -> bool:
    """Ask for a slice of work in a lane over so many connections, or for several slices if one
    process should not have so many. Returns whether the broker heard it."""
    while connections > 0:
        of_one = min(connections, CONNECTIONS_OF_A_SLICE)
        if not ring("mailings.tasks.send_slice", lane, of_one, expires=EXPIRES):
            return False
        connections -= of_one
    return True
