"""The Celery application: two kinds of workers and one beat, see `docs/developers.md`."""

import os
from typing import Any

from celery import Celery, bootsteps

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "advocacy.settings")


class CarrierStep(bootsteps.StartStopStep):
    """Gives a worker of the `tx` queue its carriers: of letters, and of what comes back. They work
    with the broker gone.

    The step belongs to the worker, not to its consumer: it starts before the first connection to
    the broker is tried and is not touched when that connection is lost.
    """

    requires = {"celery.worker.components:Pool"}

    def __init__(self, worker: Any, **kwargs: Any) -> None:
        self.carriers: list[Any] = []
        super().__init__(worker, **kwargs)

    def include_if(self, worker: Any) -> bool:
        return "tx" in worker.app.amqp.queues.consume_from

    def start(self, worker: Any) -> None:
        from mailings.carrier import Returns
        from signatures.keeping.carrier import Carrier

        self.carriers = [Carrier(), Returns()]
        for each in self.carriers:
            each.start()

    def stop(self, worker: Any) -> None:
        for each in self.carriers:
            each.stop()

    terminate = stop


app = Celery("advocacy")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["worker"].add(CarrierStep)
