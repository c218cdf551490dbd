"""T1: staff reject what came as a wave, after a dry run, and can take it back."""

from datetime import timedelta
from functools import partial

import pytest
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Campaign
from signatures.models import Signature, StateChange
from signatures.staff import state_changing, voiding
from signatures.staff.voiding import Wave
from signatures.tasks import carry_on_state_changes
from tests.campaigns.admin_pages import form_on, words
from tests.factories import make_campaign, make_signature
from tests.signatures.moving_states import at_once, count_of, do, reject_wave, states, wave_of

pytestmark = pytest.mark.django_db
State = Signature.State


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
