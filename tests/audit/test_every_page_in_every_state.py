"""`make audit`: every public page in every state, in three widths, light and dark, read by axe."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.audit.axe import problems
from tests.audit.public_states import State, public_states

pytestmark = [pytest.mark.audit, pytest.mark.django_db(transaction=True)]

PICTURES = Path(__file__).resolve().parents[2] / "var" / "audit"
HEIGHTS = {320: 640, 360: 740, 768: 1024, 1280: 800}
SCREENS = [(width, scheme) for width in (360, 768, 1280) for scheme in ("light", "dark")]


@pytest.mark.timeout(900)
@pytest.mark.parametrize(("width", "scheme"), SCREENS)
def test_everyone_can_use_every_page(
    open_page: Callable[..., Page], width: int, scheme: str
) -> None:
    found: list[str] = []
    for state in public_states():
        page = _show(open_page, state, viewport=_screen(width), color_scheme=scheme)
        found += [f"{state.name}: {problem}" for problem in problems(page)]
        _keep_picture(page, state, f"{width}-{scheme}")
    assert found == []


@pytest.mark.timeout(900)
@pytest.mark.parametrize("forced", [False, True], ids=["320 wide", "320 wide, forced colours"])
def test_nothing_scrolls_sideways_on_the_narrowest_screen(
    open_page: Callable[..., Page], forced: bool
) -> None:
    found: list[str] = []
    colours = {"forced_colors": "active"} if forced else {}
    for state in public_states():
        page = _show(open_page, state, viewport=_screen(320), **colours)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append(state.name)
        if forced:
            _keep_picture(page, state, "320-forced-colours")
    assert found == []


@pytest.mark.timeout(900)
def test_nothing_is_cut_off_when_the_reader_spaces_the_text_out(
    open_page: Callable[..., Page],
) -> None:
    """WCAG 1.4.12: line height 1.5, letters .12 em, words .16 em, paragraphs 2 em apart."""
    found: list[str] = []
    for state in public_states():
        page = _show(open_page, state, viewport=_screen(360), bypass_csp=True)
        page.add_style_tag(
            content="* { line-height: 1.5 !important; letter-spacing: .12em !important;"
            " word-spacing: .16em !important } p { margin-bottom: 2em !important }"
        )
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append(state.name)
    assert found == []


def _screen(width: int) -> dict[str, int]:
    return {"width": width, "height": HEIGHTS[width]}


def _show(open_page: Callable[..., Page], state: State, **options: object) -> Page:
    page = open_page(reduced_motion="reduce", **options)
    page.goto(state.address)
    if state.arrive:
        state.arrive(page)
    return page


def _keep_picture(page: Page, state: State, screen: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    name = re.sub(r"\W+", "-", state.name.lower())
    page.screenshot(path=PICTURES / f"{name}-{screen}.png", full_page=True)
    page.context.close()
