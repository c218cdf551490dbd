"""`make audit`: every page in every state, in three widths, light and dark, read by axe."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page

from tests.audit.admin_states import (
    LEFT_TO_DJANGO,
    entrance,
    organizer_with_work,
    screens,
)
from tests.audit.looking import State, look, look_at_the_narrowest
from tests.audit.public_states import STAGES
from tests.journeys.editor import log_in

pytestmark = [
    pytest.mark.audit,
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(900),
]


@pytest.mark.parametrize("states", STAGES, ids=lambda states: states.__name__)
def test_everyone_can_use_every_public_page(
    open_page: Callable[..., Page], states: Callable[[], Iterator[State]]
) -> None:
    found: list[str] = []
    for state in states():
        page = open_page(reduced_motion="reduce")
        found += look(page, state)
        found += look_at_the_narrowest(page, state)
        page.context.close()
    assert not found, "\n".join(found)


def test_everyone_can_use_every_screen_of_the_admin(open_page: Callable[..., Page]) -> None:
    user, campaign = organizer_with_work()
    page = open_page(reduced_motion="reduce")
    found = [problem for state in entrance() for problem in look(page, state)]
    log_in(page, user)
    for state in screens(campaign):
        found += look(page, state)
    ours = [one for one in found if not any(known in one for known in LEFT_TO_DJANGO)]
    assert not ours, "\n".join(ours)
