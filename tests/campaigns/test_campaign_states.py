"""From a draft to its outcome: every change is claimed once, and dated by the database."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from campaigns.keeping_time import open_and_close_due
from campaigns.models import Campaign, CannotPublish
from tests.factories import make_campaign

pytestmark = pytest.mark.django_db

SOON = timedelta(hours=1)


@pytest.fixture
def draft() -> Campaign:
    return make_campaign(published=False)


def reached(state: str) -> Campaign:
    """A campaign that got to this state by the way that everybody takes."""
    campaign = make_campaign(published=False)
    if state == "scheduled":
        campaign.schedule(timezone.now() + SOON)
    elif state != "draft":
        campaign.publish()
    steps = {
        "closed": campaign.close,
        "delivered": campaign.deliver,
        "won": campaign.win,
        "lost": campaign.lose,
        "withdrawn": campaign.withdraw,
    }
    if state in steps:
        assert steps[state]()
    assert campaign.state == state
    return campaign


PUBLIC = {"open", "closed", "delivered", "won", "lost", "withdrawn"}
# Which states each step may be taken from; it leads nowhere from any other.
FROM = {
    "publish": {"draft", "scheduled"},
    "unschedule": {"scheduled"},
    "close": {"open"},
    "deliver": {"open", "closed"},
    "win": {"open", "closed", "delivered", "lost"},
    "lose": {"open", "closed", "delivered", "won"},
    "withdraw": PUBLIC - {"withdrawn"},
    "reopen": PUBLIC - {"open"},
}


@pytest.mark.parametrize("state", ["draft", "scheduled", *sorted(PUBLIC)])
@pytest.mark.parametrize("step", FROM)
def test_a_step_is_taken_once_and_from_its_own_states_alone(state, step):
    campaign = reached(state)
    assert getattr(campaign, step)() is (state in FROM[step])
    after = Campaign.objects.values().get(pk=campaign.pk)
    assert (after["state"] == state) is (state not in FROM[step])
    assert getattr(campaign, step)() is False
    assert Campaign.objects.values().get(pk=campaign.pk) == after


def test_two_members_of_staff_who_press_at_once_change_it_once(draft):
    draft.publish()
    theirs = Campaign.objects.get(pk=draft.pk)
    assert draft.win(outcome="They stopped.") is True
    assert theirs.close() is False
    assert theirs.state == "won"


def test_the_outcome_is_kept_unless_another_is_told(draft):
    draft.publish()
    draft.deliver(outcome="Handed over on Monday.")
    draft.win()
    assert (draft.outcome, draft.state) == ("Handed over on Monday.", "won")
    assert draft.delivered_at and draft.ended_at and draft.closed_at
    draft.lose(outcome="They took it back.")
    assert draft.outcome == "They took it back."


def test_nothing_incomplete_is_published_scheduled_or_reopened(draft):
    draft.targets.all().delete()
    with pytest.raises(CannotPublish, match="Name at least one target"):
        draft.publish()
    with pytest.raises(CannotPublish):
        draft.schedule(timezone.now() + SOON)
    closed = reached("closed")
    Campaign.objects.filter(pk=closed.pk).update(closes_at=Now() - SOON)
    closed.refresh_from_db()
    with pytest.raises(CannotPublish, match="closing time has passed"):
        closed.reopen()


def test_a_campaign_that_would_close_before_it_opens_is_not_scheduled(draft):
    draft.closes_at = timezone.now() + SOON
    with pytest.raises(CannotPublish, match="close before it opens"):
        draft.schedule(timezone.now() + 2 * SOON)


def test_a_scheduled_campaign_opens_by_itself_when_its_time_has_come(draft, client):
    draft.schedule(timezone.now() + SOON)
    open_and_close_due()
    assert client.get(draft.get_absolute_url()).status_code == 404
    Campaign.objects.filter(pk=draft.pk).update(opens_at=Now() - timedelta(seconds=1))
    open_and_close_due()
    draft.refresh_from_db()
    assert draft.state == "open" and draft.current_statement().frozen_at
    opened = draft.published_at
    open_and_close_due()
    draft.refresh_from_db()
    assert draft.published_at == opened


def test_what_lacks_something_when_its_time_comes_is_a_draft_again_and_keeps_its_time(draft):
    other = reached("scheduled")
    draft.schedule(timezone.now() + SOON)
    Campaign.objects.update(opens_at=Now() - timedelta(seconds=1))
    draft.targets.all().delete()
    open_and_close_due()
    draft.refresh_from_db()
    other.refresh_from_db()
    assert (draft.state, other.state) == ("draft", "open")
    assert draft.opens_at


def test_f22_an_open_campaign_closes_at_its_closing_time_by_the_clock_of_the_database(draft):
    draft.closes_at = timezone.now() + SOON
    draft.save()
    draft.publish()
    open_and_close_due()
    draft.refresh_from_db()
    assert draft.state == "open"
    Campaign.objects.filter(pk=draft.pk).update(closes_at=Now() - SOON)
    open_and_close_due()
    draft.refresh_from_db()
    # It has been closed since its closing time, however late a worker came.
    assert (draft.state, draft.closed_at) == ("closed", draft.closes_at)


def test_f22_past_its_closing_time_it_takes_nothing_even_while_no_worker_runs(draft, client):
    draft.publish()
    Campaign.objects.filter(pk=draft.pk).update(closes_at=Now() - timedelta(seconds=1))
    draft.refresh_from_db()
    assert draft.state == "open" and not draft.is_open
    assert not Campaign.objects.open().exists()


@pytest.mark.parametrize("state", ["closed", "delivered", "won", "lost"])
def test_what_was_typed_before_the_end_may_be_confirmed_within_seven_days(state):
    campaign = reached(state)
    assert campaign.closed_at
    before, after = campaign.closed_at - SOON, campaign.closed_at + timedelta(seconds=1)
    assert campaign.takes_confirmation_of(before)
    assert not campaign.takes_confirmation_of(after)
    campaign.closed_at -= timedelta(days=8)
    assert not campaign.takes_confirmation_of(before - timedelta(days=8))


def test_an_open_campaign_takes_every_confirmation_and_a_withdrawn_one_none():
    long_ago = timezone.now() - timedelta(days=300)
    assert reached("open").takes_confirmation_of(long_ago)
    assert not reached("withdrawn").takes_confirmation_of(long_ago)
