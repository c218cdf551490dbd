"""What beat and the doorbell ask for: a task calls one function. No address is an argument."""

import threading
from collections.abc import Callable
from functools import wraps
from typing import Any

from celery import shared_task
from celery.signals import worker_shutting_down

from mailings import doorbell, pumping, sending
from mailings.digesting.preparing import prepare_due
from mailings.digesting.waking import wake_due
from mailings.promising.approval import ask_for_approval
from mailings.promising.closing import draft_closing_mails
from mailings.promising.warning import warn_ahead
from mailings.reporting import sum_up_stale
from mailings.telling import send_notices
from mailings.trials.deciding import watch_trials
from mailings.welcoming.growing import grow_all
from signatures.arming import is_armed

_stopping = threading.Event()


def _armed_task(act: Callable[..., None]) -> Any:
    """A task that does nothing where sending is not armed: on a copy nothing goes by itself."""

    @wraps(act)
    def when_armed(*arguments: Any) -> None:
        if is_armed():
            act(*arguments)

    return shared_task(when_armed)


@worker_shutting_down.connect(weak=False)
def _stop_between_messages(**_details: Any) -> None:
    """A deployment does not wait for slices: each gives its chunk back after its message."""
    _stopping.set()


@_armed_task
def pump() -> None:
    """Every 15 seconds, and when the bell rings."""
    pumping.pump()


@_armed_task
def send_slice(lane: int, connections: int = 1) -> None:
    """A minute of sending; with work left it rings for the next one."""
    if sending.send_slice(lane=lane, connections=connections, stopping=_stopping.is_set):
        doorbell.ring_lane(lane, connections)
    else:
        doorbell.ring_pump()


@shared_task
def sum_up_mailings() -> None:
    """Every ten minutes."""
    sum_up_stale()


@_armed_task
def wake_digest_schedules() -> None:
    """Every minute."""
    wake_due()
    prepare_due()


@_armed_task
def welcome_newcomers() -> None:
    """Every minute."""
    if grow_all(stopping=_stopping.is_set):
        doorbell.ring_pump()


@_armed_task
def decide_trials() -> None:
    """Every minute: reading what came of a big trial takes a second or two."""
    if watch_trials():
        doorbell.ring_pump()


@_armed_task
def keep_promises() -> None:
    """Every five minutes: draft last mails, warn of promises, ask for approvals, tell of it all."""
    draft_closing_mails()
    warn_ahead()
    ask_for_approval()
    send_notices()
