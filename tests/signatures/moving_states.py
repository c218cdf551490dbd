"""Moves signatures as staff do, and says where they stand and that the count is exact."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import connection, connections
from django.db.models import Sum
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Campaign
from signatures import invariants
from signatures.models import CountShard, Signature, StateChange
from signatures.staff import state_changing
from signatures.staff.voiding import Wave

State = Signature.State
LIST = "admin:signatures_signature_changelist"


def states(*signatures: Signature) -> list[str]:
    found = dict(Signature.objects.values_list("pk", "state"))
    return [found[signature.pk] for signature in signatures]


def count_of(campaign: Campaign) -> tuple[int, ...]:
    """What the shards say: counted, pending, held, opted in. The invariants say it is exact."""
    with connection.cursor() as cursor:
        for invariant in invariants._registered:
            cursor.execute(invariant.violations)
            assert cursor.fetchone() == (0,), invariant.sentence
    names = ("counted", "pending", "held", "opted_in")
    sums = CountShard.objects.filter(campaign=campaign).aggregate(
        **{name: Sum(name, default=0) for name in names}
    )
    return tuple(sums[name] for name in names)


def hold(signature: Signature) -> None:
    """As signing holds one: in the state, and in the numbers."""
    Signature.objects.filter(pk=signature.pk).update(state=State.HELD)
    shard = CountShard.objects.filter(campaign=signature.campaign).first()
    assert shard
    shard.pending, shard.held = shard.pending - 1, shard.held + 1
    shard.save()


def do(staff: Client, action: str, *ids: int, reason: str = "Spam") -> Any:
    data = {"action": action, "_selected_action": list(ids), "reason": reason}
    return staff.post(reverse(LIST), data, follow=True)


def wave_of(campaign: Campaign, **given: Any) -> Wave:
    return Wave(campaign_id=campaign.pk, until=timezone.now() + timedelta(hours=1), **given)


def reject_wave(wave: Wave, count: int, user: object = None) -> StateChange:
    change = state_changing.begin_wave(wave=wave, expected_count=count, reason="Bots", user=user)
    assert state_changing.carry_on(change_id=change.pk, seconds=60)
    change.refresh_from_db()
    return change


def at_once(*acts: Callable[[], object]) -> None:
    """Each in a thread of its own, all from the same moment."""
    gate = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> None:
        gate.wait()
        try:
            act()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
