"""A lane's speed is used by connections far away, and never exceeded.

Never exceeded is a promise on any machine. How full it is used, a machine that does other things
cannot say: here it must be well used, and the benchmark measures how much of it on one at rest.
"""

import time

import pytest

from mailings.models import Lane
from mailings.pacing import SEEN_AFTER, Pace
from mailings.pumping import pump
from mailings.sending import send_slice
from tests.factories import make_campaign
from tests.mailings.making import make_lane, make_update, scheduled_mailing, sign_up, statuses
from tests.rig.smtp_sink import SMTPSink

QUOTA = 60
CONNECTIONS = 16


@pytest.mark.django_db
def test_a_quota_is_used_and_never_exceeded_at_a_distance(smtp_sink: SMTPSink) -> None:
    make_lane()
    Lane.objects.update(per_second=QUOTA, max_connections=CONNECTIONS)
    campaign = make_campaign()
    sign_up(campaign, 5 * QUOTA)
    mailing = scheduled_mailing(make_update(campaign))
    pump()
    smtp_sink.mails.clear()
    smtp_sink.latency = 0.05

    send_slice(lane=0, connections=CONNECTIONS)

    assert statuses(mailing) == {"sent": 5 * QUOTA}
    times = sorted(mail.monotonic for mail in smtp_sink.mails)
    busiest = max(sum(start <= each < start + 1 for each in times) for start in times)
    assert busiest <= QUOTA
    assert len(times) / (times[-1] - times[0]) >= 0.6 * QUOTA


def turns_in(seconds: float, pace: Pace) -> int:
    """How often its turn comes."""
    end, turns = time.monotonic() + seconds, 0
    while pace.wait(0, lambda: time.monotonic() > end):
        turns += 1
        pace.arrived(0.001)
        pace.done(0)
    return turns


def test_a_host_that_comes_later_waits_until_the_others_have_made_room() -> None:
    pace = Pace(0)
    pace.join("here")

    pace.allow(100, live=2)
    assert turns_in(0.3, pace) == 0

    pace._since = {one: since - SEEN_AFTER for one, since in pace._since.items()}
    pace.allow(100, live=2)
    assert 7 <= turns_in(0.3, pace) <= 16


def test_the_only_host_has_all_of_it_at_once() -> None:
    pace = Pace(0)
    pace.join("here")

    pace.allow(100, live=1)

    assert 17 <= turns_in(0.3, pace) <= 31


def test_what_is_held_up_makes_those_behind_it_wait() -> None:
    pace = Pace(0)
    pace.join("here")
    pace.allow(20, live=1)
    for _ in range(5):
        assert pace.wait(0, lambda: False)
        pace.arrived(0.2)
        pace.done(0)

    held_up = 0
    end = time.monotonic() + 1.5
    while pace.wait(held_up, lambda: time.monotonic() > end):
        held_up += 1

    assert 8 <= held_up <= 20, "as many as may still arrive with them, and no more"


def test_one_that_is_not_answered_for_long_holds_nobody_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("mailings.pacing.STALLS_AFTER", 0.2)
    pace = Pace(0)
    pace.join("here")
    pace.allow(5, live=1)
    for stalled in range(6):
        pace.wait(("stalled", stalled), lambda: False)

    assert turns_in(1.5, pace) >= 5


def test_a_low_speed_is_used_to_the_full_too() -> None:
    pace = Pace(0)
    pace.join("here")
    pace.allow(5, live=1)

    assert 10 <= turns_in(3.1, pace) <= 16
