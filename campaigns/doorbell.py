"""Ringing for workers. The broker is a doorbell: unheard, it costs one interval of a beat task.

Each ring takes a connection of its own with time-outs of 50 ms, so that a broker that is gone or
hangs costs a click in the admin a tenth of a second and never an error.
"""

import logging
from typing import Any

from celery import current_app
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)

PATIENCE = 0.05
# Whatever rings comes again with a beat, so an unheard ring is soon stale.
EXPIRES = 600.0


def ring(task: str, *arguments: Any, times: int = 1, expires: float = EXPIRES) -> bool:
    """Ask `times` times for a task by its name. Returns whether the broker heard it.

    What no worker took up within `expires` seconds is forgotten.
    """
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
                    task, arguments, connection=broker, retry=False, expires=expires
                )
    except (OSError, OperationalError) as error:
        logger.warning("Nobody heard the bell for %s: %s", task, type(error).__name__)
        return False
    return True
