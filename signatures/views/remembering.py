"""What a visitor typed, given to their own browser for an hour and for the page after signing."""

from typing import NamedTuple

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from campaigns.models import Campaign

COOKIE = "typed"
HOUR = 60 * 60
# Browsers drop a cookie beyond 4 KB; a long comment is left out before that.
MAX_COOKIE = 3800


class Remembered(NamedTuple):
    """The form's fields as they were understood, what brought the visitor, and whether the
    page asks for a challenge."""

    fields: dict[str, str]
    referrer_code: str
    sharer_id: int | None
    challenged: bool


def remember(response: HttpResponse, campaign: Campaign, path: str, what: Remembered) -> None:
    """Set the cookie, for `path` alone."""
    value = signing.dumps(what, salt=_salt(campaign))
    if len(value) > MAX_COOKIE:
        shorter = what._replace(fields=what.fields | {"comment": ""})
        value = signing.dumps(shorter, salt=_salt(campaign), compress=True)
    response.set_cookie(
        COOKIE,
        value,
        max_age=HOUR,
        path=path,
        httponly=True,
        samesite="Lax",
        secure=settings.SITE_IS_HTTPS,
    )


def remembered(request: HttpRequest, campaign: Campaign) -> Remembered | None:
    """What the cookie holds; None without one, or with one of another campaign or too old."""
    value = request.COOKIES.get(COOKIE, "")
    try:
        return Remembered(*signing.loads(value, salt=_salt(campaign), max_age=HOUR))
    except (signing.BadSignature, TypeError):
        return None


def _salt(campaign: Campaign) -> str:
    """What was typed on one campaign is worth nothing on another."""
    return f"signatures.thanks.{campaign.pk}"
