"""The plan by which a new sending domain grows, and the step it is on.

Mailbox providers trust a sender whom they have seen send little, then more, and whose readers were
glad of it. The plan is what several of them advise: about twice as many every day. It moves on only
after a day on which mails went out and few came back.
"""

from datetime import timedelta

from django.db import connection
from django.utils import timezone

from mailings.models import Lane, LaneDay, WarmUp
from mailings.rates import MOST_COMPLAINTS, MOST_HARD

# Mails a day, from the first day on; after the last there is no cap.
PLAN = [
    200,
    500,
    1_000,
    2_000,
    4_000,
    8_000,
    15_000,
    30_000,
    50_000,
    80_000,
    120_000,
    200_000,
    350_000,
    600_000,
    1_000_000,
]


def begin(lane: Lane) -> WarmUp:
    """Start the plan in a lane today, anew if there was one. The cap holds from now on."""
    plan, _created = WarmUp.objects.update_or_create(
        lane=lane,
        defaults={
            "began_on": timezone.now().date(),
            "held_days": 0,
            "looked_on": None,
            "ended_on": None,
        },
    )
    Lane.objects.filter(pk=lane.pk).update(day_cap=PLAN[0])
    return plan


def end(lane: Lane) -> bool:
    """Hold nothing back in the lane any more. True when this call ended a plan."""
    ended = WarmUp.objects.filter(lane=lane, ended_on=None).update(ended_on=timezone.now().date())
    if ended:
        Lane.objects.filter(pk=lane.pk).update(day_cap=None)
    return bool(ended)


def step_of(plan: WarmUp) -> int:
    """Which step of the plan today is on, from 0: the days before today on which mails went out."""
    today = timezone.now().date()
    days = LaneDay.objects.filter(
        lane_id=plan.lane_id, day__gte=plan.began_on, day__lt=today, mails__gt=0
    )
    return max(days.count() - plan.held_days, 0)


def move_on() -> None:
    """Set each lane's cap for today. Safe at any time; a day is judged once.

    A day of which too many mails came back is repeated, not counted.
    """
    today = timezone.now().date()
    for plan in WarmUp.objects.filter(ended_on=None).exclude(looked_on=today):
        looked = WarmUp.objects.filter(pk=plan.pk, looked_on=plan.looked_on)
        held = plan.held_days + _went_badly(plan)
        if not looked.update(looked_on=today, held_days=held):
            continue  # another worker has just judged it
        plan.held_days = held
        step = step_of(plan)
        if step >= len(PLAN):
            end(plan.lane)
        else:
            Lane.objects.filter(pk=plan.lane_id).update(day_cap=PLAN[step])


# What was heard since yesterday of mails that went by this lane.
_HEARD = """
SELECT count(*) FILTER (WHERE e.kind IN ('hard', 'refused')),
    count(*) FILTER (WHERE e.kind = 'complained')
FROM mailings_mailevent e
JOIN mailings_recipient r
    ON r.supporter_id = e.supporter_number AND r.mailing_id = e.mailing_number
WHERE r.lane = %(lane)s AND e.received_at > now() - interval '1 day'
"""


def _went_badly(plan: WarmUp) -> bool:
    """Whether too much came back of what went out yesterday; a day without mails went well."""
    yesterday = timezone.now().date() - timedelta(days=1)
    day = LaneDay.objects.filter(lane_id=plan.lane_id, day=yesterday).first()
    if day is None or not day.mails or yesterday < plan.began_on:
        return False
    with connection.cursor() as cursor:
        cursor.execute(_HEARD, {"lane": plan.lane_id})
        back, complaints = cursor.fetchone()
    return back > MOST_HARD * day.mails or complaints > max(MOST_COMPLAINTS * day.mails, 1)
