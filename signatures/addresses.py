"""What makes two spellings of an address the same person, and the hash that outlives the person.

Mail goes to the address as typed; the key serves the constraint, the limits and nothing else.
"""

import hashlib
import hmac
import re
from typing import Any

import idna
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email

MAX_LENGTH = 254

# Providers that deliver every spelling below to one mailbox.
_DOTS_IGNORED = {"gmail.com"}
_SAME_DOMAIN = {"googlemail.com": "gmail.com"}
_PLUS_TAGS = {
    "gmail.com",
    "outlook.com",
    "hotmail.com",
    "live.com",
    "icloud.com",
    "me.com",
} | {
    "fastmail.com",
    "proton.me",
    "protonmail.com",
}
# What nearly everybody types, and of which nothing needs to be looked at more closely.
_PLAIN = re.compile(
    r"[A-Za-z0-9]+(?:[._+-][A-Za-z0-9]+)*@(?:[a-z0-9]{1,30}(?:-[a-z0-9]{1,30})?\.)+[a-z]{2,20}"
)
_NOBODYS = tuple(f".{domain}" for domain in SPECIAL_USE_DOMAIN_NAMES)
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff"))


def clean_address(typed: str) -> str:
    """The address that mail goes to, as typed but for blanks around it and a pasted `mailto:`.

    The domain comes back in its readable form, the local part untouched. Raises ValidationError for
    anything but one plain address (ASCII local part, a domain with a dot, no literal).
    """
    if len(typed) > 1000:
        raise ValidationError(_("This address is too long."), code="invalid")
    if _is_plain(typed):
        return typed
    address = typed.translate(_INVISIBLE).strip()
    if address[:7].lower() == "mailto:":
        address = address[7:]
    try:
        # The reserved domain .test is let in: a stage's people sign with it, and nobody else can.
        valid = validate_email(
            address,
            allow_smtputf8=False,
            check_deliverability=False,
            strict=True,
            test_environment=True,
        )
        if "." not in valid.domain:
            raise EmailNotValidError(valid.domain)
    except EmailNotValidError:
        raise ValidationError(_what_is_wrong(address), code="invalid") from None
    if len(valid.ascii_email or "") > MAX_LENGTH or len(valid.normalized) > MAX_LENGTH:
        raise ValidationError(_("This address is too long."), code="invalid")
    return valid.normalized


def _what_is_wrong(address: str) -> Any:
    """What to tell whoever typed what is no address that we can write to."""
    local, at, _domain = address.rpartition("@")
    if at and not local.isascii() and all(map(_stands_in_words, local)):
        return _(
            "Our mail reaches no address with letters like ü or é before the @. Please write "
            "another one of yours."
        )
    return _("Enter an email address in the correct format, like name@example.com.")


def _stands_in_words(char: str) -> bool:
    return char.isalnum() or char in "._+-"


def _is_plain(typed: str) -> bool:
    local, _at, domain = typed.partition("@")
    return (
        len(local) <= 64
        and len(domain) <= 100
        and _PLAIN.fullmatch(typed) is not None
        and not f".{domain}".endswith(_NOBODYS)
    )


def email_key(address: str) -> str:
    """The one spelling that stands for every spelling of the mailbox: unique among supporters.

    >>> email_key("A.B+c@googlemail.com")
    'ab@gmail.com'
    """
    local, _at, domain = address.rpartition("@")
    if not domain.isascii():
        domain = idna.encode(domain, uts46=True).decode()
    local, domain = local.lower(), domain.lower()
    domain = _SAME_DOMAIN.get(domain, domain)
    if domain in _PLUS_TAGS:
        local = local.split("+", 1)[0] or local
    if domain in _DOTS_IGNORED:
        local = local.replace(".", "") or local
    return f"{local}@{domain}"


def email_hash(key: str) -> bytes:
    """32 bytes that stand for an address when the address itself is gone: HMAC-SHA256 of a key."""
    return hmac.digest(settings.SUPPRESSION_KEY.encode(), key.encode(), hashlib.sha256)


def mask(address: str) -> str:
    """`m•••@gmail.com`: enough for the owner to recognise, nothing for anybody else."""
    local, _at, domain = address.rpartition("@")
    return f"{local[:1]}•••@{domain}"
