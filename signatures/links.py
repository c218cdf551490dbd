"""The links in our mails: which ids each one's token holds, and in which order.

Whoever writes such a link calls these; `signatures/views/links.py` reads them again. A token of one
purpose is worth nothing for another.
"""

from django.conf import settings
from django.urls import reverse

from postroom.links import make_token

# Purposes, which are the names of the pages' addresses too.
CONFIRM = "confirm"
NOT_ME = "not-me"
UNSUBSCRIBE = "unsubscribe"
PREFERENCES = "preferences"


def confirm_token(*, signature_id: int) -> str:
    """For the page that confirms this signature."""
    return make_token(CONFIRM, signature_id)


def not_me_token(*, signature_id: int) -> str:
    """For the page that takes this signature away."""
    return make_token(NOT_ME, signature_id)


def preferences_token(*, supporter_id: int, organization_id: int) -> str:
    """For the page where this person chooses what this organization may send."""
    return make_token(PREFERENCES, supporter_id, organization_id)


def unsubscribe_token(
    *, supporter_id: int, organization_id: int, campaign_id: int | None, mailing_id: int
) -> str:
    """For the page that ends every subscription of this person with this organization.

    `campaign_id` is what the mailing was about, offered there as the one thing to leave.
    """
    return make_token(UNSUBSCRIBE, supporter_id, organization_id, campaign_id or 0, mailing_id)


def address(purpose: str, token: str) -> str:
    """The path of a link page."""
    return reverse(purpose, args=[token])


def full_address(purpose: str, token: str) -> str:
    """The address of a link page as a mail has it; `token` may be a hole or its placeholder."""
    return settings.SITE_URL + address(purpose, "TOKEN").replace("TOKEN", token)
