"""What its owner said of a signature or a subscription, no act of staff and no job takes back."""

import threading
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection, connections
from django.utils import timezone

from signatures.confirming import confirm
from signatures.erasing import erase
from signatures.keeping.expiring import expire
from signatures.leaving import choose, unsubscribe
from signatures.models import DataAccess, Letter, Signature, StateChange, Subscription
from signatures.signing import Typed
from signatures.staff import state_changing
from tests.factories import make_campaign, make_signature

pytestmark = pytest.mark.django_db


def reject_and_undo(signature, meanwhile):
    """Staff reject a signature, something happens, and staff take the rejection back."""
    ids = [signature.pk]
    state_changing.reject(signature_ids=ids, reason="Looked like spam", user=None)
    meanwhile()
    state_changing.restore(signature_ids=ids, reason="It was not", user=None)
    signature.refresh_from_db()


def person(signature):
    return {
        "supporter_id": signature.supporter_id,
        "organization_id": signature.campaign.organization_id,
    }


def leave_by_link(signature):
    unsubscribe(**person(signature), via="link")


def leave_by_preferences(signature):
    choose(**person(signature), scope_ids=[], muted_campaign_ids=[])


@pytest.mark.parametrize("leave", [leave_by_link, leave_by_preferences])
def test_t20_who_leaves_while_their_signature_is_rejected_stays_away(leave):
    signature = make_signature(make_campaign())
    assert Subscription.objects.live().count() == 2
    reject_and_undo(signature, partial(leave, signature))
    assert signature.state == Signature.State.COUNTED
    assert not Subscription.objects.live().exists()


def test_t20_who_says_nothing_gets_their_mail_again_with_the_signature():
    signature = make_signature(make_campaign())
    reject_and_undo(signature, lambda: None)
    assert Subscription.objects.live().count() == 2


def test_t22_an_erased_persons_signature_is_moved_by_nobody():
    signature = make_signature(make_campaign())
    reject_and_undo(signature, lambda: erase(supporter_id=signature.supporter_id))
    assert signature.state == Signature.State.REJECTED
    assert not Subscription.objects.live().exists()


def test_what_its_owner_confirmed_does_not_wait_again_and_is_not_deleted():
    campaign = make_campaign()
    signature = make_signature(campaign, confirmed=False)
    Signature.objects.filter(pk=signature.pk).update(state=Signature.State.HELD)
    state_changing.count_held(signature_ids=[signature.pk], reason="Known to us", user=None)
    change = StateChange.objects.get()
    confirm(signature_id=signature.pk, typed=Typed(name="Ada", consents=True))
    assert change.begin_undo(None)
    state_changing.carry_on(change_id=change.pk, seconds=5)
    signature.refresh_from_db()
    assert signature.state == Signature.State.COUNTED
    Signature.objects.update(created_at=timezone.now() - timedelta(days=99))
    assert expire() == 0


def test_who_asks_for_the_link_again_has_as_long_from_then_on():
    signature = make_signature(make_campaign(), confirmed=False)
    Signature.objects.update(created_at=timezone.now() - timedelta(days=31))
    assert Letter.objects.count() == 1
    assert expire() == 0
    Letter.objects.update(created_at=timezone.now() - timedelta(days=31))
    assert expire() == 1
    assert not Signature.objects.filter(pk=signature.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_t04_a_link_to_own_data_opens_one_visit_however_many_press_at_once():
    supporter = make_signature(make_campaign()).supporter
    for _link in range(5):
        token = DataAccess.objects.issue(supporter.pk)
        together = threading.Barrier(6)
        opened: list[bool] = []

        def press(token=token, together=together, opened=opened):
            connection.ensure_connection()
            together.wait()
            opened.append(DataAccess.objects.redeem(token) is not None)
            connections.close_all()

        visitors = [threading.Thread(target=press) for _ in range(6)]
        for visitor in visitors:
            visitor.start()
        for visitor in visitors:
            visitor.join()
        assert opened.count(True) == 1
