"""What keeps somebody from using the page that is open in the browser."""

from collections.abc import Iterator

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

# `wcag22aa` must be named: axe leaves its rule on the size of targets out otherwise.
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


def problems(page: Page) -> Iterator[str]:
    """Violations of WCAG 2.2 AA that axe finds, and a page that scrolls sideways."""
    for violation in Axe().run(page, options=RULES).response["violations"]:
        yield f"{page.url}: {violation['id']}: {violation['nodes'][0]['html']}"
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        yield f"{page.url}: scrolls sideways"
