"""T1, B100: staff reject, restore and count signatures; the count is exact after each."""

import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection, connections
from django.db.models import Sum
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Campaign
from signatures import invariants
from signatures.confirming import Confirmed, confirm, disown
from signatures.models import CountShard, Signature, StateChange, Subscription
from signatures.signing import Typed
from signatures.staff import state_changing, voiding
from signatures.staff.voiding import Wave
from signatures.tasks import carry_on_state_changes
from tests.campaigns.admin_pages import form_on, make_organizer, words
from tests.factories import make_campaign, make_signature

pytestmark = pytest.mark.django_db
State = Signature.State
LIST = "admin:signatures_signature_changelist"


@pytest.fixture
def campaign() -> Campaign:
    return make_campaign()


@pytest.fixture
def staff(client: Client, campaign: Campaign) -> Client:
    client.force_login(make_organizer(campaign.organization))
    return client


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


# --- one by one


def test_rejecting_takes_a_signature_out_of_the_count_and_ends_the_mail_it_began(staff, campaign):
    counted, pending = make_signature(campaign), make_signature(campaign, confirmed=False)
    assert count_of(campaign) == (1, 1, 0, 1)
    page = do(staff, "reject_chosen", counted.pk, pending.pk)
    assert "2 signatures were moved" in words(page)
    assert states(counted, pending) == [State.REJECTED, State.REJECTED]
    assert count_of(campaign) == (0, 0, 0, 0)
    assert not Subscription.objects.live().filter(signature=counted).exists()
    assert LogEntry.objects.filter(object_id=str(counted.pk), change_message__contains="Spam")


def test_restoring_puts_each_back_to_where_it_stood_with_its_mail(staff, campaign):
    counted, pending = make_signature(campaign), make_signature(campaign, confirmed=False)
    before = count_of(campaign)
    do(staff, "reject_chosen", counted.pk, pending.pk)
    do(staff, "restore_chosen", counted.pk, pending.pk, reason="They wrote to us")
    assert states(counted, pending) == [State.COUNTED, State.PENDING]
    assert count_of(campaign) == before
    assert Subscription.objects.live().filter(signature=counted).count() == 2


def test_a_subscription_that_its_owner_ended_does_not_come_back_with_the_signature(staff, campaign):
    from signatures.leaving import unsubscribe

    signature = make_signature(campaign)
    unsubscribe(
        supporter_id=signature.supporter_id,
        organization_id=campaign.organization_id,
        via="unsubscribe link",
    )
    do(staff, "reject_chosen", signature.pk)
    do(staff, "restore_chosen", signature.pk)
    assert not Subscription.objects.live().filter(supporter=signature.supporter_id).exists()


def test_a_held_signature_counts_on_the_word_of_staff(staff, campaign):
    held = make_signature(campaign, confirmed=False)
    hold(held)
    do(staff, "count_chosen", held.pk)
    assert states(held) == [State.COUNTED]
    assert count_of(campaign) == (1, 0, 0, 1)
    assert not Subscription.objects.filter(signature=held).exists()


def test_nothing_goes_from_counted_or_pending_where_only_held_may(staff, campaign):
    counted, pending = make_signature(campaign), make_signature(campaign, confirmed=False)
    page = do(staff, "count_chosen", counted.pk, pending.pk)
    assert "2 signatures stay as they are" in words(page)
    assert states(counted, pending) == [State.COUNTED, State.PENDING]
    assert not StateChange.objects.exists()


def test_what_its_owner_disowned_is_never_restored(staff, campaign):
    theirs, ours = make_signature(campaign), make_signature(campaign)
    disown(signature_id=theirs.pk)
    do(staff, "reject_chosen", ours.pk)
    change = StateChange.objects.get()
    disown(signature_id=ours.pk)
    do(staff, "restore_chosen", theirs.pk, ours.pk)
    staff.post(reverse("admin:signatures_statechange_undo", args=[change.pk]))
    assert states(theirs, ours) == [State.REJECTED, State.REJECTED]
    assert count_of(campaign) == (0, 0, 0, 0)


def test_a_rejected_signature_is_not_confirmed_by_its_old_link(staff, campaign):
    pending = make_signature(campaign, confirmed=False)
    do(staff, "reject_chosen", pending.pk)
    said = confirm(signature_id=pending.pk, typed=Typed(name="Ada", consents=True))
    assert said == Confirmed.DISOWNED
    assert count_of(campaign) == (0, 0, 0, 0)


def test_a_change_without_a_reason_is_asked_for_one_and_nothing_moves(staff, campaign):
    signature = make_signature(campaign)
    page = do(staff, "reject_chosen", signature.pk, reason=" ")
    assert page.status_code == 422
    assert "This field is required" in words(page)
    assert states(signature) == [State.COUNTED]


def test_one_signature_is_rejected_from_its_own_page(staff, campaign):
    signature = make_signature(campaign)
    url = reverse("admin:signatures_signature_state", args=[signature.pk, "reject"])
    assert (
        url
        in staff.get(
            reverse("admin:signatures_signature_change", args=[signature.pk])
        ).content.decode()
    )
    asked = staff.get(url)
    assert states(signature) == [State.COUNTED]
    staff.post(url, form_on(asked, "reason_form") | {"reason": "Spam"})
    assert states(signature) == [State.REJECTED]


# --- B100


def test_b100_ids_of_another_organization_and_ids_of_nobody_are_left_alone(staff, campaign):
    own, foreign = make_signature(campaign), make_signature(make_campaign())
    page = do(staff, "reject_chosen", own.pk, foreign.pk, 2**62)
    assert "1 signature was moved" in words(page)
    assert states(own, foreign) == [State.REJECTED, State.COUNTED]


def test_b100_acting_twice_on_the_same_moves_nothing_twice(staff, campaign):
    signature = make_signature(campaign)
    do(staff, "reject_chosen", signature.pk)
    page = do(staff, "reject_chosen", signature.pk)
    assert "stays as it is" in words(page)
    assert count_of(campaign) == (0, 0, 0, 0)
    assert StateChange.objects.count() == 1


@pytest.mark.parametrize("ids", [["x"], [-1], [2**70], ["1 OR 1=1"], ["1,2"], ["١"]])
def test_b100_ids_that_are_none_move_nothing(staff, campaign, ids):
    signature = make_signature(campaign)
    data = {"action": "reject_chosen", "_selected_action": ids, "reason": "Spam"}
    assert staff.post(reverse(LIST), data).status_code == 400
    assert states(signature) == [State.COUNTED]


def test_b100_a_flood_of_ids_is_refused(staff, campaign):
    data = {"action": "reject_chosen", "_selected_action": list(range(5000)), "reason": "Spam"}
    assert staff.post(reverse(LIST), data).status_code == 400


def test_b100_more_than_may_be_chosen_is_told_where_to_go(staff, campaign, monkeypatch):
    from signatures.admin import acts

    monkeypatch.setattr(acts, "MOST_CHOSEN", 2)
    signatures = [make_signature(campaign) for _number in range(3)]
    data = {
        "action": "reject_chosen",
        "_selected_action": [signatures[0].pk],
        "select_across": "1",
        "reason": "Spam",
    }
    assert "Choose at most 2 at once" in words(staff.post(reverse(LIST), data, follow=True))
    assert set(states(*signatures)) == {State.COUNTED}


# --- waves


def wave_of(campaign: Campaign, **given: Any) -> Wave:
    return Wave(campaign_id=campaign.pk, until=timezone.now() + timedelta(hours=1), **given)


def reject_wave(wave: Wave, count: int, user: object = None) -> StateChange:
    change = state_changing.begin_wave(wave=wave, expected_count=count, reason="Bots", user=user)
    assert state_changing.carry_on(change_id=change.pk, seconds=60)
    change.refresh_from_db()
    return change


def test_t01_voiding_a_mail_domain_leaves_the_count_exact_and_can_be_undone(campaign, monkeypatch):
    monkeypatch.setattr(state_changing, "BATCH", 3)
    people = [make_signature(campaign) for _number in range(2)]
    bots = [make_signature(campaign, email=f"b{n}@catchall.example") for n in range(5)]
    bots += [
        make_signature(campaign, email=f"p{n}@catchall.example", confirmed=False) for n in range(3)
    ]
    elsewhere = make_signature(make_campaign(), email="b0@catchall.example")
    before = count_of(campaign)
    assert before == (7, 3, 0, 7)

    change = reject_wave(wave_of(campaign, domain="catchall.example"), 8)
    assert (change.changed, set(states(*bots))) == (8, {State.REJECTED})
    assert states(*people, elsewhere) == [State.COUNTED] * 3
    assert count_of(campaign) == (2, 0, 0, 2)

    assert change.begin_undo(None)
    assert state_changing.carry_on(change_id=change.pk, seconds=60)
    assert states(*bots) == [State.COUNTED] * 5 + [State.PENDING] * 3
    assert count_of(campaign) == before


def test_t01_voiding_a_network_takes_that_network_alone(campaign):
    bot, person = make_signature(campaign), make_signature(campaign)
    Signature.objects.filter(pk=bot.pk).update(network=b"n" * 16)
    Signature.objects.filter(pk=person.pk).update(network=b"m" * 16)
    reject_wave(wave_of(campaign, network=b"n" * 16), 1)
    assert states(bot, person) == [State.REJECTED, State.COUNTED]


def test_t01_voiding_a_time_takes_what_was_signed_within_it(campaign):
    early, within, late = (make_signature(campaign) for _number in range(3))
    now = timezone.now()
    for signature, hours in ((early, 5), (within, 3), (late, 1)):
        Signature.objects.filter(pk=signature.pk).update(created_at=now - timedelta(hours=hours))
    wave = Wave(
        campaign_id=campaign.pk, since=now - timedelta(hours=4), until=now - timedelta(hours=2)
    )
    assert wave.signature_ids() == [within.pk]


def test_a_wave_of_another_size_than_was_typed_is_not_begun(campaign):
    make_signature(campaign, email="b@catchall.example")
    with pytest.raises(state_changing.WaveChanged) as refused:
        state_changing.begin_wave(
            wave=wave_of(campaign, domain="catchall.example"),
            expected_count=2,
            reason="Bots",
            user=None,
        )
    assert refused.value.count == 1
    assert not StateChange.objects.exists()


def test_a_wave_that_reaches_too_far_is_refused(campaign, monkeypatch):
    monkeypatch.setattr(voiding, "MOST_LOOKED_AT", 2)
    for _number in range(3):
        make_signature(campaign)
    Signature.objects.update(network=b"n" * 16)
    for given in ({"domain": "example.org"}, {"network": b"n" * 16}):
        with pytest.raises(voiding.TooWide):
            wave_of(campaign, **given).signature_ids()


def test_a_wave_that_a_dead_worker_left_is_carried_on_and_moves_nothing_twice(
    campaign, monkeypatch
):
    monkeypatch.setattr(state_changing, "BATCH", 2)
    bots = [make_signature(campaign, email=f"b{n}@catchall.example") for n in range(5)]
    wave = wave_of(campaign, domain="catchall.example")
    change = state_changing.begin_wave(wave=wave, expected_count=5, reason="Bots", user=None)
    assert not state_changing.carry_on(change_id=change.pk, seconds=0)
    assert states(*bots).count(State.REJECTED) == 2
    assert count_of(campaign) == (3, 0, 0, 3)

    carry_on_state_changes()
    carry_on_state_changes()
    change.refresh_from_db()
    assert (change.changed, bool(change.finished_at)) == (5, True)
    assert count_of(campaign) == (0, 0, 0, 0)


@pytest.mark.parametrize("given", [{"domain": "catchall.example"}, {"network": b"n" * 16}])
def test_a_wave_that_began_is_finished_though_more_came_than_may_be_looked_at(
    campaign, monkeypatch, given
):
    monkeypatch.setattr(voiding, "MOST_LOOKED_AT", 3)
    bots = [make_signature(campaign, email=f"b{n}@catchall.example") for n in range(3)]
    Signature.objects.update(network=b"n" * 16)
    wave = wave_of(campaign, **given)
    change = state_changing.begin_wave(wave=wave, expected_count=3, reason="Bots", user=None)
    later = make_signature(campaign, email="later@catchall.example")
    Signature.objects.update(network=b"n" * 16)
    assert state_changing.carry_on(change_id=change.pk, seconds=60)
    assert states(*bots, later) == [State.REJECTED] * 3 + [State.COUNTED]


def test_a_change_that_cannot_be_carried_on_keeps_no_other_waiting(campaign, caplog):
    bots = [make_signature(campaign, email=f"b{n}@catchall.example") for n in range(2)]
    broken = StateChange.objects.create(campaign=campaign, to_state=State.REJECTED, reason="Odd")
    wave = wave_of(campaign, domain="catchall.example")
    change = state_changing.begin_wave(wave=wave, expected_count=2, reason="Bots", user=None)
    carry_on_state_changes()
    assert set(states(*bots)) == {State.REJECTED}
    change.refresh_from_db()
    assert change.finished_at
    assert f"State change {broken.pk} cannot be carried on" in caplog.text


def test_what_is_restored_before_its_wave_finished_counts_as_changed_once(campaign, monkeypatch):
    monkeypatch.setattr(state_changing, "BATCH", 1)
    bots = [make_signature(campaign, email=f"b{n}@catchall.example") for n in range(2)]
    wave = wave_of(campaign, domain="catchall.example")
    change = state_changing.begin_wave(wave=wave, expected_count=2, reason="Bots", user=None)
    state_changing.carry_on(change_id=change.pk, seconds=0)
    state_changing.restore(signature_ids=[bots[0].pk], reason="No", user=None)
    carry_on_state_changes()
    change.refresh_from_db()
    assert (change.changed, change.entries.count()) == (2, 2)


def test_undoing_half_a_wave_stops_it_and_takes_back_what_was_moved(campaign, monkeypatch):
    monkeypatch.setattr(state_changing, "BATCH", 2)
    bots = [make_signature(campaign, email=f"b{n}@catchall.example") for n in range(5)]
    wave = wave_of(campaign, domain="catchall.example")
    change = state_changing.begin_wave(wave=wave, expected_count=5, reason="Bots", user=None)
    state_changing.carry_on(change_id=change.pk, seconds=0)
    assert change.begin_undo(None)
    assert not change.begin_undo(None)
    carry_on_state_changes()
    assert set(states(*bots)) == {State.COUNTED}
    assert count_of(campaign) == (5, 0, 0, 5)
    carry_on_state_changes()
    assert set(states(*bots)) == {State.COUNTED}


def test_undoing_leaves_alone_what_somebody_moved_since(staff, campaign):
    signature = make_signature(campaign)
    do(staff, "reject_chosen", signature.pk)
    first = StateChange.objects.get()
    do(staff, "restore_chosen", signature.pk)
    do(staff, "reject_chosen", signature.pk)
    staff.post(reverse("admin:signatures_statechange_undo", args=[first.pk]))
    assert states(signature) == [State.REJECTED]
    assert count_of(campaign) == (0, 0, 0, 0)


# --- the page of a wave


def wave_url(campaign: Campaign) -> str:
    return reverse("admin:signatures_campaign_wave", args=[campaign.pk])


def test_the_dry_run_shows_the_number_and_masked_addresses_and_moves_nothing(staff, campaign):
    bots = [make_signature(campaign, email=f"bot{n}@catchall.example") for n in range(3)]
    page = staff.get(wave_url(campaign), {"look": "1", "domain": "@CatchAll.example"})
    assert "3 signatures would be rejected" in words(page)
    assert "b•••@catchall.example" in words(page)
    assert "bot1@" not in page.content.decode()
    assert set(states(*bots)) == {State.COUNTED}


def test_a_wave_is_rejected_once_its_number_is_typed(staff, campaign):
    bots = [make_signature(campaign, email=f"bot{n}@catchall.example") for n in range(3)]
    page = staff.get(wave_url(campaign), {"look": "1", "domain": "catchall.example"})
    form = form_on(page, "confirm_form")

    wrong = staff.post(wave_url(campaign), form | {"reason": "Bots", "count": "30"})
    assert "It is 3 now. Nothing was rejected." in words(wrong)
    assert set(states(*bots)) == {State.COUNTED}

    done = staff.post(wave_url(campaign), form | {"reason": "Bots", "count": "3"}, follow=True)
    assert "Done: 3 signatures no longer count or wait." in words(done)
    assert set(states(*bots)) == {State.REJECTED}

    change = StateChange.objects.get()
    back = staff.post(reverse("admin:signatures_statechange_undo", args=[change.pk]), follow=True)
    assert "Undone" in words(back)
    assert count_of(campaign) == (3, 0, 0, 3)


@pytest.mark.parametrize("until", ["", "2099-01-01T00:00"])
def test_who_signs_after_the_dry_run_does_not_go_with_the_wave(staff, campaign, until):
    bot = make_signature(campaign, email="bot@catchall.example")
    asked = {"look": "1", "domain": "catchall.example", "until": until}
    form = form_on(staff.get(wave_url(campaign), asked), "confirm_form")
    person = make_signature(campaign, email="person@catchall.example")
    again = staff.post(wave_url(campaign), form | {"reason": "", "count": "1"})
    assert "1 signature would be rejected" in words(again)
    form = form_on(again, "confirm_form")
    done = staff.post(wave_url(campaign), form | {"reason": "Bot", "count": "1"}, follow=True)
    assert "Done: 1 signatures no longer" in words(done)
    assert states(bot, person) == [State.REJECTED, State.COUNTED]


def test_what_was_counted_is_what_goes_whatever_its_time_says(staff, campaign):
    bot = make_signature(campaign, email="bot@catchall.example")
    page = staff.get(wave_url(campaign), {"look": "1", "domain": "catchall.example"})
    late = make_signature(campaign, email="late@catchall.example")
    Signature.objects.filter(pk=late.pk).update(created_at=timezone.now() - timedelta(hours=1))
    form = form_on(page, "confirm_form") | {"reason": "Bot", "count": "1"}
    staff.post(wave_url(campaign), form)
    assert states(bot, late) == [State.REJECTED, State.COUNTED]


def test_a_time_that_ends_before_it_begins_is_explained(staff, campaign):
    make_signature(campaign)
    for until in ("2026-05-01T10:00", "2026-05-01T09:00"):
        asked = {"look": "1", "since": "2026-05-01T10:00", "until": until}
        page = staff.get(wave_url(campaign), asked)
        assert page.status_code == 422
        assert "ends before it begins" in words(page)
        assert 'value="2026-05-01T10:00' in page.content.decode()


def test_a_wave_starts_from_the_network_of_a_signature(staff, campaign):
    bot = make_signature(campaign)
    Signature.objects.filter(pk=bot.pk).update(network=b"n" * 16)
    page = staff.get(wave_url(campaign), {"look": "1", "signature": bot.pk})
    assert "1 signature would be rejected" in words(page)
    foreign = make_signature(make_campaign())
    Signature.objects.filter(pk=foreign.pk).update(network=b"n" * 16)
    page = staff.get(wave_url(campaign), {"look": "1", "signature": foreign.pk})
    assert page.status_code == 422


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"domain": "not a domain"},
        {"domain": "%"},
        {"since": "31/02/2026"},
        {"since": "0000-00-00T00:00"},
        {"since": "9999-12-31T23:59", "until": "0001-01-01T00:00"},
        {"signature": "9" * 30},
        {"signature": "x"},
        {"domain": "x" * 5000},
    ],
)
def test_a_wave_that_is_described_badly_is_explained_and_moves_nothing(staff, campaign, asked):
    signature = make_signature(campaign)
    page = staff.get(wave_url(campaign), asked | {"look": "1"})
    assert page.status_code in (200, 422)
    assert "confirm_form" not in page.content.decode()
    assert states(signature) == [State.COUNTED]


# --- at once


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


@pytest.mark.django_db(transaction=True)
def test_staff_and_supporter_at_once_never_count_one_signature_twice():
    campaign, typed = make_campaign(), Typed(name="Ada", consents=True)
    for _round in range(5):
        signature = make_signature(campaign, confirmed=False)
        at_once(
            partial(confirm, signature_id=signature.pk, typed=typed),
            partial(state_changing.reject, signature_ids=[signature.pk], reason="Spam", user=None),
            partial(disown, signature_id=signature.pk),
        )
        assert states(signature) == [State.REJECTED]
    assert count_of(campaign) == (0, 0, 0, 0)


@pytest.mark.django_db(transaction=True)
def test_two_workers_on_one_wave_move_each_signature_once(monkeypatch):
    monkeypatch.setattr(state_changing, "BATCH", 2)
    campaign = make_campaign()
    for number in range(9):
        make_signature(campaign, email=f"b{number}@catchall.example")
    wave = wave_of(campaign, domain="catchall.example")
    change = state_changing.begin_wave(wave=wave, expected_count=9, reason="Bots", user=None)
    at_once(*[partial(state_changing.carry_on, change_id=change.pk, seconds=30)] * 3)
    change.refresh_from_db()
    assert (change.changed, bool(change.finished_at)) == (9, True)
    assert count_of(campaign) == (0, 0, 0, 0)
