"""T1, B100: staff reject, restore and count signatures; the count is exact after each."""

from functools import partial

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from signatures.confirming import Confirmed, confirm, disown
from signatures.models import Signature, StateChange, Subscription
from signatures.signing import Typed
from signatures.staff import state_changing
from tests.campaigns.admin_pages import form_on, words
from tests.factories import make_campaign, make_signature
from tests.signatures.moving_states import LIST, at_once, count_of, do, hold, states

pytestmark = pytest.mark.django_db
State = Signature.State


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
