"""Ringing for workers. The broker is a doorbell: unheard, it costs one interval of the pump.

Each ring takes a connection of its own with time-outs of 50 ms, so that a broker that is gone or
hangs costs a click in the admin a tenth of a second and never an error.
"""

import logging

from celery import current_app
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)

PATIENCE = 0.05
# The next round of the pump asks again, so an unheard ring is stale by then.
EXPIRES = 14


def ring_pump() -> bool:
    """Ask for a round of the pump now. Returns whether the broker heard it."""
    return _ring("mailings.tasks.pump", 1)


def ring_lane(lane: int, times: int = 1) -> bool:
    """Ask for so many slices of work in a lane. Returns whether the broker heard it."""
    return _ring("mailings.tasks.send_slice", times, lane)


def _ring(task: str, times: int, *arguments: int) -> bool:
    options = {
        **current_app.conf.broker_transport_options,
        "socket_timeout": PATIENCE,
        "socket_connect_timeout": PATIENCE,
        "retry_on_timeout": False,
        "max_retries": 0,
        "interval_start": 0,
        "interval_step": 0,
        "connect_retries_timeout": PATIENCE,
    }
    try:
        with current_app.connection_for_write(
            connect_timeout=PATIENCE, transport_options=options
        ) as broker:
            for _ in range(times):
                current_app.send_task(
                    task, arguments, connection=broker, retry=False, expires=EXPIRES
                )
    except (OSError, OperationalError) as error:
        logger.warning("Nobody heard the bell for %s: %s", task, type(error).__name__)
        return False
    return True
