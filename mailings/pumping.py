"""The pump: what moves mailings on, from PostgreSQL alone. Two at once do no harm."""

from functools import partial

from django.db import transaction

from mailings import doorbell, rounds, waves
from mailings.audience import carry_on, freeze_page
from mailings.audience.statistics import refresh_statistics
from mailings.models import CatchUp, Mailing
from mailings.scheduling import ask_again_when_grown, catch_ups_to_go_on


def pump() -> dict[int, int]:
    """A round: begin what is due, retry, tidy up, judge what goes out, close the finished, ring.

    Returns how many connections were asked for in each lane.
    """
    Mailing.objects.ask_again_when_late()
    for mailing in Mailing.objects.due().order_by("starts_at"):
        if not ask_again_when_grown(mailing):
            freeze_audience(mailing.pk)
    CatchUp.objects.give_up_when_late()
    carry_on(catch_ups_to_go_on())
    rounds.retry_deferred()
    rounds.settle_abandoned()
    for mailing_id in Mailing.objects.sending().values_list("pk", flat=True):
        waves.watch(mailing_id)
    rounds.close_finished()
    wanted = rounds.wanted_slices()
    for lane, connections in wanted.items():
        transaction.on_commit(partial(doorbell.ring_lane, lane, connections))
    return wanted


def freeze_audience(mailing_id: int) -> None:
    """Write down who gets the mailing, page by page, each a short transaction. Resumable."""
    refresh_statistics()
    while freeze_page(mailing_id):
        pass
