"""A page in one state, and how it is looked at: in every width and scheme, by axe and by us."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playwright.sync_api import Page

from tests.audit.axe import problems

PICTURES = Path(__file__).resolve().parents[2] / "var" / "audit"
HEIGHTS = {320: 640, 360: 740, 768: 1024, 1280: 800}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")

# A colour on its way from one scheme to the other is none that anybody reads.
SETTLED = "* { transition: none !important }"
# WCAG 1.4.12.
SPACED = """* { line-height: 1.5 !important; letter-spacing: .12em !important;
    word-spacing: .16em !important } p { margin-bottom: 2em !important }"""
# The pages' own policy lets no style element in, and says nothing against this one.
ADD_STYLE = """style => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(style);
    document.adoptedStyleSheets.push(sheet);
}"""


@dataclass(frozen=True)
class State:
    """A page in one state: where it stands, and what a visitor does there before we look."""

    name: str
    address: str
    arrive: Callable[[Page], object] | None = None


def look(page: Page, state: State) -> Iterator[str]:
    """Problems of this state, each with its name; pictures are left in `var/audit/`."""
    page.goto(state.address)
    if state.arrive:
        state.arrive(page)
    page.evaluate(ADD_STYLE, SETTLED)
    for width in (360, 768, 1280):
        page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            for problem in problems(page):
                yield f"{state.name}, {width} {scheme}: {problem}"
            _keep_picture(page, state, f"{width}-{scheme}")


def look_at_the_narrowest(page: Page, state: State) -> Iterator[str]:
    """The same where `look` left it: 320 px wide, in forced colours, and with spaced-out text."""
    page.set_viewport_size({"width": 320, "height": HEIGHTS[320]})
    page.emulate_media(color_scheme="light", forced_colors="active")
    if _scrolls_sideways(page):
        yield f"{state.name}: scrolls sideways at 320"
    _keep_picture(page, state, "320-forced-colours")
    page.emulate_media(forced_colors="none")
    page.set_viewport_size({"width": 360, "height": HEIGHTS[360]})
    page.evaluate(ADD_STYLE, SPACED)
    if _scrolls_sideways(page):
        yield f"{state.name}: scrolls sideways with spaced-out text"
    _keep_picture(page, state, "360-spaced")


def _scrolls_sideways(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))


def _keep_picture(page: Page, state: State, screen: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    name = re.sub(r"\W+", "-", state.name.lower())
    page.screenshot(path=PICTURES / f"{name}-{screen}.png", full_page=True)
