"""The links in our mails: which ids each one's token holds, and in which order.

Whoever writes such a link calls these; the pages under `signatures/views/`, and for what is counted
`mailings/views/following.py` and `mailings/views/visiting.py`, read them again. A token of one
purpose is worth nothing for another.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from django.conf import settings
from django.urls import reverse

from postroom.links import make_token

# Purposes, which are the names of the pages' addresses too.
CONFIRM = "confirm"
NOT_ME = "not-me"
UNSUBSCRIBE = "unsubscribe"
PREFERENCES = "preferences"
STAY = "stay"
WITHDRAW = "withdraw"
RECOGNISED = "as"
OWN_DATA = "my-data"
FOLLOW = "go"
READ = "read"

# How long a mail lets its reader sign with one button.
RECOGNISED_FOR = timedelta(days=30)


def confirm_token(*, signature_id: int) -> str:
    """For the page that confirms this signature."""
    return make_token(CONFIRM, signature_id)


def not_me_token(*, signature_id: int) -> str:
    """For the page that takes this signature away."""
    return make_token(NOT_ME, signature_id)


def withdraw_token(*, signature_id: int) -> str:
    """For the page where the signer takes this signature back."""
    return make_token(WITHDRAW, signature_id)


def recognised_token(
    *, supporter_id: int, mailing_id: int | None = None, issued: date | None = None
) -> str:
    """For signing with one button, on any campaign of an organization that this person signed with.

    `issued` (today) is the UTC day on which it was written; thirty days later it is worth nothing.
    A repeat for the same day is the same token.
    """
    expires = _end_of(issued or datetime.now(UTC).date())
    return make_token(RECOGNISED, supporter_id, mailing_id or 0, expires=expires)


@lru_cache(maxsize=64)
def _end_of(issued: date) -> float:
    return datetime.combine(issued + RECOGNISED_FOR, time.max, UTC).timestamp()


def preferences_token(*, supporter_id: int, organization_id: int) -> str:
    """For the page where this person chooses what this organization may send."""
    return make_token(PREFERENCES, supporter_id, organization_id)


def stay_token(*, supporter_id: int, organization_id: int) -> str:
    """For the page where a long silent reader says whether they want to stay."""
    return make_token(STAY, supporter_id, organization_id)


def unsubscribe_token(
    *, supporter_id: int, organization_id: int, campaign_id: int | None, mailing_id: int
) -> str:
    """For the page that ends every subscription of this person with this organization.

    `campaign_id` is what the mailing was about, offered there as the one thing to leave.
    """
    return make_token(UNSUBSCRIBE, supporter_id, organization_id, campaign_id or 0, mailing_id)


def follow_token(*, supporter_id: int, mailing_id: int) -> str:
    """For the links of a mail whose followers are counted. Good for ever: they must lead on."""
    return make_token(FOLLOW, supporter_id, mailing_id)


def read_link_token(*, mailing_id: int) -> str:
    """For links to pages that everybody reads: it names the mail and nobody. Good for ever."""
    return make_token(READ, mailing_id)


def address(purpose: str, token: str) -> str:
    """The path of a link page."""
    return reverse(purpose, args=[token])


def recognised_address(slug: str, token: str) -> str:
    """The path that leads whoever comes from a mail to the page that knows them."""
    return reverse(RECOGNISED, args=[slug, token])


def full_recognised_address(slug: str, token: str) -> str:
    """The same as a mail has it; `token` may be a hole or its placeholder."""
    return settings.SITE_URL + recognised_address(slug, "TOKEN").replace("TOKEN", token)


def full_follow_address(token: str, number: int) -> str:
    """Where a counted link of a mail leads; `token` may be a hole or its placeholder."""
    return settings.SITE_URL + reverse(FOLLOW, args=["TOKEN", number]).replace("TOKEN", token)


def full_read_address(token: str, slug: str, update: int | None = None) -> str:
    """Where a link to the page of a campaign or of an update leads that tells which mail it was in;
    `token` may be a hole or its placeholder.
    """
    which = ["TOKEN", slug] if update is None else ["TOKEN", slug, update]
    return settings.SITE_URL + reverse(READ, args=which).replace("TOKEN", token, 1)


def full_address(purpose: str, token: str) -> str:
    """The address of a link page as a mail has it; `token` may be a hole or its placeholder."""
    return settings.SITE_URL + address(purpose, "TOKEN").replace("TOKEN", token)
