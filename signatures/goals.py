"""The goal beside the count: a fixed ladder, unless the organizer set a real one."""

LADDER = [
    step * 10**power for power in range(2, 8) for step in (1, 2, 5)
]  # 100, 200, 500, 1,000 … 50,000,000


def goal_for(counted: int, set_goal: int | None) -> int:
    """The organizer's goal until it is reached; then, and without one, the next step of the ladder.

    >>> goal_for(43_218, None)
    50000
    """
    if set_goal and set_goal > counted:
        return set_goal
    return next((step for step in LADDER if step > counted), counted + 1)
