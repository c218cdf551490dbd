"""The rich editor of the admin, as the browser tests reach it."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page


def log_in(page: "Page", user: User) -> None:
    """The session of somebody who typed the password; the form itself is Django's."""
    client = Client()
    client.force_login(user)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": settings.SITE_URL}]
    )


def button(page: "Page", name: str) -> "Locator":
    """A button by its whole name."""
    return page.get_by_role("button", name=name, exact=True)


def editor_of(page: "Page", name: str) -> "Locator":
    """Where the text of the field is written, once the editor stands there.

    Until then the field itself is a text box of that name; whoever got hold of it would wait for
    ever, since the editor hides it.
    """
    return page.locator(".ProseMirror").and_(page.get_by_role("textbox", name=name))
