"""What a visitor typed, given to their own browser for an hour and for the page after signing."""

from typing import NamedTuple

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from campaigns.models import Campaign

COOKIE = "typed"
HOUR = 60 * 60
# Browsers drop a cookie beyond 4 KB, so what is too long is left out before that.
MAX_COOKIE = 3800
# Kept whatever else is long: without them nothing can be mended.
_FIRST = ("email", "statement", "notice", "name", "consent")


class Remembered(NamedTuple):
    """The form's fields as they were understood, what brought the visitor, whether the page asks
    for a challenge, and as hexadecimal digits what this browser alone knows (`disclaiming`)."""

    fields: dict[str, str]
    referrer_code: str
    sharer_id: int | None
    challenged: bool
    typist: str = ""


def remember(response: HttpResponse, campaign: Campaign, path: str, what: Remembered) -> None:
    """Set the cookie, for `path` alone."""
    response.set_cookie(
        COOKIE,
        _value(what, _salt(campaign)),
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


def _value(what: Remembered, salt: str) -> str:
    """All of it where it fits; else the first fields, and of the others in order what fits."""
    value = signing.dumps(what, salt=salt)
    if len(value) <= MAX_COOKIE:
        return value
    kept: dict[str, str] = {}
    for field in dict.fromkeys((*_FIRST, *what.fields)):
        more = {**kept, field: what.fields.get(field, "")}
        longer = signing.dumps(what._replace(fields=more), salt=salt, compress=True)
        if field == "email" or len(longer) <= MAX_COOKIE:
            kept, value = more, longer
    return value


def _salt(campaign: Campaign) -> str:
    """What was typed on one campaign is worth nothing on another."""
    return f"signatures.thanks.{campaign.pk}"
