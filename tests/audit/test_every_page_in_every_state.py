"""`make audit`: every page in every state, in three widths, light and dark, read by axe."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page

from tests.audit.looking import State, look, look_at_the_narrowest
from tests.audit.public_states import STAGES

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
    assert found == []
