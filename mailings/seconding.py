"""Where two people decide: how many are too many for one, and for how many an approval holds."""

from typing import Any

from django.contrib.auth import get_user_model

from mailings.models import CatchUp, Mailing
from mailings.writing import who_wrote

MAY_APPROVE = "mailings.approve_mailing"
# An audience may grow by a tenth, or by so many people, between the sending hand and the sending.
MOST_GROWTH, SLIGHT_GROWTH = 10, 50


def asks_for_second_person(mailing: Mailing, count: int) -> bool:
    """Whether somebody who did not write it has to approve a mailing to `count` people."""
    limit = mailing.organization.second_person_above
    return limit is not None and count > limit


def is_seconded(mailing: Mailing, count: int) -> bool:
    """Whether a second person has approved it for about so many people."""
    then = mailing.approved_count
    return mailing.by_second_person and then is not None and not has_grown(then, count)


def has_grown(then: int, now: int) -> bool:
    """Whether an audience is larger than what was decided on by more than a living list grows."""
    return now > _most_after(then)


def most_people(mailing: Mailing) -> int | None:
    """To how many people it may go with nobody else's word; None where there is no limit."""
    limit = mailing.organization.second_person_above
    if limit is None or not mailing.by_second_person or mailing.approved_count is None:
        return limit
    return max(limit, _most_after(mailing.approved_count))


def who_may_second(mailing: Mailing, permission: str) -> list[Any]:
    """Who works for its organization, may do what `permission` names, and wrote no part of it."""
    writers = who_wrote(mailing)
    return [user for user in _staff_who_may(mailing, permission) if user.pk not in writers]


def who_may_second_catch_up(catch_up: CatchUp) -> list[Any]:
    """Who works for its organization, may approve, and may be the second person of a catch-up."""
    staff = _staff_who_may(catch_up.mailing, MAY_APPROVE)
    return [user for user in staff if may_second_catch_up(catch_up, user)]


def may_second_catch_up(catch_up: CatchUp, user: Any) -> bool:
    """Whether `user` is another than who asked for it, and one of the two wrote no part of it."""
    asked = catch_up.asked_by_id
    writers = who_wrote(catch_up.mailing)
    return user.pk != asked and not (user.pk in writers and asked in writers)


def _staff_who_may(mailing: Mailing, permission: str) -> list[Any]:
    staff = get_user_model().objects.filter(
        is_active=True, is_staff=True, memberships__organization=mailing.organization_id
    )
    ordered = staff.distinct().order_by("username")
    return [user for user in ordered if user.has_perm(permission)]


def _most_after(then: int) -> int:
    return then + max(then // MOST_GROWTH, SLIGHT_GROWTH)
